const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DASH = 0x2d;
const PLUS = 0x2b;
const COLON = 0x3a;
const DOT = 0x2e;
const COMMA = 0x2c;
const SPACE = 0x20;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;

const MONTH_DAYS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The last moment that an event may claim: the end of the year 9999. */
export const TIME_MAX = 253_402_300_799_999;

/**
 * Milliseconds since the epoch of a sensor's time, or undefined if it is none. Reads `YYYY-MM-DD` and
 * `HH:MM:SS` with a `T` or a space between, an optional fraction, and an optional zone (`Z`, `+02:00`,
 * ` +0000`). Without a zone the time is UTC. By hand, because `Date.parse` is slow and reads a text without
 * a zone in the zone of the machine.
 */
export function parseTime(text: string): number | undefined {
  const { length } = text;
  if (length < LENGTH_MIN || length > LENGTH_MAX) return undefined;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    letters[at] = code < 0x80 ? code : 0;
  }
  return parseTimeBytes(letters, 0, length);
}

const LENGTH_MIN = 19;
const LENGTH_MAX = 40;
const letters = new Uint8Array(LENGTH_MAX);

/** The same of a time that stands in these bytes, in ASCII. */
export function parseTimeBytes(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start < LENGTH_MIN || end - start > LENGTH_MAX) return undefined;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 5, 2);
  const day = digits(bytes, start + 8, 2);
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month))
    return undefined;
  // A leap second counts as the first moment after it.
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return undefined;
  }
  const separator = bytes[start + 10];
  if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return undefined;
  if (separator !== SPACE && separator !== LETTER_T) return undefined;
  if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return undefined;

  const seconds = hour * 3600 + minute * 60 + second;
  const whole = daysSinceEpoch(year, month, day) * DAY_MS + seconds * 1000;
  const zoneAt = endOfFraction(bytes, start + LENGTH_MIN, end);
  if (zoneAt === -1) return undefined;
  const ms = fractionMs(bytes, start + LENGTH_MIN, zoneAt) - zoneMs(bytes, zoneAt, end);
  const time = whole + ms;
  return time >= 0 && time <= TIME_MAX ? time : undefined;
}

/** Milliseconds of Unix seconds, as a number or as digits with an optional fraction. */
export function timeOfSeconds(seconds: unknown): number | undefined {
  const value = typeof seconds === 'string' && SECONDS.test(seconds) ? Number(seconds) : seconds;
  if (typeof value !== 'number' || !(value >= 0) || value * 1000 > TIME_MAX) return undefined;
  // Doubles hold today's microseconds to a quarter of one, so a whole millisecond may read a little less.
  return Math.floor(value * 1000 + 0.001);
}

const SECONDS = /^\d{1,12}(?:\.\d{1,9})?$/;

/** The number in `count` digits, or -1 when one is no digit. */
function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function daysOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && !leap ? 28 : (MONTH_DAYS[month - 1] ?? 0);
}

// Days of the proleptic Gregorian calendar, counted in years that begin in March.
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

/** Where the zone begins, or -1 when a point has no digits behind it. */
function endOfFraction(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return end;
  if (bytes[start] !== DOT && bytes[start] !== COMMA) return start;
  let at = start + 1;
  while (at < end && isDigit(bytes[at] ?? 0)) at++;
  return at === start + 1 ? -1 : at;
}

function fractionMs(bytes: Uint8Array, start: number, end: number): number {
  let ms = 0;
  for (let at = start + 1; at < start + 4; at++) {
    ms = ms * 10 + (at < end ? (bytes[at] ?? 0) - 48 : 0);
  }
  return ms;
}

/** How far this zone is ahead of UTC; NaN when the rest of the text is no zone. */
function zoneMs(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  if (bytes[start] === LETTER_Z) return start + 1 === end ? 0 : Number.NaN;
  const sign = bytes[start] === SPACE ? start + 1 : start;
  const direction = bytes[sign];
  if (direction !== PLUS && direction !== DASH) return Number.NaN;
  const minutesAt = bytes[sign + 3] === COLON ? sign + 4 : sign + 3;
  if (end !== minutesAt + 2) return Number.NaN;
  const hours = digits(bytes, sign + 1, 2);
  const minutes = digits(bytes, minutesAt, 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return Number.NaN;
  const offset = (hours * 60 + minutes) * MINUTE_MS;
  return direction === PLUS ? offset : -offset;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
