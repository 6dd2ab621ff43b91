import type { JsonObject } from '../../base/json.ts';
import { parseTime } from '../../base/date.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { FieldEvent } from '../../event/field-event.ts';
import { textOf } from '../../event/field-value.ts';
import type { DecodeProblem } from '../../event/problem.ts';
import { integerOf } from '../../event/reader.ts';
import type { RawRecord } from '../../event/record.ts';
import type { FormatFamily, JsonFormat } from '../format.ts';
import { shapeOf } from './kind.ts';
import { windowsKind } from './kinds.ts';
import type { WindowsLayout } from './layout.ts';
import { logAnalytics } from './flat.ts';
import { layouts } from './layouts.ts';
import { sysmonSensor, windowsSensor } from './senses.ts';
import { sysmonTime } from './sysmon.ts';

const windowsEventLog: JsonFormat = formatOf(layouts);

/** Sysmon, however it was shipped. */
export const sysmon: FormatFamily = {
  name: 'sysmon',
  description: 'Sysmon through NXLog, EVTX-to-JSON, Winlogbeat or Elastic Agent',
  sensors: [sysmonSensor],
  json: [windowsEventLog],
};

/** Windows event logs, however they were shipped. */
export const windows: FormatFamily = {
  name: 'windows',
  description: 'Windows event logs (Security, PowerShell, Sysmon and others)',
  sensors: [windowsSensor],
  json: [windowsEventLog],
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
  const layoutOf = (object: JsonObject): WindowsLayout | undefined => {
    for (const layout of known) if (layout.recognises(object)) return layout;
    return undefined;
  };
  return {
    recognises: (object) => layoutOf(object) !== undefined,
    decode(object, record, isPlain, emit) {
      const layout = layoutOf(object);
      if (layout === undefined) return { reason: 'unknown_format', detail: 'no Windows event' };
      return decodeEvent(layout, object, record, isPlain, emit);
    },
  };
}

function decodeEvent(
  layout: WindowsLayout,
  whole: JsonObject,
  record: RawRecord,
  isPlain: boolean,
  emit: (event: TelemetryEvent) => void,
): DecodeProblem | undefined {
  const eventId = integerOf(layout.eventId(whole));
  if (eventId === undefined) return { reason: 'wrong_type', detail: 'event id' };
  const host = textOf(layout.host(whole));
  if (host === undefined || host === '') return { reason: 'missing_field', detail: 'computer' };
  const channel = textOf(layout.channel(whole)) ?? '';
  const { fields, isUnpacked } = layout.data(whole);
  const kind = windowsKind(textOf(layout.sigmaChannel(whole)) ?? '', eventId, fields);

  const time = timeOf(kind.sensor === 'sysmon' ? fields : undefined, layout, whole, record);
  if (typeof time !== 'number') return time;
  const recordId = textOf(layout.recordId(whole));
  emit(
    new FieldEvent({
      shape: shapeOf(kind, layout),
      data: fields,
      whole,
      time,
      host,
      sensorId: recordId === undefined ? undefined : `${channel}/${recordId}`,
      isUnpacked,
      isPlain: isPlain && !isUnpacked,
      record,
      index: 0,
    }),
  );
  return undefined;
}

// Sysmon's own time is the one that the shippers' times were found to be hours away from.
function timeOf(
  sysmon: JsonObject | undefined,
  layout: WindowsLayout,
  whole: JsonObject,
  record: RawRecord,
): number | DecodeProblem {
  const own = sysmon === undefined ? undefined : sysmonTime(sysmon);
  if (own !== undefined) {
    const time = parseTime(own);
    if (time !== undefined) return time;
  }
  const { text, zoneMs } = layout.time(whole);
  if (text === undefined) {
    if (own !== undefined) return { reason: 'invalid_time', detail: own.slice(0, 40) };
    return record.recordTime ?? { reason: 'missing_field', detail: 'time' };
  }
  const time = parseTime(text);
  if (time === undefined || time < zoneMs)
    return { reason: 'invalid_time', detail: text.slice(0, 40) };
  return time - zoneMs;
}
