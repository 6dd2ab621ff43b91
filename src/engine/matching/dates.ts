import type { Scalar } from '../../event/event.ts';
import type { EventTime } from '../../event/record.ts';
import type { DatePart } from '../../language/tree.ts';
import { parseTime } from '../../base/date.ts';
import { numberOf } from './values.ts';

const dayMs = 86_400_000;
const dateOnlyLength = 10;
// As seconds this is the year 5138, as milliseconds 1973: no event of an endpoint is of both, so
// the number itself tells its unit.
const millisecondsFrom = 1e11;

/** A part of the date that the value tells, in UTC; undefined if it tells none. */
export function datePart(value: Scalar, part: DatePart): number | undefined {
  const time = (typeof value === 'string' ? timeOfText(value) : undefined) ?? timeOfNumber(value);
  if (time === undefined) return undefined;
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return undefined;
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return isoWeek(date);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
  }
}

function timeOfText(text: string): EventTime | undefined {
  return parseTime(text.length === dateOnlyLength ? `${text}T00:00:00` : text);
}

function timeOfNumber(value: Scalar): EventTime | undefined {
  const number = numberOf(value);
  if (number === undefined) return undefined;
  const plain = Number(number);
  return Math.abs(plain) >= millisecondsFrom ? plain : plain * 1000;
}

// ISO 8601: weeks begin on Monday, and week 1 is the one with the year's first Thursday.
function isoWeek(date: Date): number {
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - weekday) * dayMs);
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday.getTime() - newYear) / (7 * dayMs));
}
