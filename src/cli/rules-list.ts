import { Option, type Command } from 'commander';

import { isAtLeast } from '../alert/level.ts';
import type { LinkedCorrelation, LinkedDetection } from '../language/ruleset.ts';
import type { Level } from '../language/tree.ts';
import { levels } from '../language/level.ts';
import { BUNDLED_RULES, loadRules } from '../runtime/rule-files.ts';
import { EXIT } from './exit.ts';
import { counted } from './format.ts';
import { existingPlaces } from './input.ts';
import { Output } from './output.ts';
import { shownPath } from './problem-report.ts';
import { reportProblems } from './problems.ts';
import { tableLines } from './table.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const TITLE_WIDTH = 60;
const TAGS_WIDTH = 40;

interface ListOptions {
  readonly minLevel?: Level;
  readonly tag?: string;
  readonly all: boolean;
  readonly output: 'table' | 'json';
  readonly json?: boolean;
}

/** `tidegate rules list`: the rules there are. */
export function addRulesList(rules: Command): void {
  rules
    .command('list')
    .description('list rules: level, kind, name, techniques')
    .argument('[path...]', 'rule files and folders; the bundled rules without')
    .addOption(new Option('--min-level <level>', 'leave out rules below it').choices(levels))
    .option('--tag <text>', 'only rules with a tag that contains it, as t1048 or exfiltration')
    .option('--all', 'rules that alert nobody and count for others, too', false)
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
  tidegate rules list
  tidegate rules list --tag exfiltration --min-level medium
  tidegate rules list our-rules --all --json`,
    )
    .action(async (paths: string[], options: ListOptions) => {
      process.exitCode = await list(paths, options);
    });
}

async function list(paths: readonly string[], options: ListOptions): Promise<number> {
  const { ruleSet, problems } = loadRules(
    existingPlaces(paths.length === 0 ? [BUNDLED_RULES] : paths),
  );
  reportProblems(problems, false);
  const { minLevel, tag, all } = options;
  const shown = [...ruleSet.correlations, ...ruleSet.detections]
    .filter(({ alerts }) => all || alerts)
    .filter(({ rule }) => minLevel === undefined || isAtLeast(rule.level, minLevel))
    .filter(({ rule }) => tag === undefined || rule.tags.some((each) => each.includes(tag)))
    .toSorted((a, b) => levels.indexOf(b.rule.level) - levels.indexOf(a.rule.level));
  const output = new Output();
  if (options.json === true || options.output === 'json') {
    output.line(JSON.stringify({ rules: shown.map(ruleAsJson) }, undefined, 2));
  } else {
    for (const line of lines(shown)) output.line(line);
  }
  await output.flush();
  return EXIT.ran;
}

/** What kind of rule it is, in a word. */
export function kindOf({ rule }: LinkedDetection | LinkedCorrelation): string {
  return rule.kind === 'correlation' ? rule.correlation.type : 'detection';
}

/** A rule for machines. */
export function ruleAsJson(linked: LinkedDetection | LinkedCorrelation): object {
  const { rule, alerts, meaning } = linked;
  const { id, name, title, level, status, tags, description, author, date, modified } = rule;
  return {
    ...{ id, name, title, kind: kindOf(linked), level, status, alerts, tags },
    ...{ description, author, date, modified, meaning },
    file: shownPath(rule.source.file),
    line: rule.source.line,
  };
}

function lines(shown: readonly (LinkedDetection | LinkedCorrelation)[]): readonly string[] {
  const paint = painter(process.stdout);
  const columns = ['level', 'kind', 'rule', 'name', 'tags'].map((title) => ({ title }));
  const rows = shown.map((linked) => {
    const { level, title, name, id, tags } = linked.rule;
    return [
      level,
      kindOf(linked),
      shorten(printable(title), TITLE_WIDTH),
      printable(name ?? id),
      shorten(printable(tags.filter((tag) => /\.(?:aml\.)?t\d/.test(tag)).join(' ')), TAGS_WIDTH),
    ];
  });
  return [
    ...tableLines(columns, rows, (text) => paint('bold', text)),
    '',
    `${counted(shown.length, 'rule')}`,
  ];
}
