import type { JsonObject } from '../../base/json.ts';
import { logsource } from '../../event/logsource.ts';
import type { WindowsKind } from './kind.ts';
import { sysmonKind } from './sysmon.ts';

/** The sensor's name: other events, another system, and another clock than Sysmon's on Windows. */
export const LINUX_SYSMON = 'sysmon-linux';

const kinds = new Map<WindowsKind, WindowsKind>();

/** The kind of an event of Sysmon for Linux, whose fields are those of Windows. */
export function linuxSysmonKind(eventId: number, data: JsonObject): WindowsKind {
  const windows = sysmonKind(eventId, data);
  let kind = kinds.get(windows);
  if (kind === undefined) {
    const { categories, services } = windows.logsource;
    kind = {
      ...windows,
      sensor: LINUX_SYSMON,
      logsource: logsource('linux', categories, services),
    };
    kinds.set(windows, kind);
  }
  return kind;
}

// Known before the first event: which log sources a decoder serves is asked when rules load.
for (let eventId = 1; eventId <= 29; eventId++) linuxSysmonKind(eventId, {});
