import { parseTime, timeOfSeconds, TIME_MAX } from '../base/date.ts';
import type { JsonObject } from '../base/json.ts';
import type { FieldValue } from '../event/event.ts';
import { textOf } from '../event/field-value.ts';
import type { DecodeProblem } from '../event/problem.ts';
import { isMeant } from '../event/reader.ts';
import type { Reader } from '../event/reader.ts';
import type { RawRecord } from '../event/record.ts';
import { NO_TIME } from './time.ts';

/** From here on a number counts milliseconds (that is 1973), below it seconds (until the year 5138). */
const MILLISECONDS_FROM = 100_000_000_000;
const NUMBER = /^\d{1,15}(?:\.\d{1,9})?$/;

// `2026-06-09 10:13:20104000`: a fraction that lost its point, as one relay of audit logs writes it.
const POINTLESS = /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(\d{1,9})$/;

// `4/11/2025 6:21:02 PM`, in UTC, as Intune writes it.
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d) (AM|PM)$/;

/**
 * Milliseconds of a time in one of the forms that services write: seconds or milliseconds since the epoch, as
 * number or text, ISO 8601 with or without zone, and the American form with AM and PM.
 */
export function momentOf(value: FieldValue): number | undefined {
  // The usual form first: no other text is read as one of it.
  const usual = typeof value === 'string' ? parseTime(value) : undefined;
  if (usual !== undefined) return usual;
  if (typeof value === 'number' || (typeof value === 'string' && NUMBER.test(value))) {
    const number = Number(value);
    if (!(number >= 0)) return undefined;
    if (number < MILLISECONDS_FROM) return timeOfSeconds(value);
    return number <= TIME_MAX ? Math.floor(number) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const american = AMERICAN.exec(value);
  if (american === null) {
    const text = value.endsWith(' UTC') ? value.slice(0, -4) : value;
    return parseTime(text.replace(POINTLESS, '$1.$2'));
  }
  const [, month = '', day = '', year = '', hour = '', minute = '', second = '', half] = american;
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return parseTime(`${date} ${String(hours).padStart(2, '0')}:${minute}:${second}`);
}

/** How a format writes the time of its events. */
export interface TimeField {
  readonly read: Reader;
  /** Milliseconds of a value, if it is a time; `momentOf` by default. */
  readonly parse?: (value: FieldValue) => number | undefined;
}

/** When it happened; else when the log took it in, if the record knows; or why that is no time. */
export function timeOf(
  field: TimeField,
  data: JsonObject,
  record: RawRecord,
): number | DecodeProblem {
  const value = field.read(data);
  if (!isMeant(value)) return record.recordTime ?? NO_TIME;
  return (field.parse ?? momentOf)(value) ?? invalidTime(value);
}

const DETAIL_MAX = 40;

/** A record refused for what it has in place of a time. */
export function invalidTime(value: FieldValue): DecodeProblem {
  const text = textOf(value) ?? '';
  const detail = text === '' ? `a time that is ${typeof value}` : text.slice(0, DETAIL_MAX);
  return { reason: 'invalid_time', detail };
}
