import { join, resolve } from 'node:path';

import { Option, type Command } from 'commander';

import { readInput, type BenchInput } from '../bench/input.ts';
import { findLane, lanes, type Lane } from '../bench/lane.ts';
import { measureGain } from '../bench/gain.ts';
import type { BenchReport, WorkersReport } from '../bench/report.ts';
import { loadBenchRules, runBench } from '../bench/run.ts';
import { shares } from '../bench/share.ts';
import { syntheticInput } from '../bench/synthetic.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { developerDay } from '../simulation/scenarios/developer-day.ts';
import { benchTable } from './bench-table.ts';
import { EXIT, UsageError } from './exit.ts';
import { count, counted } from './format.ts';
import {
  collect,
  existingFiles,
  inputDecoder,
  INPUT_FORMAT_HELP,
  rulePlaces,
  sayNotice,
} from './input.ts';
import { wholeNumber } from './options.ts';
import { Output } from './output.ts';
import { reportProblems } from './problems.ts';
import { Progress } from './progress.ts';
import { painter } from './terminal-text.ts';

const SCENARIO = resolve(import.meta.dirname, '../../fixtures/scenarios/developer-day.ndjson.gz');
const SYNTHETIC_MAX = 5_000_000;
const ROUNDS_MAX = 1000;
const WORKERS_MAX = 64;

interface BenchCommandOptions {
  readonly rules?: readonly string[];
  readonly input?: readonly string[];
  readonly synthetic?: number;
  readonly lanes: readonly Lane[];
  readonly inputFormat: string;
  readonly repeat: number;
  readonly workers: number;
  readonly output: 'table' | 'json';
  readonly json: boolean;
  readonly progress: boolean;
}

