import { readFileSync, writeFileSync } from 'node:fs';

import { Option, type Command } from 'commander';

import { keyInWords } from '../workbench/backtest/lane.ts';
import { readEvents } from '../workbench/read-events.ts';
import { readMarks, type MarkedAlert } from '../workbench/tune/marks.ts';
import { tune, type Tuned } from '../workbench/tune/tune.ts';
import { chosenRules, type ChosenRulesOptions } from './chosen-rules.ts';
import { EXIT, UsageError } from './exit.ts';
import { count, counted, utc } from './format.ts';
import { collect, existingFiles, INPUT_FORMAT_HELP, inputDecoder } from './input.ts';
import { Output } from './output.ts';
import { painter, printable } from './terminal-text.ts';

const EVENTS_MAX = 1_000_000;
const OTHERS_SHOWN_MAX = 5;

interface TuneOptions extends ChosenRulesOptions {
  readonly over: readonly string[];
  readonly inputFormat: string;
  readonly falsePositives: readonly string[];
  readonly truePositives?: readonly string[];
  readonly out?: string;
  readonly output: 'table' | 'json';
  readonly json?: boolean;
}

/** `tidegate rules tune RULE`: from judged alerts to a filter that is tried before it is proposed. */
export function addRulesTune(rules: Command): void {
  rules
    .command('tune')
    .description('propose a Sigma filter from alerts marked false, and show that true ones stay')
    .argument('<rule...>', 'rule files, or names, ids or titles of rules')
    .requiredOption(
      '--false-positives <file...>',
      'alert documents (scan --output ndjson) that were false alarms',
    )
    .option('--true-positives <file...>', 'alert documents that must stay')
    .requiredOption('--over <file...>', 'the telemetry that raised them')
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .option('--rules <path>', 'where rules are looked for; may be repeated', collect)
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .option('--out <file>', 'write the filter into a file')
    .addOption(
      new Option('--output <form>', 'json is for machines')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .addHelpText(
      'after',
      `
The filter names programs, folders, destinations that all false alarms share and no true alert has. Then the rule
runs with it over the same telemetry: false alarms must be gone, true alerts must stay. Read it before you use it:
it excuses whatever it names.

Exit codes: 0 every false alarm is gone and every true alert stays, 1 no such filter, 2 wrong usage

Example:
  tidegate scan day.ndjson --output ndjson > alerts.ndjson
  grep backup alerts.ndjson > false.ndjson; grep -v backup alerts.ndjson > true.ndjson
  tidegate rules tune my_rule --false-positives false.ndjson --true-positives true.ndjson --over day.ndjson --out quiet.yml`,
    )
    .action(async (names: string[], options: TuneOptions) => {
      process.exitCode = await run(names, options);
    });
}

async function run(names: readonly string[], options: TuneOptions): Promise<number> {
  const { ruleSet, policy } = chosenRules(names, options);
  const falsePositives = marks(options.falsePositives);
  const truePositives = marks(options.truePositives ?? []);
  const decoder = inputDecoder(options.inputFormat);
  const paths = existingFiles(options.over);
  const { events, isCut } = await readEvents({ paths, decoder, eventsMax: EVENTS_MAX });
  if (isCut) process.stderr.write(`only the first ${count(EVENTS_MAX)} events are looked at\n`);
  const tuned = tune({ ruleSet, policy, decoder, events, falsePositives, truePositives });
  if (tuned.falseFound === 0) {
    throw new UsageError('none of the false alarms is raised by these rules over this telemetry');
  }
  const isGood =
    tuned.filter !== '' &&
    tuned.falseGone === tuned.falseFound &&
    tuned.trueKept === tuned.trueFound;
  if (options.out !== undefined && tuned.filter !== '') writeFileSync(options.out, tuned.filter);
  const output = new Output();
  if (options.json === true || options.output === 'json') {
    const { othersGone, ...rest } = tuned;
    output.line(JSON.stringify({ ...rest, isGood, othersGone: othersGone.length }, undefined, 2));
  } else {
    for (const line of lines(tuned, isGood, options.out)) output.line(line);
  }
  await output.flush();
  return isGood ? EXIT.ran : EXIT.failed;
}

function marks(files: readonly string[]): readonly MarkedAlert[] {
  return existingFiles(files).flatMap((file) => {
    const read = readMarks(readFileSync(file, 'utf8'), file);
    const [problem] = read.problems;
    if (problem !== undefined) throw new UsageError(problem);
    return read.marks;
  });
}

function lines(tuned: Tuned, isGood: boolean, out: string | undefined): readonly string[] {
  const paint = painter(process.stdout);
  const { filter, falseFound, falseGone, trueFound, trueKept, othersGone } = tuned;
  const verdict = isGood
    ? paint('green', 'this filter does it')
    : paint('red', 'no filter does it');
  return [
    ...(filter === '' ? ['the false alarms share nothing that no true alert has'] : []),
    ...(filter === '' || out !== undefined ? [] : [...filter.trimEnd().split('\n'), '']),
    `${verdict}: ${falseGone} of ${counted(falseFound, 'false alarm')} gone, ` +
      `${trueKept} of ${counted(trueFound, 'true alert')} kept, ${counted(othersGone.length, 'other alert')} gone too`,
    ...othersGone
      .slice(0, OTHERS_SHOWN_MAX)
      .map((alert) => `  gone too: ${utc(alert.first)}  ${printable(keyInWords(alert))}`),
    ...(filter !== '' && out !== undefined ? [`written: ${printable(out)}`] : []),
  ];
}
