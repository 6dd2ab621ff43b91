import { Option, type Command } from 'commander';

import { Failure } from '../base/failure.ts';
import { Pace } from '../runtime/pace.ts';
import {
  PARTITIONINGS,
  replay,
  type Partitioning,
  type ReplayOptions,
  type ReplayState,
} from '../runtime/replay.ts';
import { EXIT, UsageError } from './exit.ts';
import {
  existingFiles,
  inputDecoder,
  INPUT_FORMAT_HELP,
  totalBytes,
  type InputOptions,
} from './input.ts';
import { Interruption } from './interruption.ts';
import { durationOption, wholeNumber } from './options.ts';
import { Progress } from './progress.ts';
import { addTargetOptions, isHttp, openTarget, type TargetOptions } from './replay-target.ts';
import { replayProgress, reportReplay } from './replay-summary.ts';
import { parseSpeed } from './speed.ts';

const TIMES_MAX = 1_000_000;

/** Options of `tidegate replay`, as commander reads them. */
export interface ReplayCommandOptions extends Omit<InputOptions, 'dataDir'>, TargetOptions {
  readonly speed: number;
  readonly maxPause?: number;
  readonly repeat: number;
  readonly partitionBy: Partitioning;
  readonly output: 'table' | 'json';
  readonly json: boolean;
}

/** `tidegate replay FILE...`: recorded telemetry once more, at a chosen speed. */
export function addReplay(program: Command): void {
  const command = program
    .command('replay')
    .description('deliver recorded telemetry again, at a multiple of its own event time')
    .argument(
      '<file...>',
      'telemetry: one record a line, plain, gzip or zstd; - for standard input',
    )
    .addOption(
      new Option('--speed <n>', 'multiple of event time: 1 is as it went by, max does not wait')
        .argParser(parseSpeed)
        .default(Number.POSITIVE_INFINITY, 'max'),
    )
    .option(
      '--max-pause <time>',
      'cut quiet spells to this time on the clock',
      durationOption('--max-pause'),
    )
    .option(
      '--repeat <n>',
      'replay so many times, one after the other',
      wholeNumber('--repeat', TIMES_MAX),
      1,
    )
    .addOption(
      new Option('--partition-by <what>', 'what keeps its order, in one partition: its key')
        .choices(PARTITIONINGS)
        .default('host'),
    )
    .option('--input-format <name>', `tells event time and host: ${INPUT_FORMAT_HELP}`, 'auto')
    .addOption(
      new Option('--output <form>', 'how the summary is printed')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'the same as --output json', false)
    .option('--no-progress', 'no progress line')
    .addHelpText(
      'after',
      `
Several files are replayed as one log, merged by event time. Records go out with their bytes unchanged and in
order: event times are never shifted, with --repeat neither, so a detector that has seen a record may know it
again. A record without an event time goes with the one before it and is counted. Delivery is at least once: what
had to be sent again may arrive twice. Ctrl-C ends cleanly, and the summary counts what was acknowledged.

Examples:
  tidegate replay monday.ndjson.gz --to stdout --speed 60 | tidegate scan -
  tidegate replay *.ndjson --to http http://127.0.0.1:8080/ingest --json
  tidegate replay *.ndjson --to kafka --brokers 127.0.0.1:9092 --topic telemetry --partitions 8

The summary stands on standard output, with --to stdout on standard error.`,
    )
    .action(async (files: string[], options: ReplayCommandOptions) => {
      process.exitCode = await runReplay(files, options);
    });
  addTargetOptions(command);
}

async function runReplay(files: readonly string[], given: ReplayCommandOptions): Promise<number> {
  // `--to http URL` reads naturally, and commander takes the address for one more file.
  const url = given.url ?? files.find((file) => given.to === 'http' && isHttp(file));
  const options = { ...given, ...(url === undefined ? {} : { url }) };
  const paths = existingFiles(files.filter((file) => file !== url));
  if (paths.length === 0) throw new UsageError('no file to replay');
  const bytesTotal = totalBytes(paths);
  if (options.repeat > 1 && bytesTotal === undefined) {
    throw new UsageError('--repeat: what comes through a pipe can be replayed only once');
  }
  const decoder = inputDecoder(options.inputFormat);
  using interruption = new Interruption();
  const { signal } = interruption;
  await using target = await openTarget(options, signal);
  const { speed, maxPause } = options;
  const pace = new Pace({
    speed,
    signal,
    ...(maxPause === undefined ? {} : { pauseMsMax: maxPause }),
  });
  const progress = new Progress(options.progress);
  const unread: Failure[] = [];
  const began = performance.now();
  let state: ReplayState | undefined;
  const failure = await ended({
    paths,
    decoder,
    target,
    pace,
    partitioning: options.partitionBy,
    times: options.repeat,
    signal,
    onFailure: (cause) => unread.push(cause),
    onProgress: (now) => {
      state = now;
      progress.update(() => replayProgress(now, { target, options, bytesTotal, began }));
    },
  });
  progress.clear();
  const isInterrupted = signal.aborted;
  const seconds = (performance.now() - began) / 1000;
  await reportReplay({ target, state, options, unread, seconds, isInterrupted });
  if (failure !== undefined && !isInterrupted) throw failure;
  return unread.length > 0 || (state?.tooLong ?? 0) > 0 ? EXIT.failed : EXIT.ran;
}

// A target that fails ends the replay, and what arrived before is still counted.
async function ended(options: ReplayOptions): Promise<Failure | undefined> {
  try {
    await replay(options);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
