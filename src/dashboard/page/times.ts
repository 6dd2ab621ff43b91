import { spanInWords } from '../../alert/words.ts';

let isUtc = false;

/** Shows times in UTC, or in the browser's zone. */
export function showUtc(value: boolean): void {
  isUtc = value;
}

export function showsUtc(): boolean {
  return isUtc;
}

const two = (value: number): string => String(value).padStart(2, '0');

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly clock: string;
  readonly seconds: string;
  readonly ms: string;
}

function partsOf(time: number): Parts {
  const date = new Date(time);
  const of = (local: number, utc: number): number => (isUtc ? utc : local);
  return {
    year: of(date.getFullYear(), date.getUTCFullYear()),
    month: of(date.getMonth(), date.getUTCMonth()),
    day: of(date.getDate(), date.getUTCDate()),
    clock: `${two(of(date.getHours(), date.getUTCHours()))}:${two(of(date.getMinutes(), date.getUTCMinutes()))}`,
    seconds: two(date.getSeconds()),
    ms: String(date.getMilliseconds()).padStart(3, '0'),
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `14:02`. */
export function clock(time: number): string {
  return partsOf(time).clock;
}

/** `14:02:23`. */
export function clockSeconds(time: number): string {
  const { clock: minutes, seconds } = partsOf(time);
  return `${minutes}:${seconds}`;
}

/** `14:02:23.374`. */
export function clockMs(time: number): string {
  const { clock: minutes, seconds, ms } = partsOf(time);
  return `${minutes}:${seconds}.${ms}`;
}

/** `3 Mar`, with the year when it is not this one. */
export function day(time: number, now: number = Date.now()): string {
  const { year, month, day: date } = partsOf(time);
  const isThisYear = year === partsOf(now).year;
  return `${date} ${MONTHS[month] ?? ''}${isThisYear ? '' : ` ${year}`}`;
}

/** The clock today, else the day before it. */
export function moment(time: number, now: number = Date.now()): string {
  return day(time, now) === day(now, now) ? clock(time) : `${day(time, now)} ${clock(time)}`;
}

/** `2 min ago`; a day or older is a date. */
export function ago(time: number, now: number): string {
  const age = now - time;
  if (age < 0) return clock(time);
  if (age < 5_000) return 'now';
  if (age >= 86_400_000) return day(time, now);
  if (age < 60_000) return `${Math.floor(age / 1000)} s ago`;
  if (age < 3_600_000) return `${Math.floor(age / 60_000)} min ago`;
  return `${Math.floor(age / 3_600_000)} h ago`;
}

/** The zone in which times are shown. */
export function zone(time: number): string {
  if (isUtc) return 'UTC';
  const minutes = -new Date(time).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const sign = minutes < 0 ? '−' : '+';
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${sign}${hours}${rest === 0 ? '' : `:${two(rest)}`}`;
}

/** `2 h 10 min`. */
export const span: (ms: number) => string = spanInWords;
