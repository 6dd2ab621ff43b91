import { join } from 'node:path';

import { Option, type Command } from 'commander';

import { createAutoDecoder } from '../decoders/index.ts';
import { loadDetector } from '../runtime/detector.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { encoders } from '../simulation/encoders/index.ts';
import type { Encoder } from '../simulation/encoders/encoder.ts';
import type { Story } from '../simulation/story/story.ts';
import {
  buildMatrix,
  tryStories,
  usualEncoders,
  type MatrixOptions,
} from '../workbench/simulation/matrix.ts';
import { matrixMarkdown } from '../workbench/simulation/matrix-markdown.ts';
import { BUNDLED_SCENARIOS, loadScenarios } from '../workbench/simulation/scenario-files.ts';
import { SIMULATION_MARK } from '../workbench/simulation/trial.ts';
import { EXIT, UsageError } from './exit.ts';
import { counted } from './format.ts';
import { collect, existingPlaces, rulePlaces, sayNotice } from './input.ts';
import { Output } from './output.ts';
import { reportProblems } from './problems.ts';
import { durationOption } from './options.ts';
import { Progress } from './progress.ts';
import { addTargetOptions, type TargetOptions } from './replay-target.ts';
import { playLive } from './simulate-live.ts';
import { listLines, matrixLines, verdictJson, verdictLines } from './simulate-show.ts';
import { writeTelemetry } from './simulate-out.ts';
import { painter, printable } from './terminal-text.ts';

interface SimulateOptions extends Omit<TargetOptions, 'to'> {
  readonly live: boolean;
  readonly to?: TargetOptions['to'];
  readonly mark: string;
  readonly alerts?: string;
  readonly wait: number;
  readonly list: boolean;
  readonly matrix: boolean;
  readonly sensor?: string;
  readonly seed: string;
  readonly out?: string;
  readonly scenarios?: readonly string[];
  readonly rules?: readonly string[];
  readonly lists?: readonly string[];
  readonly output: 'table' | 'json' | 'markdown';
  readonly json: boolean;
  readonly progress: boolean;
}

/** `tidegate simulate SCENARIO...`: attacks and honest days in sensors' own formats, and what came of them. */
export function addSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .description(
      "play attacks and honest days in each sensor's own format, and hold the rules to them",
    )
    .argument('[scenario...]', 'names of scenarios, or files of your own; see --list')
    .option('--list', 'list the scenarios', false)
    .option('--matrix', 'play every scenario through every sensor', false)
    .option('--sensor <name>', 'the sensor that watches; without, each sensor in turn')
    .option('--seed <text>', 'another seed plays it with other names, times and agents', '1')
    .option('--out <file>', 'write the raw telemetry there, one record a line; needs --sensor')
    .option('--live', 'play all scenarios into a running pipeline, at --to or --out', false)
    .option('--mark <name>', 'of --to: what the names of all hosts begin with', SIMULATION_MARK)
    .option('--alerts <file>', "of --to: the pipeline's alerts (SQLite store or NDJSON) to look at")
    .option('--wait <time>', 'of --alerts: how long to wait', durationOption('--wait'), 120_000)
    .option('--scenarios <path>', 'scenario file or folder, beside the bundled ones', collect)
    .option(
      '--rules <path>',
      'rule file, folder or pack, instead of the bundled ones; may be repeated',
      collect,
    )
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .addOption(
      new Option('--output <form>', 'json is for machines, markdown a page of the matrix')
        .choices(['table', 'json', 'markdown'])
        .default('table'),
    )
    .option('--json', 'short for --output json', false)
    .option('--no-progress', 'no progress line')
    .addHelpText(
      'after',
      `
A scenario tells deeds in no sensor's words. An encoder writes what its sensor sees of them in the sensor's own raw
format; the decoders read that, the rules judge it, and the alerts are held against what the scenario says: which
must come from every sensor that can see the deeds, and which must not. The same seed writes the same bytes.

Examples:
  tidegate simulate --list
  tidegate simulate bulk-read-fast                       through every sensor
  tidegate simulate bulk-read-fast --sensor osquery --out reads.ndjson
  tidegate simulate --matrix                             every scenario, every sensor
  tidegate simulate --matrix --output markdown > docs/detection-matrix.md
  tidegate simulate my-attack.yml --rules my-rules/      a scenario of your own
  tidegate simulate gist --sensor ecs --to kafka --brokers 127.0.0.1:9092 --topic telemetry
  tidegate simulate --live --to http --url http://127.0.0.1:8080/ingest --alerts .tidegate/alerts.db

Into a running pipeline scenarios are played as if they ended now. All their hosts have names that begin with
--mark and the run's own letters, which are printed: filter by those of your run, not by the mark alone, since
whoever names a machine so would hide behind it. Sensors without names of hosts (CrowdStrike's ids, proxies'
addresses) carry it only where they have one.

Exit codes: 0 all is as the scenarios say, 1 something is not, 2 wrong usage`,
    )
    .action(async (scenarios: string[], options: SimulateOptions) => {
      process.exitCode = await simulate(scenarios, options);
    });
  addTargetOptions(command, false);
}

