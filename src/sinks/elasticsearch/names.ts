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
const PAST_WITHOUT_RECORD_MS_MAX = 400 * DAY_MS;
const AHEAD_MS_MAX = DAY_MS;

/** What the month of an alert's index follows from. */
export interface AlertTimes {
  readonly episodeStart: number;
  /** When the log took the record; undefined where it does not say. */
  readonly recordTime: number | undefined;
  readonly now: number;
}

/**
 * The index of an alert: the month in which its episode started. That time is untrusted, so it
 * counts only within 60 days before and a day after the time of the record; a host with a wrong
 * clock can not make an index for each month since 1970. Without a record time our own clock bounds
 * it, and that must not decide between two months when old telemetry is read again: so widely that
 * only what is older than alerts are kept is moved.
 */
export function alertsIndex({ episodeStart, recordTime, now }: AlertTimes): string {
  const past = recordTime === undefined ? PAST_WITHOUT_RECORD_MS_MAX : PAST_MS_MAX;
  const middle = recordTime ?? now;
  const time = Math.min(Math.max(episodeStart, middle - past), middle + AHEAD_MS_MAX);
  return `${ALERTS_PREFIX}${new Date(time).toISOString().slice(0, 7).replace('-', '.')}`;
}
