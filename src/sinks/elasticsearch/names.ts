/**
 * Index names. Those of alerts match `logs-*`, which Kibana's "External Alerts" rule reads; the
 * others do not.
 */

const ALERTS_PREFIX = 'logs-tidegate.alerts-';
/** Every month of alerts. */
export const ALERTS_PATTERN: string = `${ALERTS_PREFIX}*`;
/** Alias over all months, for people and for reading. */
export const ALERTS_ALIAS = 'tidegate-alerts';
/** What changes while an episode lasts; the detector's. */
export const STATE_INDEX = 'tidegate-alert-state';
/** What people decide; only theirs. */
export const TRIAGE_INDEX = 'tidegate-triage';
/** How far each of the other sinks has read. */
export const READER_INDEX = 'tidegate-log-reader';

const DAY_MS = 86_400_000;
const PAST_MS_MAX = 60 * DAY_MS;
const AHEAD_MS_MAX = DAY_MS;

/**
 * The index of an alert: the month in which its episode started. That time is untrusted, so it
 * counts only within 60 days before and a day after the time of the record; a host with a wrong
 * clock can not make an index for each month since 1970.
 */
export function alertsIndex(episodeStart: number, recordTime: number): string {
  const from = recordTime - PAST_MS_MAX;
  const to = recordTime + AHEAD_MS_MAX;
  const time = Math.min(Math.max(episodeStart, from), to);
  return `${ALERTS_PREFIX}${new Date(time).toISOString().slice(0, 7).replace('-', '.')}`;
}
