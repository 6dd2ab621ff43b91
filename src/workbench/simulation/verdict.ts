import { isAtLeast } from '../../alert/level.ts';
import type { Sensor } from '../../decoders/senses.ts';
import type { ExpectedAlert } from '../../simulation/story/story.ts';
import type { FoundAlert, TrialRun } from './trial.ts';
import { evidenceOf, isVisible } from './visibility.ts';
import type { SensorView } from './visibility.ts';

/** Events that come later than this are late for windows (decisions §4): an alert may be later by as much. */
export const LATENESS_MS = 5_000;

// Some sensors tell of whole seconds only, so an alert may seem to come before its deed.
const RESOLUTION_MS = 1_000;

/** What became of an alert that must come. */
export interface Finding {
  readonly rule: string;
  /** The sensor says that it can tell what the alert is about. */
  readonly isVisible: boolean;
  /** It came in time. */
  readonly isFound: boolean;
  /** From the first deed to the event that made the condition true; undefined when it never came. */
  readonly delayMs: number | undefined;
  readonly withinMs: number;
}

/** Whether a trial ended as its story says. */
export interface Verdict {
  readonly run: TrialRun;
  readonly findings: readonly Finding[];
  /** What is wrong, in words; empty when all is as it must be. */
  readonly failures: readonly string[];
}

/** Holds what a trial raised against what its story says, how soon it came included unless that is not known. */
export function judge(
  run: TrialRun,
  sensor: Sensor,
  { isTimed }: { readonly isTimed: boolean } = { isTimed: true },
): Verdict {
  const { story, host } = run.trial.play;
  const told = new Set(run.trial.deliveries.map(({ action }) => action));
  const view = { sensor, told };
  const findings = story.must
    .filter(({ systems }) => systems.includes(host.system))
    .map((expected) => findingOf(expected, run, { ...view, isTimed }));
  return { run, findings, failures: failuresOf(run, findings) };
}

function findingOf(
  expected: ExpectedAlert,
  { trial, alerts }: TrialRun,
  view: SensorView & { readonly isTimed: boolean },
): Finding {
  const { rule, withinMs } = expected;
  const first = evidenceOf(expected, trial.play)[0]?.time ?? Number.POSITIVE_INFINITY;
  const times = alerts
    .filter((alert) => alert.rule === rule && alert.time >= first - RESOLUTION_MS)
    .map(({ time }) => Math.max(0, time - first));
  const delayMs = times.length === 0 ? undefined : Math.min(...times);
  return {
    rule,
    isVisible: isVisible(expected, trial.play, view),
    isFound: delayMs !== undefined && (!view.isTimed || delayMs <= withinMs + LATENESS_MS),
    delayMs: view.isTimed ? delayMs : undefined,
    withinMs,
  };
}

function failuresOf(run: TrialRun, findings: readonly Finding[]): readonly string[] {
  const { alerts, refused, trial } = run;
  const { story } = trial.play;
  const failures = findings
    .filter(({ isVisible: visible, isFound }) => visible && !isFound)
    .map(({ rule, delayMs, withinMs }) =>
      delayMs === undefined
        ? `${rule} did not alert`
        : `${rule} alerted after ${String(delayMs)} ms, allowed are ${String(withinMs)}`,
    );
  const raised = (rule: string): boolean => alerts.some((alert) => alert.rule === rule);
  failures.push(
    ...story.mustNot.filter(raised).map((rule) => `${rule} must not alert`),
    ...story.missed
      .filter(({ rule }) => raised(rule))
      .map(({ rule, gap }) => `${rule} alerted, although it is said to miss this: ${gap}`),
  );
  if (story.kind === 'honest') failures.push(...unquiet(alerts));
  const reasons = new Set(refused.map(({ reason }) => reason));
  if (refused.length > 0) {
    failures.push(`${String(refused.length)} records were refused: ${[...reasons].join(', ')}`);
  }
  return failures;
}

function unquiet(alerts: readonly FoundAlert[]): readonly string[] {
  return alerts
    .filter(({ level }) => isAtLeast(level, 'medium'))
    .map(({ rule, level }) => `${rule} alerted (${level}) on an honest day`);
}
