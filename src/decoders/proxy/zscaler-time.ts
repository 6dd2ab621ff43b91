import { parseTime, timeOfSeconds } from '../../base/date.ts';
import type { JsonObject } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import type { DecodeProblem } from '../../event/problem.ts';
import { first } from '../../event/reader.ts';
import { invalidTime } from '../moment.ts';

const seconds = first('epochtime');
const clock = first('time', 'datetime');
const zone = first('tz', 'timezone');

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const CLOCK = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/;
const UTC: ReadonlySet<string> = new Set(['GMT', 'UTC', 'Z', 'Etc/UTC', 'Etc/GMT']);

/**
 * When a request was logged: `epochtime`, else the clock of the feed, which must run in UTC, since the name of a
 * zone does not say how far it is off.
 */
export function zscalerTime(data: JsonObject): number | DecodeProblem | undefined {
  const epoch = seconds(data);
  if (epoch !== undefined) return timeOfSeconds(epoch) ?? invalidTime(epoch);
  const text = textOf(clock(data));
  if (text === undefined) return undefined;
  const named = textOf(zone(data));
  if (named !== undefined && !UTC.has(named)) {
    return {
      reason: 'invalid_time',
      detail: `in ${named.slice(0, 20)}: let the feed write epochtime`,
    };
  }
  return parseTime(isoOf(text)) ?? invalidTime(text);
}

// `Tue Jun  9 10:13:20 2026`, as the C library writes it.
function isoOf(text: string): string {
  const found = CLOCK.exec(text);
  if (found === null) return text;
  const [, name = '', day = '', time = '', year = ''] = found;
  const index = MONTHS.indexOf(name);
  if (index === -1 || index % 3 !== 0) return text;
  const month = String(index / 3 + 1).padStart(2, '0');
  return `${year}-${month}-${day.padStart(2, '0')}T${time}`;
}
