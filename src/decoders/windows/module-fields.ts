import { isJsonObject, memberFact, ownValue, plainObject, valueAt } from '../../base/json.ts';
import type { JsonObject, JsonValue, MemberFact } from '../../base/json.ts';
import { at, either, integerOf } from '../../event/reader.ts';
import { restorePowershell } from './module-powershell.ts';
import { names, putAll } from './module-restoring.ts';
import type { Restoring } from './module-restoring.ts';
import { restoreSysmon } from './module-sysmon.ts';

// Winlogbeat itself writes none of these; only its modules, and pipelines of Elasticsearch, which move there
// what they take away from `event_data`.
const MARKS = ['process', 'file', 'powershell', 'source'];
const isMoved: MemberFact<boolean> = {
  of: (record) => MARKS.some((name) => isJsonObject(ownValue(record, name))),
};

/** True if a module moved fields of the event to their ECS names. */
export function hasModuleFields(record: JsonObject): boolean {
  return memberFact(record, isMoved);
}

/**
 * The event's own fields, with those that Winlogbeat's modules for Sysmon, Security and PowerShell renamed
 * under their own names again. What the event still has stays as it is.
 */
export function moduleFields(record: JsonObject, own: JsonObject): JsonObject {
  const channel = valueAt(record, ['winlog', 'channel']);
  const restore = typeof channel === 'string' ? channels.get(channel.toLowerCase()) : undefined;
  if (restore === undefined) return own;
  const id = integerOf(eventId(record)) ?? 0;
  const fields: Record<string, JsonValue> = { ...plainObject(own) };
  restore({ record, id, fields });
  return fields;
}

const eventId = either(at('winlog.event_id'), at('event.code'));

const ofLaunch = names({
  NewProcessId: 'process.pid',
  NewProcessName: 'process.executable',
  ProcessId: 'process.parent.pid',
  ParentProcessName: 'process.parent.executable',
  CommandLine: 'process.command_line',
});
const ofOthers = names({
  ProcessId: 'process.pid',
  ProcessName: 'process.executable',
  IpAddress: 'source.ip',
  IpPort: 'source.port',
  WorkstationName: 'source.domain',
});

function restoreSecurity(restoring: Restoring): void {
  putAll(restoring, restoring.id === 4688 ? ofLaunch : ofOthers);
}

/** By the log's name in lower case. */
const channels: ReadonlyMap<string, (restoring: Restoring) => void> = new Map([
  ['microsoft-windows-sysmon/operational', restoreSysmon],
  ['security', restoreSecurity],
  ['microsoft-windows-powershell/operational', restorePowershell],
]);
