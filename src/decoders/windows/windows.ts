import { memberFact } from '../../base/json.ts';
import type { MemberFact } from '../../base/json.ts';
import type { FormatFamily, JsonFormat } from '../format.ts';
import type { WindowsLayout } from './layout.ts';
import { kernelFileTrace } from './etw.ts';
import { logAnalytics } from './flat.ts';
import { layouts } from './layouts.ts';
import { decodeEvent } from './log-event.ts';
import { kernelFileSensor, linuxSysmonSensor, sysmonSensor, windowsSensor } from './senses.ts';
import { eventXml } from './xml-event.ts';

const windowsEventLog: JsonFormat = formatOf(layouts);

/** Sysmon, however it was shipped. */
export const sysmon: FormatFamily = {
  name: 'sysmon',
  description: 'Sysmon through NXLog, EVTX-to-JSON, Winlogbeat, Elastic Agent, or as XML (Linux)',
  sensors: [sysmonSensor, linuxSysmonSensor],
  json: [windowsEventLog],
  text: [eventXml],
};

/** Windows event logs, however they were shipped. */
export const windows: FormatFamily = {
  name: 'windows',
  description: 'Windows event logs (Security, PowerShell, Sysmon and others)',
  sensors: [windowsSensor],
  json: [windowsEventLog],
  text: [eventXml],
};

/** Traces of the kernel's file provider. */
export const kernelFile: FormatFamily = {
  name: 'kernel-file',
  description: 'ETW of Microsoft-Windows-Kernel-File as JSON (SilkETW, Sealighter, Elastic Agent)',
  sensors: [kernelFileSensor],
  json: [kernelFileTrace, windowsEventLog],
};

/** Windows event logs as Log Analytics exports them. */
export const logAnalyticsExport: FormatFamily = {
  name: 'log-analytics',
  description: 'Windows event logs exported from Log Analytics, with EventData as text',
  sensors: [],
  json: [formatOf([logAnalytics])],
  isOnlyByName: true,
};

function formatOf(known: readonly WindowsLayout[]): JsonFormat {
  const layoutOf: MemberFact<WindowsLayout | undefined> = {
    of(object) {
      for (const layout of known) if (layout.recognises(object)) return layout;
      return undefined;
    },
  };
  return {
    recognises: (object) => memberFact(object, layoutOf) !== undefined,
    decode(object, record, isPlain, emit) {
      const layout = memberFact(object, layoutOf);
      if (layout === undefined) return { reason: 'unknown_format', detail: 'no Windows event' };
      return decodeEvent({ layout, whole: object, record, isPlain }, emit);
    },
  };
}
