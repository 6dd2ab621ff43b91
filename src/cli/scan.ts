import { join } from 'node:path';

import { Option, type Command } from 'commander';

import { isAtLeast, levels } from '../alert/level.ts';
import { defaultLimits } from '../engine/limits.ts';
import type { Level } from '../language/tree.ts';
import { redactionKey } from '../runtime/redaction-key.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { openScan } from '../runtime/scan/open.ts';
import { EXIT, UsageError } from './exit.ts';
import { counted } from './format.ts';
import {
  collect,
  existingFiles,
  existingPlaces,
  inputDecoder,
  INPUT_FORMAT_HELP,
  rulePlaces,
  sayNotice,
  type InputOptions,
} from './input.ts';
import { durationOption, wholeNumber } from './options.ts';
import { reportProblems } from './problems.ts';
import { scanAlerts } from './scan-alerts.ts';
import { scanMatches } from './scan-matches.ts';
import type { ScanRun } from './scan-run.ts';

/** Options of `tidegate scan`, as commander reads them. */
export interface ScanOptions extends InputOptions {
  readonly rules?: readonly string[];
  readonly lists?: readonly string[];
  readonly output: 'table' | 'ndjson';
  readonly matches: boolean;
  readonly strict: boolean;
  readonly portable: boolean;
  readonly pipeline?: readonly string[];
  readonly verbose: boolean;
  readonly lateness: number;
  readonly minLevel: Level;
  readonly failOn?: Level;
  readonly workers: number;
}

/** More threads than a machine has processors gain nothing; so many are a mistake in the call. */
const WORKERS_MAX = 256;

/** `tidegate scan FILE...`: rules over files. */
export function addScan(program: Command): void {
  program
    .command('scan')
    .description('run Sigma rules over telemetry files, windows included')
    .argument(
      '<file...>',
      'telemetry: one record a line, plain, gzip or zstd; - for standard input',
    )
    .option(
      '--rules <path>',
      'rule file, folder or pack, instead of the bundled ones; may be repeated',
      collect,
    )
    .option(
      '--lists <dir>',
      'folder of lists that win over the bundled ones; may be repeated',
      collect,
    )
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .addOption(
      new Option('--output <form>', 'ndjson prints one ECS document per alert')
        .choices(['table', 'ndjson'])
        .default('table'),
    )
    .option(
      '--matches',
      'print every (record, rule) match, without windows, suppression or deduplication',
      false,
    )
    .addOption(
      new Option(
        '--lateness <time>',
        'how far out of order events may arrive and still count in windows',
      )
        .argParser(durationOption('--lateness'))
        .default(defaultLimits.latenessMs, '5s'),
    )
    .addOption(
      new Option('--min-level <level>', 'alerts below it are not shown; matches always are')
        .choices(levels)
        .default('low'),
    )
    .addOption(
      new Option(
        '--fail-on <level>',
        'exit with 3 if an alert of this level or above was raised',
      ).choices(levels),
    )
    .option(
      '--workers <n>',
      'threads, each with files of its own; what is found does not depend on it',
      wholeNumber('--workers', WORKERS_MAX),
      1,
    )
    .option('--pipeline <file>', 'processing pipeline in pySigma form; may be repeated', collect)
    .option('--portable', "refuse Tidegate's extensions of Sigma", false)
    .option(
      '--strict',
      'exit with 1 if any rule is broken; checks rules against JSON schemas too',
      false,
    )
    .option('--data-dir <dir>', 'where refused records are kept', '.tidegate')
    .option('--verbose', 'show warnings about rules too', false)
    .option('--no-progress', 'no progress line')
    .addHelpText(
      'after',
      `
Several files are read as one log, merged by event time; memory does not grow with them.
With --workers, files that hold events of the same hosts go to the same thread, so that nothing is missed; alerts
are the same and in the same order, and are printed when all files have been read.

Examples:
  tidegate scan sysmon.ndjson.gz
  zcat security.json.gz | tidegate scan - --output ndjson | jq .message
  tidegate scan --rules sigma/rules/windows --fail-on high recordings/*.ndjson`,
    )
    .action(async (files: string[], options: ScanOptions) => {
      process.exitCode = await scan(files, options);
    });
}

async function scan(files: readonly string[], options: ScanOptions): Promise<number> {
  if (options.matches && options.failOn !== undefined) {
    throw new UsageError('--fail-on looks at alerts, and --matches raises none');
  }
  const paths = existingFiles(files);
  inputDecoder(options.inputFormat);
  const mode = options.matches ? 'matches' : 'alerts';
  await using scan = await openScan({
    paths,
    workers: options.workers,
    settings: {
      mode,
      rules: {
        rules: rulePlaces(options.rules ?? [BUNDLED_RULES]),
        lists: existingPlaces([join(BUNDLED_RULES, 'lists'), ...(options.lists ?? [])]),
        pipelines: existingPlaces(options.pipeline ?? []),
        portable: options.portable,
        schema: options.strict,
        limits: { latenessMs: options.lateness },
      },
      inputFormat: options.inputFormat,
      // Matches show nothing of a record.
      redactionKey: mode === 'alerts' ? redactionKey(options.dataDir) : new Uint8Array(32),
      minimumLevel: lower(options.minLevel, options.failOn),
    },
  });
  const { rules, problems, notices } = scan.rules;
  for (const notice of notices) sayNotice(notice);
  reportProblems(problems, options.verbose);
  const isBrokenPipeline = problems.some(
    ({ severity, file }) => severity === 'error' && options.pipeline?.includes(file),
  );
  if (isBrokenPipeline)
    throw new UsageError('--pipeline: the pipeline is broken; nothing was scanned');
  const broken = problems.filter((problem) => problem.severity === 'error').length;
  if (options.strict && broken > 0) {
    process.stderr.write(`${counted(broken, 'problem')} with rules; --strict stops here\n`);
    return EXIT.failed;
  }
  if (rules === 0) throw new UsageError('no rule could be loaded; see --rules');
  if (scan.note !== undefined) {
    process.stderr.write(`--workers ${options.workers}: one is at work, since ${scan.note}\n`);
  }
  const run: ScanRun = { paths, scan, options };
  return await (options.matches ? scanMatches(run) : scanAlerts(run));
}

// What is not shown must still be able to fail the run.
function lower(shown: Level, failing: Level | undefined): Level {
  return failing !== undefined && isAtLeast(shown, failing) ? failing : shown;
}
