import { isJsonObject, ownValue, parseJson } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import { parseTime } from '../../base/date.ts';
import { field, first } from '../../event/reader.ts';
import { readEventDataXml } from './event-xml.ts';
import type { EventData, TimeReading, WindowsLayout } from './layout.ts';

/** NXLog and similar: the event's fields beside the header, in one object. `host` is the collector. */
export const flat: WindowsLayout = {
  name: 'flat',
  recognises: (record) =>
    ownValue(record, 'EventID') !== undefined && ownValue(record, 'Channel') !== undefined,
  channel: field('Channel'),
  sigmaChannel: field('Channel'),
  eventId: field('EventID'),
  host: first('Hostname', 'Computer'),
  recordId: first('RecordNumber', 'EventRecordID'),
  time: flatTime,
  data: flatData,
  writerPid: first('ExecutionProcessID', 'ProcessID'),
  headers: new Map([
    ['Provider_Name', first('SourceName', 'ProviderName', 'Provider', 'EventSourceName')],
    ['Provider_Guid', field('ProviderGuid')],
    ['EventRecordID', first('RecordNumber')],
    ['Execution_ProcessID', first('ExecutionProcessID', 'ProcessID')],
    ['Execution_ThreadID', field('ThreadID')],
    ['Security_UserID', field('UserID')],
  ]),
};

const QUARTER_MS = 900_000;
const ZONE_MAX_MS = 14 * 3_600_000;
const LAG_MAX_MS = 60_000;

// NXLog writes `EventTime` in the local time of the machine, without a zone; exports of other tools have
// `TimeCreated`, and Log Analytics `TimeGenerated`.
function flatTime(record: JsonObject): TimeReading {
  const local = ownValue(record, 'EventTime');
  if (typeof local === 'string') return { text: local, zoneMs: zoneOf(record) };
  for (const name of ['TimeCreated', 'TimeGenerated', '@timestamp']) {
    const text = ownValue(record, name);
    if (typeof text === 'string') return { text, zoneMs: 0 };
  }
  return { text: undefined, zoneMs: 0 };
}

/**
 * How far the clock of `EventTime` is ahead of UTC. NXLog writes `EventReceivedTime` by the same clock, and
 * the next hop `@timestamp` in UTC moments later; so their difference is the zone, if it is within a minute
 * of a quarter of an hour. Otherwise the zone is unknown and the time is taken for UTC. So read,
 * `EventTime` is within a minute of `UtcTime` for all 41,489 recorded Sysmon events that have these fields.
 */
function zoneOf(record: JsonObject): number {
  const received = ownValue(record, 'EventReceivedTime');
  const stamped = ownValue(record, '@timestamp');
  if (typeof received !== 'string' || typeof stamped !== 'string') return 0;
  const local = parseTime(received);
  const utc = parseTime(stamped);
  if (local === undefined || utc === undefined) return 0;
  const zoneMs = Math.round((local - utc) / QUARTER_MS) * QUARTER_MS;
  const isPlausible =
    Math.abs(zoneMs) <= ZONE_MAX_MS && Math.abs(local - utc - zoneMs) <= LAG_MAX_MS;
  return isPlausible ? zoneMs : 0;
}

function flatData(record: JsonObject): EventData {
  for (const name of ['EventData', 'ExtraEventData']) {
    const fields = ownValue(record, name);
    if (isJsonObject(fields)) return { fields, isUnpacked: false };
  }
  return { fields: record, isUnpacked: false };
}

/**
 * Exports of Log Analytics, which keeps the event's fields as text: JSON, or the log's own XML. They look like
 * `flat` with one field `EventData` more, and are read so unless this layout is asked for by name.
 */
export const logAnalytics: WindowsLayout = {
  ...flat,
  name: 'log-analytics',
  data(record) {
    const packed = ownValue(record, 'EventData');
    if (typeof packed !== 'string') return flatData(record);
    const fields = packed.startsWith('{') ? readJson(packed) : readEventDataXml(packed);
    return fields === undefined ? flatData(record) : { fields, isUnpacked: true };
  },
};

function readJson(text: string): JsonObject | undefined {
  const result = parseJson(text);
  return 'value' in result && isJsonObject(result.value) ? result.value : undefined;
}
