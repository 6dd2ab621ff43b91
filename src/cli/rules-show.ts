import { existsSync } from 'node:fs';

import { Option, type Command } from 'commander';

import { sensors } from '../decoders/index.ts';
import { fieldsOfRule } from '../language/fields.ts';
import { modifiers } from '../language/modifiers/index.ts';
import type { LinkedCorrelation, LinkedDetection } from '../language/ruleset.ts';
import type { RuleOverride } from '../policy/overrides.ts';
import type { Policy } from '../policy/policy.ts';
import { fieldsOfLogsource } from '../workbench/catalogue.ts';
import { coverage } from '../workbench/coverage.ts';
import { narrowed } from '../workbench/choose-rules.ts';
import { chosenRules, type Chosen, type ChosenRulesOptions } from './chosen-rules.ts';
import { EXIT, UsageError } from './exit.ts';
import { conditionInWords } from './explain-lines.ts';
import { counted } from './format.ts';
import { collect } from './input.ts';
import { Output } from './output.ts';
import { shownPath } from './problem-report.ts';
import { kindOf, ruleAsJson } from './rules-list.ts';
import { painter, printable } from './terminal-text.ts';

interface ShowOptions extends ChosenRulesOptions {
  readonly modifiers: boolean;
  readonly fields?: string;
  readonly output: 'table' | 'json';
  readonly json?: boolean;
}