async function simulate(names: readonly string[], options: SimulateOptions): Promise<number> {
  const stories = chooseStories(names, options);
  const isJson = options.json || options.output === 'json';
  if (options.list) return print(listLines(stories, isJson, painter(process.stdout)), EXIT.ran);
  if (options.matrix) return showMatrix(stories, isJson, options);
  if (options.live || options.to !== undefined) return showLive(names, stories, options);
  if (names.length === 0) {
    throw new UsageError('name a scenario, or say --list or --matrix; --help shows more');
  }
  const watching = chooseEncoders(options.sensor);
  if (options.out !== undefined) {
    const [encoder] = watching;
    if (options.sensor === undefined || encoder === undefined) {
      throw new UsageError('--out: name the sensor too, with --sensor');
    }
    await writeTelemetry(stories, encoder, { ...options, out: options.out });
  }
  const trying = tryOptions(options);
  const verdicts = watching.flatMap((encoder) => tryStories(stories, encoder, trying));
  if (verdicts.length === 0) {
    const where = [...new Set(stories.flatMap(({ systems }) => systems))].join(', ');
    throw new UsageError(
      `--sensor: ${options.sensor ?? ''} does not run where this happens (${where})`,
    );
  }
  const hasFailed = verdicts.some(({ failures }) => failures.length > 0);
  const lines = isJson ? verdictJson(verdicts) : verdictLines(verdicts, painter(process.stdout));
  return print(lines, hasFailed ? EXIT.failed : EXIT.ran);
}

async function showLive(
  names: readonly string[],
  stories: readonly Story[],
  options: SimulateOptions,
): Promise<number> {
  const { live } = options;
  if (names.length === 0 && !live) throw new UsageError('name a scenario, or say --live for all');
  const rules = rulePlaces(options.rules ?? [BUNDLED_RULES]);
  const encoding = chooseEncoders(options.sensor);
  const verdicts = await playLive(stories, encoding, { ...options, rules });
  if (verdicts === undefined) return EXIT.ran;
  const hasFailed = verdicts.some(({ failures }) => failures.length > 0);
  const isJson = options.json || options.output === 'json';
  const lines = isJson ? verdictJson(verdicts) : verdictLines(verdicts, painter(process.stdout));
  return print(lines, hasFailed ? EXIT.failed : EXIT.ran);
}

async function showMatrix(
  stories: readonly Story[],
  isJson: boolean,
  options: SimulateOptions,
): Promise<number> {
  const progress = new Progress(options.progress);
  const matrix = buildMatrix(stories, {
    ...tryOptions(options),
    onProgress: (done, of) =>
      progress.update(() => ({
        share: done / of,
        text: `${String(done)} of ${counted(of, 'sensor')}`,
      })),
  });
  progress.clear();
  const { failures } = matrix;
  const paint = painter(process.stdout);
  if (isJson || options.output === 'markdown') {
    const { cells, honest } = matrix;
    for (const failure of failures) process.stderr.write(`${printable(failure)}\n`);
    const page = isJson
      ? JSON.stringify({ cells, honest })
      : matrixMarkdown(matrix, stories).trimEnd();
    return print([page], failures.length > 0 ? EXIT.failed : EXIT.ran);
  }
  const lines = matrixLines(matrix, stories, paint, usualEncoders());
  return print(lines, failures.length > 0 ? EXIT.failed : EXIT.ran);
}

async function print(lines: readonly string[], code: number): Promise<number> {
  const output = new Output();
  for (const line of lines) output.line(line);
  await output.flush();
  return code;
}

/** The scenarios of these names or files; all of them without. Broken files are told and end the run. */
function chooseStories(names: readonly string[], options: SimulateOptions): readonly Story[] {
  const files = names.filter((name) => /\.ya?ml$/.test(name));
  const places = [BUNDLED_SCENARIOS, ...existingPlaces([...(options.scenarios ?? []), ...files])];
  const { stories, problems } = loadScenarios(places);
  if (problems.length > 0) {
    const told = problems.map(
      ({ file, line, column, message }) => `${file}:${String(line)}:${String(column)}: ${message}`,
    );
    throw new UsageError(told.join('\n'));
  }
  if (names.length === 0) return stories;
  return names.map((named) => {
    const name = named.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, '');
    const story = stories.findLast((each) => each.name === name);
    if (story === undefined) {
      throw new UsageError(`unknown scenario '${named}'; tidegate simulate --list shows all`);
    }
    return story;
  });
}

function chooseEncoders(name: string | undefined): readonly Encoder[] {
  if (name === undefined) return usualEncoders();
  const encoder =
    usualEncoders().find((each) => each.sensor === name) ??
    encoders.find((each) => each.name === name);
  if (encoder !== undefined) return [encoder];
  const known = new Set([...encoders.map(({ sensor }) => sensor), ...encoders.map((e) => e.name)]);
  throw new UsageError(`--sensor: nothing writes '${name}'; known are ${[...known].join(', ')}`);
}

function tryOptions(options: SimulateOptions): MatrixOptions {
  const create = loadDetector({
    rules: rulePlaces(options.rules ?? [BUNDLED_RULES]),
    lists: [join(BUNDLED_RULES, 'lists'), ...(options.lists ?? [])],
    onNotice: sayNotice,
  });
  let isTold = false;
  return {
    seed: options.seed,
    decoder: createAutoDecoder,
    engine: () => {
      const { engine, problems } = create(createAutoDecoder());
      if (!isTold) reportProblems(problems, false);
      isTold = true;
      return engine;
    },
  };
}
