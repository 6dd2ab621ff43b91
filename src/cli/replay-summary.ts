import type { Failure } from '../base/failure.ts';
import type { ReplayState } from '../runtime/replay.ts';
import type { RecordTarget } from '../sinks/records/target.ts';
import { count, counted, duration, utc } from './format.ts';
import { Output } from './output.ts';
import type { ProgressState } from './progress.ts';
import type { ReplayCommandOptions } from './replay.ts';
import { painter, printable } from './terminal-text.ts';

/** What a running replay shows. */
export function replayProgress(
  state: ReplayState,
  run: {
    readonly target: RecordTarget;
    readonly options: ReplayCommandOptions;
    readonly bytesTotal: number | undefined;
    readonly began: number;
  },
): ProgressState {
  const { options, bytesTotal, target } = run;
  const { records } = target.delivered;
  const seconds = Math.max(0.001, (performance.now() - run.began) / 1000);
  const parts = [
    counted(records, 'record'),
    `${count(records / seconds)}/s`,
    state.reached === undefined ? '' : utc(state.reached),
    Number.isFinite(options.speed) ? `${count(options.speed)}×` : '',
    state.pauseMs >= 1000 ? `next in ${duration(state.pauseMs)}` : '',
    options.repeat > 1 ? `time ${state.timesDone + 1} of ${options.repeat}` : '',
  ];
  const share =
    bytesTotal === undefined
      ? undefined
      : (state.timesDone + state.bytesRead / Math.max(1, bytesTotal)) / options.repeat;
  return { share, text: parts.filter((part) => part !== '').join(', ') };
}

/** What a replay did, in the end. */
export interface ReplayEnd {
  readonly target: RecordTarget;
  readonly state: ReplayState | undefined;
  readonly options: ReplayCommandOptions;
  /** Files that could not be read to their end. */
  readonly unread: readonly Failure[];
  readonly seconds: number;
  readonly isInterrupted: boolean;
}

/** Says what arrived; on standard error when standard output holds the records. */
export async function reportReplay(end: ReplayEnd): Promise<void> {
  const { options, unread } = end;
  for (const { message } of unread) {
    process.stderr.write(
      `${painter(process.stderr)('red', 'not read to its end:')} ${printable(message)}\n`,
    );
  }
  const isJson = options.json || options.output === 'json';
  const text = isJson ? JSON.stringify(figures(end)) : summary(end);
  if (options.to === 'stdout') {
    process.stderr.write(`${text}\n`);
    return;
  }
  const output = new Output();
  output.line(text);
  await output.flush();
}

function figures({ target, state, options, seconds, isInterrupted, unread }: ReplayEnd): unknown {
  const { records, bytes, retries, partitions } = target.delivered;
  return {
    target: target.name,
    records,
    bytes,
    events: state?.counts.events ?? 0,
    recordsRead: state?.counts.records ?? 0,
    undecoded: state?.counts.refusedTotal ?? 0,
    tooLong: state?.tooLong ?? 0,
    retries,
    partitions: Object.fromEntries(partitions),
    speed: Number.isFinite(options.speed) ? options.speed : 'max',
    times: state?.timesDone ?? 0,
    seconds,
    recordsPerSecond: records / seconds,
    bytesPerSecond: bytes / seconds,
    interrupted: isInterrupted,
    filesUnread: unread.length,
  };
}

function summary({ target, state, seconds, isInterrupted }: ReplayEnd): string {
  const { records, bytes, retries, partitions } = target.delivered;
  const read = state?.counts.records ?? 0;
  const undecoded = state?.counts.refusedTotal ?? 0;
  const tooLong = state?.tooLong ?? 0;
  const notes = [
    isInterrupted ? 'interrupted' : '',
    read - tooLong > records ? `${count(read - tooLong - records)} read and not delivered` : '',
    undecoded > 0 ? `${count(undecoded)} that no decoder understands` : '',
    tooLong > 0 ? `${count(tooLong)} left out: too long for a line` : '',
    retries > 0 ? counted(retries, 'retry', 'retries') : '',
  ].filter((note) => note !== '');
  const details = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  const rate = `${count(records / seconds)} records/s, ${(bytes / seconds / 1e6).toFixed(1)} MB/s`;
  const lines = [
    `${counted(records, 'record')}, ${(bytes / 1e6).toFixed(1)} MB to ${printable(target.name)} ` +
      `in ${duration(seconds * 1000)} (${rate})${details}`,
    ...[...partitions]
      .sort(([one], [other]) => one - other)
      .map(([partition, n]) => `  partition ${partition}: ${counted(n, 'record')}`),
  ];
  return lines.join('\n');
}
