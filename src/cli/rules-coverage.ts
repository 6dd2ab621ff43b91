import { Option, type Command } from 'commander';

import { sensors as known } from '../decoders/index.ts';
import { BUNDLED_RULES, loadRules } from '../runtime/rule-files.ts';
import { coverage, type RuleSight } from '../workbench/coverage.ts';
import { navigatorLayer } from '../workbench/navigator.ts';
import { EXIT, UsageError } from './exit.ts';
import { count, counted } from './format.ts';
import { collect, existingPlaces } from './input.ts';
import { Output } from './output.ts';
import { reportProblems } from './problems.ts';
import { findSensors } from './sensors.ts';
import { tableLines } from './table.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const TITLE_WIDTH = 64;
const REASON_WIDTH = 88;
const ALTERNATIVES_MAX = 5;

interface CoverageOptions {
  readonly sensors: string;
  readonly rules?: readonly string[];
  readonly all: boolean;
  readonly navigator: boolean;
  readonly output: 'table' | 'json';
  readonly json?: boolean;
  readonly verbose: boolean;
}

/** `tidegate rules coverage`: the rules that are blind on a fleet, and what would give them sight. */
export function addRulesCoverage(rules: Command): void {
  rules
    .command('coverage')
    .description('list the rules that are blind on a fleet, and what would give them sight')
    .requiredOption('--sensors <names>', 'the sensors of the fleet, with commas between')
    .option(
      '--rules <path>',
      'rule file or folder, instead of the bundled ones; may be repeated',
      collect,
    )
    .option('--navigator', 'print a layer for the ATT&CK Navigator (format 4.5)', false)
    .option('--all', 'list the rules that see in part or everything, too', false)
    .addOption(
      new Option('--output <form>', 'json is for machines and has all rules')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .option('--verbose', 'show warnings about rules too', false)
    .addHelpText(
      'after',
      `
A rule is blind when no sensor of the fleet has events of its log source, or when all that have them leave a
field empty that the rule can not do without. What each sensor sees: tidegate sensors.

Examples:
  tidegate rules coverage --sensors sysmon,windows
  tidegate rules coverage --sensors sysmon --rules sigma/rules/windows --all
  tidegate rules coverage --sensors osquery --json
  tidegate rules coverage --sensors sysmon --navigator > layer.json`,
    )
    .action(async (options: CoverageOptions) => {
      process.exitCode = await showCoverage(options);
    });
}

async function showCoverage(options: CoverageOptions): Promise<number> {
  const names = options.sensors.split(',').map((name) => name.trim());
  const fleet = findSensors([...new Set(names.filter((name) => name !== ''))]);
  if (fleet.length === 0) throw new UsageError('--sensors: names no sensor; see tidegate sensors');
  const { ruleSet, problems } = loadRules(existingPlaces(options.rules ?? [BUNDLED_RULES]));
  reportProblems(problems, options.verbose);
  const sights = coverage(ruleSet, fleet, known);
  if (sights.length === 0) throw new UsageError('no rule could be loaded; see --rules');
  const output = new Output();
  if (options.navigator) {
    const sensors = fleet.map((sensor) => sensor.name);
    output.line(JSON.stringify(navigatorLayer(ruleSet, sights, sensors), undefined, 2));
  } else if (options.output === 'json' || options.json === true) {
    const sensors = fleet.map((sensor) => sensor.name);
    output.line(
      JSON.stringify({ sensors, summary: summarise(sights), rules: sights }, undefined, 2),
    );
  } else {
    for (const line of lines(sights, options.all)) output.line(line);
  }
  await output.flush();
  return EXIT.ran;
}

interface Summary {
  readonly full: number;
  readonly partial: number;
  readonly blind: number;
}

function summarise(sights: readonly RuleSight[]): Summary {
  const of = (level: RuleSight['level']): number =>
    sights.filter((sight) => sight.level === level).length;
  return { full: of('full'), partial: of('partial'), blind: of('blind') };
}

function lines(sights: readonly RuleSight[], isAll: boolean): readonly string[] {
  const paint = painter(process.stdout);
  const shown = sights
    .filter((sight) => isAll || sight.level === 'blind')
    .toSorted((a, b) => ORDER[a.level] - ORDER[b.level]);
  const rows = shown.map((sight) => [
    WORDS[sight.level],
    shorten(printable(sight.title), TITLE_WIDTH),
    sight.sightFrom
      .slice(0, ALTERNATIVES_MAX)
      .map(({ sensor, level }) => (level === 'full' ? sensor : `${sensor} (part)`))
      .join(', '),
    shorten(printable(sight.reason), REASON_WIDTH),
  ]);
  const columns = ['sees', 'rule', 'would see', 'why'].map((title) => ({ title }));
  const { full, partial, blind } = summarise(sights);
  const table = rows.length === 0 ? [] : tableLines(columns, rows, (text) => paint('bold', text));
  return [
    ...table,
    ...(rows.length === 0 ? [] : ['']),
    `${counted(sights.length, 'rule')}: ${count(full)} see everything, ${count(partial)} in part, ` +
      `${count(blind)} blind`,
  ];
}

const ORDER: Readonly<Record<RuleSight['level'], number>> = { blind: 0, partial: 1, full: 2 };
const WORDS: Readonly<Record<RuleSight['level'], string>> = {
  blind: 'blind',
  partial: 'in part',
  full: 'all',
};
