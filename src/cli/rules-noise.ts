import { Option, type Command } from 'commander';

import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { filterFor, NoiseCounter, type NoiseKey, type RuleNoise } from '../workbench/noise.ts';
import { chosenRules, type ChosenRulesOptions } from './chosen-rules.ts';
import { EXIT } from './exit.ts';
import { count, counted } from './format.ts';
import { addHistoryOptions, observeHistory, type HistoryOptions } from './history.ts';
import { collect } from './input.ts';
import { wholeNumber } from './options.ts';
import { Output } from './output.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const SHOWN_MAX = 10_000;
const VALUE_WIDTH = 60;
/** A filter is proposed for keys with at least this share of a rule's hits. */
const NOISY_SHARE = 0.1;

interface NoiseOptions extends ChosenRulesOptions, HistoryOptions {
  readonly max: number;
  readonly keys: number;
  readonly filters: boolean;
  readonly output: 'table' | 'json';
  readonly json?: boolean;
  readonly progress: boolean;
}

/** `tidegate rules noise`: how much each rule has to say of recorded telemetry, and about what. */
export function addRulesNoise(rules: Command): void {
  const command = rules
    .command('noise')
    .description(
      'hits of each rule per host and day, by program and person, with a filter for each',
    )
    .argument('[rule...]', 'rule files or folders, or names of rules; all bundled rules without');
  addHistoryOptions(command)
    .option('--rules <path>', 'where rules are looked for; may be repeated', collect)
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .option('--pipeline <file>', 'processing pipeline in pySigma form; may be repeated', collect)
    .option('--max <n>', 'show so many rules', wholeNumber('--max', SHOWN_MAX), 10)
    .option('--keys <n>', 'show so many keys of a rule', wholeNumber('--keys', SHOWN_MAX), 3)
    .option('--filters', 'print a Sigma filter for each noisy key', false)
    .addOption(
      new Option('--output <form>', 'json has all rules and their filters')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .option('--no-progress', 'no progress line')
    .addHelpText(
      'after',
      `
A hit is an event that a rule matches, before any window counts it. Keys are the program, its parent, the person
and the agent of an event. A filter is Sigma: put it into a file beside your rules when the program is known to
be honest, and nothing else. It names programs only: an account would excuse whatever runs in its name.

Examples:
  tidegate rules noise --over day.ndjson.gz
  tidegate rules noise our-rules --over week/*.ndjson --filters
  tidegate rules noise --over kafka -c tidegate.yml --from 2026-03-01 --json`,
    )
    .action(async (names: string[], options: NoiseOptions) => {
      process.exitCode = await noise(names, options);
    });
}

async function noise(names: readonly string[], options: NoiseOptions): Promise<number> {
  const asked = names.length > 0 ? names : (options.rules ?? [BUNDLED_RULES]);
  const { ruleSet, policy } = chosenRules(asked, options);
  const counter = new NoiseCounter(ruleSet, policy);
  const events = await observeHistory(options, (event) => counter.observe(event));
  const report = counter.report();
  const output = new Output();
  if (options.json === true || options.output === 'json') {
    const rules = report.map(asJson);
    const { hostDays, silent } = counter;
    output.line(JSON.stringify({ events, hostDays, silent, rules }, undefined, 2));
  } else {
    for (const line of report.slice(0, options.max).flatMap((rule) => lines(rule, options))) {
      output.line(line);
    }
    const days = counted(counter.hostDays, 'host-day');
    output.line(
      `${counted(events, 'event')} on ${days}: ${counted(report.length, 'rule')} matched, ${count(counter.silent)} did not`,
    );
  }
  await output.flush();
  return EXIT.ran;
}

function lines(noise: RuleNoise, options: NoiseOptions): readonly string[] {
  const paint = painter(process.stdout);
  const { rule, hits, hosts, perHostDay, keys } = noise;
  const shown = keys.slice(0, options.keys);
  return [
    `${paint('bold', printable(rule.rule.title))}  ${paint('dim', printable(rule.rule.name ?? rule.rule.id))}`,
    `  ${counted(hits, 'hit')} on ${counted(hosts, 'host')}, ${perHostDay.toFixed(2)} per host-day`,
    ...shown.map((key) => `    ${count(key.hits).padStart(6)}  ${keyInWords(key)}`),
    ...(keys.length > shown.length
      ? [`            ${count(keys.length - shown.length)} more keys`]
      : []),
    ...(options.filters ? filterLines(noise, shown) : []),
    '',
  ];
}

function keyInWords({ values }: NoiseKey): string {
  if (values.size === 0) return '(nothing that tells it apart)';
  return [...values]
    .map(([field, value]) => `${field} ${shorten(printable(value), VALUE_WIDTH)}`)
    .join(', ');
}

function filterLines({ rule, hits }: RuleNoise, keys: readonly NoiseKey[]): readonly string[] {
  return keys
    .filter((key) => key.hits >= hits * NOISY_SHARE)
    .flatMap((key) => filterFor(rule, key) ?? [])
    .flatMap((filter) => [
      '',
      ...filter
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`),
    ]);
}

function asJson({ rule, hits, hosts, perHostDay, keys }: RuleNoise): object {
  const { id, name, title, level } = rule.rule;
  return {
    rule: { id, name, title, level },
    hits,
    hosts,
    perHostDay,
    keys: keys.slice(0, 20).map((key) => ({
      values: Object.fromEntries(key.values),
      hits: key.hits,
      hosts: key.hosts,
      filter: key.hits >= hits * NOISY_SHARE ? filterFor(rule, key) : undefined,
    })),
  };
}
