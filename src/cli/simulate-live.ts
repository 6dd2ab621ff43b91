import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { loadRules } from '../runtime/rule-files.ts';
import type { Encoder } from '../simulation/encoders/encoder.ts';
import type { Story } from '../simulation/story/story.ts';
import { openRecordStream } from '../sinks/records/stream.ts';
import type { RecordTarget } from '../sinks/records/target.ts';
import { readWrittenAlerts } from '../workbench/simulation/alert-log.ts';
import { judgeWritten, prepareLive, sendTrials } from '../workbench/simulation/live.ts';
import type { Trial } from '../workbench/simulation/trial.ts';
import type { Verdict } from '../workbench/simulation/verdict.ts';
import { UsageError } from './exit.ts';
import { count, duration } from './format.ts';
import { Interruption } from './interruption.ts';
import { Progress } from './progress.ts';
import { openTarget, type TargetOptions } from './replay-target.ts';

const LOOK_EVERY_MS = 1_000;

/** Options of playing into a pipeline that runs. */
export interface LiveCommandOptions extends Omit<TargetOptions, 'to'> {
  readonly to?: TargetOptions['to'];
  /** A file instead: one that the pipeline follows. */
  readonly out?: string;
  readonly seed: string;
  readonly mark: string;
  readonly alerts?: string;
  readonly wait: number;
  readonly rules: readonly string[];
  readonly progress: boolean;
}

/**
 * Plays stories into a running pipeline and waits for what it writes. Without a place of alerts to look at, what
 * was sent is all that is known: undefined.
 */
export async function playLive(
  stories: readonly Story[],
  encoders: readonly Encoder[],
  options: LiveCommandOptions,
): Promise<readonly Verdict[] | undefined> {
  using interruption = new Interruption();
  const { signal } = interruption;
  await using target = await openPlace(options, signal);
  const { seed, mark } = options;
  const now = Date.now();
  const trials = prepareLive(stories, encoders, { seed, mark: markOf(mark, now), now });
  const total = trials.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
  const progress = new Progress(options.progress);
  await sendTrials(trials, target, (sent) =>
    progress.update(() => ({ share: sent / total, text: `${count(sent)} records sent` })),
  );
  progress.clear();
  process.stderr.write(
    `${count(total)} records to ${target.name}; all hosts begin with ${markOf(mark, now)}\n`,
  );
  return options.alerts === undefined
    ? undefined
    : await awaitAlerts(trials, options.alerts, { options, progress, signal });
}

async function openPlace(options: LiveCommandOptions, signal: AbortSignal): Promise<RecordTarget> {
  const { to, out } = options;
  if (to !== undefined) return openTarget({ ...options, to }, signal);
  if (out === undefined) throw new UsageError('--live: say where to, with --to or --out');
  return openRecordStream(createWriteStream(out, { flags: 'a' }), out);
}

/** The mark and the second of the run, so that a second run has hosts of its own. */
function markOf(mark: string, now: number): string {
  return `${mark}-${Math.floor(now / 1000).toString(36)}`;
}

interface Waiting {
  readonly options: LiveCommandOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

// Honest days are judged at the end, since silence can not come early.
async function awaitAlerts(
  trials: readonly Trial[],
  place: string,
  { options, progress, signal }: Waiting,
): Promise<readonly Verdict[]> {
  const { ruleSet } = loadRules(options.rules);
  const names = new Map(
    [...ruleSet.detections, ...ruleSet.correlations].map(({ rule }) => [rule.id, rule.name]),
  );
  const began = performance.now();
  for (;;) {
    const verdicts = judgeWritten(trials, readWrittenAlerts(place), (id) => names.get(id) ?? id);
    const waitedMs = performance.now() - began;
    const open = verdicts.filter(({ failures }) => failures.length > 0).length;
    const isQuiet = trials.some(({ play }) => play.story.kind === 'honest');
    const isDone = open === 0 && !isQuiet;
    if (isDone || waitedMs >= options.wait || signal.aborted) {
      progress.clear();
      return verdicts;
    }
    progress.update(() => ({
      share: waitedMs / options.wait,
      text: `${count(open)} scenarios still open after ${duration(waitedMs)}`,
    }));
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
