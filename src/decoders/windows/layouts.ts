import { isJsonObject, ownValue, plainObject, valueAt } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import type { FieldValue } from '../../event/event.ts';
import { ownField } from '../../event/field-value.ts';
import { at, either, field } from '../../event/reader.ts';
import { flat } from './flat.ts';
import { NO_FIELDS } from './layout.ts';
import type { EventData, TimeReading, WindowsLayout } from './layout.ts';
import { hasModuleFields, moduleFields } from './module-fields.ts';

const SYSTEM = 'Event.System';
const ATTRIBUTES = '#attributes';
const systemChannel = at(`${SYSTEM}.Channel`);

/** EVTX as converters of the XML write it: attributes apart from text. */
export const evtx: WindowsLayout = {
  name: 'evtx',
  recognises: (record) => isJsonObject(valueAt(record, ['Event', 'System'])),
  channel: systemChannel,
  sigmaChannel: evtxSigmaChannel,
  eventId: at(`${SYSTEM}.EventID`),
  host: at(`${SYSTEM}.Computer`),
  recordId: at(`${SYSTEM}.EventRecordID`),
  time: (record) =>
    inUtc(valueAt(record, ['Event', 'System', 'TimeCreated', ATTRIBUTES, 'SystemTime'])),
  data: evtxData,
  writerPid: at(`${SYSTEM}.Execution.${ATTRIBUTES}.ProcessID`),
  headers: new Map([
    ['Channel', evtxChannel],
    ['EventID', at(`${SYSTEM}.EventID`)],
    ['Provider_Name', at(`${SYSTEM}.Provider.${ATTRIBUTES}.Name`)],
    ['Provider_Guid', at(`${SYSTEM}.Provider.${ATTRIBUTES}.Guid`)],
    ['EventRecordID', at(`${SYSTEM}.EventRecordID`)],
    ['Level', at(`${SYSTEM}.Level`)],
    ['Task', at(`${SYSTEM}.Task`)],
    ['Opcode', at(`${SYSTEM}.Opcode`)],
    ['Keywords', at(`${SYSTEM}.Keywords`)],
    ['Version', at(`${SYSTEM}.Version`)],
    ['TimeCreated_SystemTime', at(`${SYSTEM}.TimeCreated.${ATTRIBUTES}.SystemTime`)],
    ['Execution_ProcessID', at(`${SYSTEM}.Execution.${ATTRIBUTES}.ProcessID`)],
    ['Execution_ThreadID', at(`${SYSTEM}.Execution.${ATTRIBUTES}.ThreadID`)],
    ['Security_UserID', at(`${SYSTEM}.Security.${ATTRIBUTES}.UserID`)],
  ]),
};

// Winlogbeat 7 and later, and Elastic Agent. With forwarding, `host.name` is the collector.
const winlogbeat7: WindowsLayout = {
  name: 'winlogbeat7',
  recognises: (record) => isJsonObject(ownValue(record, 'winlog')),
  channel: at('winlog.channel'),
  sigmaChannel: at('winlog.channel'),
  eventId: either(at('winlog.event_id'), at('event.code')),
  host: at('winlog.computer_name'),
  recordId: at('winlog.record_id'),
  time: (record) =>
    inUtc(valueAt(record, ['winlog', 'time_created']) ?? ownValue(record, '@timestamp')),
  data: winlogData,
  writerPid: at('winlog.process.pid'),
  headers: new Map([
    ['Channel', at('winlog.channel')],
    ['EventID', either(at('winlog.event_id'), at('event.code'))],
    ['Provider_Name', either(at('winlog.provider_name'), at('event.provider'))],
    ['Provider_Guid', at('winlog.provider_guid')],
    ['EventRecordID', at('winlog.record_id')],
    ['Level', either(at('winlog.level'), at('log.level'))],
    ['Task', at('winlog.task')],
    ['Opcode', at('winlog.opcode')],
    ['Keywords', at('winlog.keywords')],
    ['Version', at('winlog.version')],
    ['Execution_ProcessID', at('winlog.process.pid')],
    ['Execution_ThreadID', at('winlog.process.thread.id')],
    ['Security_UserID', at('winlog.user.identifier')],
    ['Message', field('message')],
  ]),
};

