import type { EventTime } from '../../event/record.ts';

/** `2026-03-03 09:00:00.000`, as Sysmon writes UTC. */
export function spacedTime(time: EventTime): string {
  return isoTime(time).slice(0, 23).replace('T', ' ');
}

/** `2026-03-03T09:00:00.000Z`. */
export function isoTime(time: EventTime): string {
  return new Date(time).toISOString();
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `Tue Mar  3 09:00:00 2026 UTC`, the form of C's asctime that osquery uses. */
export function calendarTime(time: EventTime): string {
  const date = new Date(time);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const weekday = days[date.getUTCDay()] ?? '';
  const month = months[date.getUTCMonth()] ?? '';
  const clock = isoTime(time).slice(11, 19);
  return `${weekday} ${month} ${day} ${clock} ${date.getUTCFullYear()} UTC`;
}
