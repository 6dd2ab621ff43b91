import { Option, type Command } from 'commander';

import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { costs, type RuleCost } from '../workbench/cost.ts';
import { readEvents } from '../workbench/read-events.ts';
import { chosenRules, type ChosenRulesOptions } from './chosen-rules.ts';
import { EXIT, UsageError } from './exit.ts';
import { count, counted, duration } from './format.ts';
import { collect, existingFiles, INPUT_FORMAT_HELP, inputDecoder } from './input.ts';
import { wholeNumber } from './options.ts';
import { Output } from './output.ts';
import { Progress } from './progress.ts';
import { tableLines } from './table.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const EVENTS = 100_000;
const EVENTS_MAX = 2_000_000;
const SHOWN_MAX = 100_000;
const TITLE_WIDTH = 60;

interface CostOptions extends ChosenRulesOptions {
  readonly over: readonly string[];
  readonly inputFormat: string;
  readonly events: number;
  readonly max: number;
  readonly output: 'table' | 'json';
  readonly json?: boolean;
  readonly progress: boolean;
}

/** `tidegate rules cost`: each rule's share of time and state on a recording. */
export function addRulesCost(rules: Command): void {
  rules
    .command('cost')
    .description("each rule's share of processor time and state on a recording")
    .argument('[rule...]', 'rule files or folders, or names of rules; all bundled rules without')
    .requiredOption('--over <file...>', 'the recording')
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .option(
      '--events <n>',
      'take so many of its events',
      wholeNumber('--events', EVENTS_MAX),
      EVENTS,
    )
    .option('--rules <path>', 'where rules are looked for; may be repeated', collect)
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .option('--pipeline <file>', 'processing pipeline in pySigma form; may be repeated', collect)
    .option('--max <n>', 'show so many rules', wholeNumber('--max', SHOWN_MAX), 20)
    .addOption(
      new Option('--output <form>', 'json has all rules')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .option('--no-progress', 'no progress line')
    .addHelpText(
      'after',
      `
Each rule that alerts runs alone over the same events, with the rules that it counts; what an engine without
rules needs is taken off. Rules of a set share work, so the set costs less than the sum. Times are of this
machine and vary by some percent; shares and state are what to look at.

Examples:
  tidegate rules cost --over day.ndjson.gz
  tidegate rules cost sigma/rules/windows --over day.ndjson --events 20000 --json`,
    )
    .action(async (names: string[], options: CostOptions) => {
      process.exitCode = await cost(names, options);
    });
}

async function cost(names: readonly string[], options: CostOptions): Promise<number> {
  const asked = names.length > 0 ? names : (options.rules ?? [BUNDLED_RULES]);
  const { ruleSet, policy } = chosenRules(asked, options);
  const decoder = inputDecoder(options.inputFormat);
  const { events } = await readEvents({
    paths: existingFiles(options.over),
    decoder,
    eventsMax: options.events,
  });
  if (events.length === 0) throw new UsageError('--over: there is no event in the files');
  const progress = new Progress(options.progress);
  const measured = costs({
    ruleSet,
    policy,
    decoder,
    events,
    onRule: (done, all) =>
      progress.update(() => ({ share: done / all, text: `${count(done)} of ${count(all)} rules` })),
  });
  progress.clear();
  const output = new Output();
  if (options.json === true || options.output === 'json') {
    output.line(
      JSON.stringify({ events: events.length, rules: measured.map(asJson) }, undefined, 2),
    );
  } else {
    for (const line of lines(measured, events.length, options.max)) output.line(line);
  }
  await output.flush();
  return EXIT.ran;
}

function lines(costs: readonly RuleCost[], events: number, max: number): readonly string[] {
  const paint = painter(process.stdout);
  const columns = [
    { title: 'rule' },
    ...['time', 'share', 'µs/event', 'keys', 'state'].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ];
  const rows = costs
    .slice(0, max)
    .map(({ rule, cpuMs, share, groups, stateBytes }) => [
      shorten(printable(rule.rule.title), TITLE_WIDTH),
      duration(cpuMs),
      `${(share * 100).toFixed(1)} %`,
      ((cpuMs * 1000) / events).toFixed(2),
      count(groups),
      `${(stateBytes / 1000).toFixed(1)} kB`,
    ]);
  return [
    ...tableLines(columns, rows, (text) => paint('bold', text)),
    '',
    `${counted(costs.length, 'rule')}, each alone over ${counted(events, 'event')}`,
  ];
}

function asJson({ rule, cpuMs, share, groups, stateBytes }: RuleCost): object {
  const { id, name, title } = rule.rule;
  return { rule: { id, name, title }, cpuMs, share, groups, stateBytes };
}