// Winlogbeat 5 and 6. `beat.hostname` is the collector.
const winlogbeat6: WindowsLayout = {
  name: 'winlogbeat6',
  recognises: (record) =>
    ownValue(record, 'event_id') !== undefined && ownValue(record, 'log_name') !== undefined,
  channel: field('log_name'),
  sigmaChannel: field('log_name'),
  eventId: field('event_id'),
  host: field('computer_name'),
  recordId: field('record_number'),
  time: (record) => inUtc(ownValue(record, '@timestamp')),
  data: dataOf,
  writerPid: field('process_id'),
  headers: new Map([
    ['Channel', field('log_name')],
    ['EventID', field('event_id')],
    ['Provider_Name', field('source_name')],
    ['Provider_Guid', field('provider_guid')],
    ['EventRecordID', field('record_number')],
    ['Level', field('level')],
    ['Task', field('task')],
    ['Opcode', field('opcode')],
    ['Keywords', field('keywords')],
    ['Version', field('version')],
    ['Execution_ProcessID', field('process_id')],
    ['Execution_ThreadID', field('thread_id')],
    ['Security_UserID', at('user.identifier')],
    ['Message', field('message')],
  ]),
};

/** In the order in which a record is asked. */
export const layouts: readonly WindowsLayout[] = [evtx, winlogbeat7, winlogbeat6, flat];

function inUtc(value: unknown): TimeReading {
  return { text: typeof value === 'string' ? value : undefined, zoneMs: 0 };
}

function winlogData(record: JsonObject): EventData {
  const data = dataOf(ownValue(record, 'winlog') as JsonObject);
  if (!hasModuleFields(record)) return data;
  return { fields: moduleFields(record, data.fields), isUnpacked: true };
}

function dataOf(envelope: JsonObject): EventData {
  for (const name of ['event_data', 'user_data']) {
    const fields = ownValue(envelope, name);
    if (isJsonObject(fields)) return { fields, isUnpacked: false };
  }
  return { fields: NO_FIELDS, isUnpacked: false };
}

// Where the event's own data have a field `Channel`, Sigma's `Channel` is that one: event 104 says there which
// log was cleared.
function evtxChannel(record: JsonObject): FieldValue | undefined {
  return ownField(evtxData(record).fields, 'Channel') ?? systemChannel(record);
}

// Services are conditions on the same field in the reference results of the recordings, so an event 104 counts
// for the log that was cleared. But clearing a log that detection rests on must reach the rules of the log
// where that is told.
function evtxSigmaChannel(record: JsonObject): FieldValue | undefined {
  const channel = evtxChannel(record);
  const isGuarded = typeof channel === 'string' && DETECTION_LOGS.has(channel.toLowerCase());
  return isGuarded ? systemChannel(record) : channel;
}

const DETECTION_LOGS: ReadonlySet<string> = new Set([
  'microsoft-windows-powershell/operational',
  'microsoft-windows-sysmon/operational',
  'powershellcore/operational',
  'security',
  'windows powershell',
]);

// `UserData`, and what stands in its place in a few channels, holds one element with the fields inside.
function evtxData(record: JsonObject): EventData {
  const event = ownValue(record, 'Event') as JsonObject;
  const eventData = ownValue(event, 'EventData');
  if (isJsonObject(eventData)) return { fields: eventData, isUnpacked: false };
  const userData = ownValue(event, 'UserData');
  const holder = isJsonObject(userData) ? userData : event;
  for (const name in plainObject(holder)) {
    const fields = ownValue(holder, name);
    if (name === 'System' || name === ATTRIBUTES || name === 'RenderingInfo') continue;
    if (isJsonObject(fields)) return { fields, isUnpacked: false };
  }
  return { fields: NO_FIELDS, isUnpacked: false };
}
