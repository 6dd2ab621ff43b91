import { TIME_MAX } from '../../base/date.ts';
import type { JsonObject } from '../../base/json.ts';
import { fieldAt, ownField } from '../../event/field-value.ts';
import type { FieldValue } from '../../event/event.ts';
import { isMeant } from '../../event/reader.ts';
import { momentOf } from '../moment.ts';

// When it happened, by the sensor's clock. `timestamp` is when the cloud received it, and stands in where the
// record says nothing else.
const HAPPENED: readonly string[] = ['ContextTimeStamp', 'ContextTimestamp', 'ProcessStartTime'];
const RECEIVED: readonly string[] = ['timestamp', 'UTCTimestamp', 'Time', '_time'];
const STREAM: readonly string[] = ['metadata', 'eventCreationTime'];

/**
 * A process that ran before the sensor began to watch, or that an alert is about, may have started days ago. Told
 * at that time it would be too late for everything that keeps order, lineage among them; it is told when it was
 * found.
 */
const FOUND = /^SyntheticProcessRollup2$|^Event_|SummaryEvent$/;

const FOUND_FIELDS: readonly string[] = ['ContextTimeStamp', ...RECEIVED];
const STARTED: readonly string[] = ['ProcessStartTime'];
const OTHER_FIELDS: readonly string[] = [...HAPPENED, ...RECEIVED];

/** When it happened; NaN if a time is there that can not be read, undefined if there is none. */
export function crowdstrikeTime(
  name: string,
  data: JsonObject,
  whole: JsonObject,
): number | undefined {
  const isFound = FOUND.test(name);
  const time = timeIn(isFound ? FOUND_FIELDS : OTHER_FIELDS, data, whole);
  if (time !== undefined && !Number.isNaN(time)) return time;
  const created = fieldAt(whole, STREAM);
  const later = isMeant(created) ? timeOf(created) : undefined;
  return later ?? (isFound ? (timeIn(STARTED, data, whole) ?? time) : time);
}

function timeIn(
  fields: readonly string[],
  data: JsonObject,
  whole: JsonObject,
): number | undefined {
  let isUnread = false;
  for (const object of data === whole ? [data] : [data, whole]) {
    for (const field of fields) {
      const value = ownField(object, field);
      if (!isMeant(value)) continue;
      const time = timeOf(value);
      if (time !== undefined) return time;
      isUnread = true;
    }
  }
  return isUnread ? Number.NaN : undefined;
}

/** From here on it counts tenths of microseconds since 1601, as Windows does. */
const FILETIME_FROM = 72_057_594_037_927_936;
const FILETIME_EPOCH_MS = 11_644_473_600_000;
const FILETIME_PER_MS = 10_000;
const WHOLE = /^\d{17,20}$/;

function timeOf(value: FieldValue): number | undefined {
  const isLarge = typeof value === 'string' && WHOLE.test(value);
  const number = isLarge || typeof value === 'number' ? Number(value) : 0;
  if (number < FILETIME_FROM) return momentOf(value);
  const time = Math.floor(number / FILETIME_PER_MS) - FILETIME_EPOCH_MS;
  return time <= TIME_MAX ? time : undefined;
}
