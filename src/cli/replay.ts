import { Option, type Command } from 'commander';

import { Failure } from '../base/failure.ts';
import { Pace } from '../runtime/pace.ts';
import { replay, type ReplayOptions, type ReplayState } from '../runtime/replay.ts';
import { openHttpTarget } from '../sinks/records/http.ts';
import { openRecordStream } from '../sinks/records/stream.ts';
import type { RecordTarget } from '../sinks/records/target.ts';
import { EXIT, UsageError } from './exit.ts';
import {
  collect,
  existingFiles,
  inputDecoder,
  INPUT_FORMAT_HELP,
  totalBytes,
  type InputOptions,
} from './input.ts';
import { Interruption } from './interruption.ts';
import { durationOption, wholeNumber } from './options.ts';
import { Progress } from './progress.ts';
import { replayProgress, reportReplay } from './replay-summary.ts';
import { parseSpeed } from './speed.ts';

const TIMES_MAX = 1_000_000;
const BODY_BYTES = 1 << 20;
const BODY_BYTES_MAX = 1 << 28;

/** Options of `tidegate replay`, as commander reads them. */
export interface ReplayCommandOptions extends Omit<InputOptions, 'dataDir'> {
  readonly to: 'stdout' | 'http';
  readonly speed: number;
  readonly maxPause?: number;
  readonly repeat: number;
  readonly url?: string;
  readonly header?: readonly string[];
  readonly batchBytes: number;
  readonly output: 'table' | 'json';
  readonly json: boolean;
}

/** `tidegate replay FILE...`: recorded telemetry once more, at a chosen speed. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('deliver recorded telemetry again, at a multiple of its own event time')
    .argument(
      '<file...>',
      'telemetry: one record a line, plain, gzip or zstd; - for standard input',
    )
    .addOption(
      new Option('--to <target>', 'where records go')
        .choices(['stdout', 'http'])
        .makeOptionMandatory(),
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
    .option('--url <url>', 'of --to http: where to POST; may stand among the files too')
    .option(
      '--header <name: value>',
      'of --to http: sent with each request; may be repeated',
      collect,
    )
    .option(
      '--batch-bytes <n>',
      'of --to http: the largest request',
      wholeNumber('--batch-bytes', BODY_BYTES_MAX),
      BODY_BYTES,
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

The summary stands on standard output, with --to stdout on standard error.`,
    )
    .action(async (files: string[], options: ReplayCommandOptions) => {
      process.exitCode = await runReplay(files, options);
    });
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
  await using target = openTarget(options, signal);
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
    partitioning: 'host',
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

function openTarget(options: ReplayCommandOptions, signal: AbortSignal): RecordTarget {
  if (options.to === 'stdout') return openRecordStream(process.stdout, 'standard output');
  const { url, batchBytes } = options;
  if (url === undefined) throw new UsageError('--to http needs --url');
  if (!isHttp(url)) throw new UsageError(`--url: '${url}' is no http or https address`);
  const headers = (options.header ?? []).map((text) => headerOf(text));
  return openHttpTarget({ url, headers, bodyBytesMax: batchBytes, signal });
}

function isHttp(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

function headerOf(text: string): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  // Not quoted: a header often holds a secret.
  throw new UsageError("--header: must be 'Name: value'");
}