/** `tidegate rules show RULE`: all that there is to know of a rule. */
export function addRulesShow(rules: Command): void {
  rules
    .command('show')
    .description('show a rule: text, what it counts, lists, fields, sensors that let it see, tests')
    .argument('[rule]', 'a rule file, or the name, id or title of a rule')
    .option('--modifiers', 'list the modifiers that rules can use', false)
    .option('--fields <logsource>', 'list the fields of a category, or of product/service')
    .option('--rules <path>', 'where rules are looked for; may be repeated', collect)
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .addOption(
      new Option('--output <form>', 'json is for machines')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .addHelpText(
      'after',
      `
Examples:
  tidegate rules show agent_bulk_read
  tidegate rules show --fields process_creation
  tidegate rules show --modifiers`,
    )
    .action(async (rule: string | undefined, options: ShowOptions) => {
      process.exitCode = await show(rule, options);
    });
}

async function show(name: string | undefined, options: ShowOptions): Promise<number> {
  const output = new Output();
  const isJson = options.json === true || options.output === 'json';
  if (options.modifiers || options.fields !== undefined) {
    const told = options.modifiers ? modifierTable() : fieldTable(options.fields ?? '');
    if (isJson) output.line(JSON.stringify(told.json, undefined, 2));
    else for (const line of told.lines) output.line(line);
  } else {
    if (name === undefined) throw new UsageError('name a rule, or --modifiers, or --fields');
    const chosen = chosenRules([name], options);
    const shown = linkedOf(chosen).filter(({ rule }) => chosen.named.includes(rule.id));
    if (isJson) {
      const rules = shown.map((linked) => ({
        ...ruleAsJson(linked),
        ...factsOf(linked, chosen),
        text: linked.rule.source.text,
      }));
      output.line(JSON.stringify({ rules }, undefined, 2));
    } else {
      for (const line of shown.flatMap((linked) => lines(linked, chosen))) output.line(line);
    }
  }
  await output.flush();
  return EXIT.ran;
}

interface Table {
  readonly lines: readonly string[];
  readonly json: object;
}

function modifierTable(): Table {
  const names = modifiers.flatMap(({ name, aliases }) => [name, ...aliases]).sort();
  return { lines: names, json: { modifiers: names } };
}

function fieldTable(logsource: string): Table {
  const [product = '', service] = logsource.split('/');
  const known = service === undefined ? { category: logsource } : { product, service };
  const fields = fieldsOfLogsource(known);
  if (fields.every(({ isComputed }) => isComputed)) {
    throw new UsageError(`--fields: nothing is known of '${logsource}'; try process_creation`);
  }
  return {
    lines: fields.map(({ name, sensors: by, isComputed }) => {
      const source = isComputed ? 'computed by Tidegate' : by.join(' ');
      return `${name.padEnd(32)}  ${source === '' ? 'no known sensor' : source}`;
    }),
    json: { logsource, fields },
  };
}

function linkedOf({ ruleSet }: Chosen): readonly (LinkedDetection | LinkedCorrelation)[] {
  return [...ruleSet.correlations, ...ruleSet.detections];
}

interface Facts {
  readonly counts: readonly string[];
  readonly lists: readonly { readonly name: string; readonly values: number | undefined }[];
  readonly fields: readonly string[];
  readonly sees: readonly { readonly sensor: string; readonly level: string }[];
  readonly tests: string | undefined;
  readonly overrides: readonly string[];
}

function factsOf(linked: LinkedDetection | LinkedCorrelation, chosen: Chosen): Facts {
  const { rule } = linked;
  const own = narrowed(chosen.ruleSet, new Set([rule.id]));
  const tests = rule.source.file.replace(/\.ya?ml$/, '.test.yml');
  const all = linkedOf({ ...chosen, ruleSet: own });
  return {
    counts: all
      .filter((each) => each.rule.id !== rule.id)
      .map((each) => each.rule.name ?? each.rule.id),
    lists: listsOf(all, chosen.policy),
    fields: [...new Set(all.flatMap((each) => [...fieldsOfRule(each.rule)]))].sort(),
    sees: sensors.flatMap((sensor) => {
      const sight = coverage(own, [sensor], [sensor]).find(({ id }) => id === rule.id);
      const level = sight?.level ?? 'blind';
      return level === 'blind' ? [] : [{ sensor: sensor.name, level }];
    }),
    tests: existsSync(tests) ? tests : undefined,
    overrides: overridesInWords(chosen.overridden.get(rule.id) ?? []),
  };
}

function overridesInWords(overrides: readonly RuleOverride[]): readonly string[] {
  return overrides.flatMap((override) => {
    const { enabled, level, threshold, timespanMs, exceptions, expires, owner, reason } = override;
    const settings = [
      ...(enabled === undefined ? [] : [enabled ? 'on' : 'off']),
      ...(level === undefined ? [] : [`level ${level}`]),
      ...(threshold === undefined ? [] : [`threshold ${threshold}`]),
      ...(timespanMs === undefined ? [] : [`timespan ${timespanMs / 1000} s`]),
    ];
    const told = (what: string, by: Pick<RuleOverride, 'owner' | 'reason' | 'expires'>): string =>
      `${what}${by.expires === undefined ? '' : ` until ${by.expires}`}: ${by.reason} (${by.owner})`;
    return [
      ...(settings.length === 0 ? [] : [told(settings.join(', '), { expires, owner, reason })]),
      ...exceptions.map((each) => told(`not for ${JSON.stringify(each.events)}`, each)),
    ];
  });
}

function listsOf(
  all: readonly (LinkedDetection | LinkedCorrelation)[],
  policy: Policy,
): Facts['lists'] {
  const texts = all.map(({ rule }) => rule.source.text).join('\n');
  const asked = all.some(({ rule }) => rule.kind === 'detection') ? texts : '';
  const names = new Set([...asked.matchAll(/%([A-Za-z0-9_]+)%/g)].map(([, name]) => name ?? ''));
  return [...names].map((name) => ({ name, values: policy.list(name)?.length }));
}

function lines(linked: LinkedDetection | LinkedCorrelation, chosen: Chosen): readonly string[] {
  const paint = painter(process.stdout);
  const { rule, alerts, meaning } = linked;
  const { counts, lists, fields, sees, tests, overrides } = factsOf(linked, chosen);
  const row = (name: string, value: string): string => `  ${name.padEnd(10)} ${value}`;
  const window = rule.kind === 'correlation' ? `, ${conditionInWords(rule)}` : '';
  return [
    `${paint('bold', printable(rule.title))}  ${paint('dim', printable(rule.name ?? ''))}`,
    row('id', rule.id),
    row('level', `${rule.level}${alerts ? '' : ' (alerts nobody: counted by others)'}`),
    row('kind', `${kindOf(linked)}${window}`),
    row('file', `${shownPath(rule.source.file)}:${rule.source.line}`),
    row('tests', tests === undefined ? 'none' : shownPath(tests)),
    ...(counts.length === 0 ? [] : [row('counts', printable(counts.join(', ')))]),
    ...overrides.map((override) => row('override', printable(override))),
    ...lists.map(({ name, values }) =>
      row(
        'list',
        `%${name}%: ${values === undefined ? 'not defined, so the rule is off' : counted(values, 'value')}`,
      ),
    ),
    row('fields', printable(fields.join(', '))),
    row(
      'seen by',
      sees.map(({ sensor, level }) => `${sensor}${level === 'full' ? '' : ' (part)'}`).join(', '),
    ),
    row('meaning', meaning),
    '',
    ...rule.source.text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${printable(line)}`),
    '',
  ];
}