/** `tidegate bench`: how fast this machine detects, next to how fast it parses. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure detection at full speed, next to JSON.parse alone on the same bytes')
    .option(
      '--rules <path>',
      'rule file, folder or pack, instead of the bundled ones; may be repeated',
      collect,
    )
    .addOption(
      new Option('--input <file...>', 'telemetry instead of the bundled day').conflicts(
        'synthetic',
      ),
    )
    .option(
      '--synthetic <n>',
      'so many records of a simulated fleet',
      wholeNumber('--synthetic', SYNTHETIC_MAX),
    )
    .addOption(
      new Option(
        '--lanes <names>',
        `comma-separated: ${lanes.map(({ name, description }) => `${name} (${description})`).join(', ')}`,
      )
        .argParser(lanesOf)
        .default(lanesOf('full'), 'full'),
    )
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .option(
      '--repeat <n>',
      'rounds; figures are their medians',
      wholeNumber('--repeat', ROUNDS_MAX),
      3,
    )
    .option(
      '--workers <n>',
      'measure too what so many threads gain, next to JSON.parse alone in as many',
      wholeNumber('--workers', WORKERS_MAX),
      1,
    )
    .addOption(
      new Option('--output <form>', 'how the figures are printed')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'the same as --output json', false)
    .option('--no-progress', 'no progress line')
    .addHelpText(
      'after',
      `
All records are read into memory first. Each round then runs, in turn: JSON.parse alone; decoding; decoding
and rules (no state); the whole product with lineage, windows and alerts. Two rounds before the counted ones
warm up. Rates are per second of processor time, which other work on the machine disturbs less than a clock.
Before the rounds the start is measured, in CPU seconds: loadCpuSeconds is all that must be done before the
first event can be judged (rules read and linked, or opened as a pack; lists; the program of the event's log
source), programsCpuSeconds are the programs of further log sources, each made when its first event comes.
With --workers, each thread gets the records of hosts of its own and compiles the rules for itself; the threads do
each pass one after the other, as one would do all of it, and then at the same time.
With several lanes, JSON has the figures of the first and all of them under "lanes".

Examples:
  tidegate bench
  tidegate bench --synthetic 100000 --repeat 5
  tidegate bench --rules sigma/rules/windows --input recordings/*.ndjson.gz --lanes nomsg,full --json

Exits with 1 if rounds do not find the same matches and alerts: then no figure counts.`,
    )
    .action(async (options: BenchCommandOptions) => {
      process.exitCode = await bench(options);
    });
}

async function bench(options: BenchCommandOptions): Promise<number> {
  const rules = rulePlaces(options.rules ?? [BUNDLED_RULES]);
  const lists = [join(BUNDLED_RULES, 'lists')];
  const progress = new Progress(options.progress);
  const reports: BenchReport[] = [];
  for (const lane of options.lanes) {
    const decoder = inputDecoder(options.inputFormat);
    const loaded = loadBenchRules({ rules, lists, decoder, onNotice: sayNotice });
    if (reports.length === 0) reportProblems(loaded.problems, false);
    if (loaded.rules === 0) throw new UsageError('no rule could be loaded; see --rules');
    const input = await inputOf(options, lane, decoder, progress);
    const onPass = (name: string, share: number): void =>
      progress.update(() => ({ share, text: `${lane.name}: ${name}` }));
    const report = await runBench({
      lane: lane.name,
      rules: loaded,
      decoder,
      input,
      rounds: options.repeat,
      onPass,
    });
    if (report.events === 0) throw new UsageError('no event in the input could be decoded');
    const workers = await gainOf(options, { rules, lists, input, decoder, report, onPass });
    reports.push(workers === undefined ? report : { ...report, workers });
  }
  progress.clear();
  await print(reports, options);
  return reportDisagreements(reports);
}

interface Benched {
  readonly rules: readonly string[];
  readonly lists: readonly string[];
  readonly input: BenchInput;
  readonly decoder: Decoder;
  readonly report: BenchReport;
  readonly onPass: (name: string, share: number) => void;
}

async function gainOf(
  options: BenchCommandOptions,
  { rules, lists, input, decoder, report, onPass }: Benched,
): Promise<WorkersReport | undefined> {
  if (options.workers === 1) return undefined;
  const parts = shares(input, options.workers, decoder);
  if (parts.length < options.workers) {
    throw new UsageError(
      `--workers ${options.workers}: each gets hosts of its own, and the input has ${counted(parts.length, 'host')}`,
    );
  }
  return measureGain({
    setup: { rules, lists, inputFormat: options.inputFormat },
    shares: parts,
    rounds: options.repeat,
    alone: { matches: report.matches, digest: report.alertsDigest },
    onPass,
  });
}

async function inputOf(
  options: BenchCommandOptions,
  lane: Lane,
  decoder: Decoder,
  progress: Progress,
): Promise<BenchInput> {
  const { input, synthetic } = options;
  // What must be found is known of the simulated day under the rules that were written for it.
  const isKnown = options.rules === undefined;
  if (synthetic !== undefined) {
    const made = syntheticInput(developerDay, synthetic, lane);
    return isKnown ? made : { ...made, alertsExpected: undefined };
  }
  const alertsExpected = developerDay.alerts;
  return readInput({
    paths: existingFiles(input ?? [SCENARIO]),
    lane,
    decoder,
    ...(isKnown && input === undefined ? { alertsExpected } : {}),
    onRead: (records) =>
      progress.update(() => ({ share: undefined, text: `${count(records)} records read` })),
  });
}

async function print(reports: readonly BenchReport[], options: BenchCommandOptions): Promise<void> {
  const output = new Output();
  if (options.json || options.output === 'json') {
    const more = reports.length > 1 ? { lanes: reports } : {};
    output.line(JSON.stringify({ ...reports[0], ...more }));
  } else {
    const paint = painter(process.stdout);
    for (const report of reports) for (const line of benchTable(report, paint)) output.line(line);
  }
  await output.flush();
}

function reportDisagreements(reports: readonly BenchReport[]): number {
  const paint = painter(process.stderr);
  let code: number = EXIT.ran;
  for (const { lane, disagreements, workers } of reports) {
    for (const text of [...disagreements, ...(workers?.disagreements ?? [])]) {
      code = EXIT.failed;
      process.stderr.write(`${paint('red', 'the figures do not count:')} ${lane}: ${text}\n`);
    }
  }
  return code;
}

function lanesOf(text: string): readonly Lane[] {
  return text.split(',').map((name) => {
    const lane = findLane(name.trim());
    if (lane !== undefined) return lane;
    const names = lanes.map((known) => known.name).join(', ');
    throw new UsageError(`--lanes: unknown lane '${name}'; known are ${names}`);
  });
}
