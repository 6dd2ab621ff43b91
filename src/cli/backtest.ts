import { Option, type Command } from 'commander';

import type { RuleSet } from '../language/ruleset.ts';
import type { CorrelationRule, DetectionRule } from '../language/tree.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { backtest, type Backtest } from '../workbench/backtest/backtest.ts';
import { compareAlerts, type Comparison } from '../workbench/backtest/compare.ts';
import { keyInWords, type PastAlert } from '../workbench/backtest/lane.ts';
import { changedFiles } from '../workbench/git.ts';
import { previousRules, type PreviousRules } from '../workbench/previous-rules.ts';
import { chosenRules, type ChosenRulesOptions } from './chosen-rules.ts';
import { EXIT, UsageError } from './exit.ts';
import { count, counted, utc } from './format.ts';
import { addHistoryOptions, openHistory, type HistoryOptions } from './history.ts';
import { collect, inputDecoder } from './input.ts';
import { wholeNumber } from './options.ts';
import { Output } from './output.ts';
import { shownPath } from './problem-report.ts';
import { Progress } from './progress.ts';
import { painter, printable } from './terminal-text.ts';

const SHOWN_MAX = 10_000;

interface BacktestOptions extends ChosenRulesOptions, HistoryOptions {
  readonly against?: string;
  readonly changed?: string;
  readonly failOnNew?: number;
  readonly max: number;
  readonly output: 'table' | 'json';
  readonly json?: boolean;
  readonly progress: boolean;
}

/** `tidegate backtest RULE...`: what rules would have said of history. */
export function addBacktest(program: Command): void {
  const command = program
    .command('backtest')
    .description('run rules over history: alerts, rates, and what differs from the version before')
    .argument('[rule...]', 'rule files or folders, or names, ids or titles of rules');
  addHistoryOptions(command)
    .option(
      '--against <version>',
      'the version before: a git commit or branch, or a file or folder',
    )
    .option(
      '--changed <commit>',
      'take the rules that differ from this commit, and compare with it; for pull requests',
    )
    .option('--rules <path>', 'where rules are looked for; may be repeated', collect)
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .option('--pipeline <file>', 'processing pipeline in pySigma form; may be repeated', collect)
    .option('--max <n>', 'show so many keys and alerts', wholeNumber('--max', SHOWN_MAX), 5)
    .option(
      '--fail-on-new <n>',
      'exit with 3 if a rule has so many new alerts or more',
      wholeNumber('--fail-on-new', Number.MAX_SAFE_INTEGER),
    )
    .addOption(
      new Option('--output <form>', 'json has every alert')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .option('--no-progress', 'no progress line')
    .addHelpText(
      'after',
      `
The engine is that of production: windows, lineage, lists, suppression. Rates are alerts per host and day (UTC) on
which the host had events. With a version before, both run side by side, and alerts of the same rule and key that
overlap in time are the same; the others are new or gone.

Exit codes: 0 ran, 1 failed, 2 wrong usage, 3 --fail-on-new reached

Examples:
  tidegate backtest agent_bulk_read --over week/*.ndjson.zst
  tidegate backtest my_rule.yml --over day.ndjson --against HEAD
  tidegate backtest --changed origin/main --rules our-rules --over sample.ndjson.gz --fail-on-new 10
  tidegate backtest my_rule.yml --over kafka -c tidegate.yml --from 2026-03-01
  tidegate backtest my_rule.yml --over elasticsearch --url https://es:9200 --index 'winlogbeat-*'`,
    )
    .action(async (rules: string[], options: BacktestOptions) => {
      process.exitCode = await run(rules, options);
    });
}

async function run(names: readonly string[], options: BacktestOptions): Promise<number> {
  const asked = askedRules(names, options);
  if (asked.length === 0) {
    process.stdout.write(`no rule differs from ${printable(options.changed ?? '')}\n`);
    return EXIT.ran;
  }
  const chosen = chosenRules(asked, options);
  const against = options.against ?? options.changed;
  const previous =
    against === undefined ? undefined : previousRules(chosen.ruleSet, chosen.named, against);
  const decoder = inputDecoder(options.inputFormat);
  const history = await openHistory(options, decoder);
  const progress = new Progress(options.progress);
  const result = await backtest({
    ruleSet: chosen.ruleSet,
    previous: previous?.ruleSet,
    policy: chosen.policy,
    decoder,
    batches: history.batches,
    from: options.from,
    to: options.to,
    onBatch: ({ events, alerts }) =>
      progress.update(() => ({
        share: history.progress(),
        text: `${counted(events, 'event')}, ${counted(alerts, 'alert')}`,
      })),
  });
  progress.clear();
  const reports = reportsOf(chosen.ruleSet, result, previous);
  const output = new Output();
  if (options.json === true || options.output === 'json') {
    output.line(JSON.stringify(asJson(result, reports, against), undefined, 2));
  } else {
    for (const line of lines(result, reports, options.max)) output.line(line);
  }
  await output.flush();
  const limit = options.failOnNew ?? Infinity;
  const isReached = reports.some(({ comparison }) => (comparison?.added.length ?? 0) >= limit);
  return isReached ? EXIT.found : EXIT.ran;
}

function askedRules(names: readonly string[], options: BacktestOptions): readonly string[] {
  if (options.changed === undefined) {
    if (names.length === 0) throw new UsageError('name a rule, or --changed COMMIT');
    return names;
  }
  const places = names.length > 0 ? names : (options.rules ?? [BUNDLED_RULES]);
  return changedFiles(places, options.changed).filter(
    (file) => /\.ya?ml$/.test(file) && !/\.test\.yml$|\/(?:lists|policies|playbooks)\//.test(file),
  );
}

interface RuleReport {
  readonly rule: DetectionRule | CorrelationRule;
  readonly alerts: readonly PastAlert[];
  /** Undefined without a version before. */
  readonly comparison: Comparison | undefined;
  /** The rule was not there before. */
  readonly isNew: boolean;
}

function reportsOf(
  { detections, correlations }: RuleSet,
  { alerts, previous }: Backtest,
  before: PreviousRules | undefined,
): readonly RuleReport[] {
  return [...correlations, ...detections]
    .filter((linked) => linked.alerts)
    .map(({ rule }) => {
      const own = (all: readonly PastAlert[]): readonly PastAlert[] =>
        all.filter(({ ruleId }) => ruleId === rule.id);
      const comparison =
        previous === undefined ? undefined : compareAlerts(own(alerts), own(previous));
      const isNew = before !== undefined && !before.known.has(rule.id);
      return { rule, alerts: own(alerts), comparison, isNew };
    });
}

function lines(result: Backtest, reports: readonly RuleReport[], max: number): readonly string[] {
  const { events, hosts, hostDays, first, last, counts } = result;
  const span = first === undefined || last === undefined ? '' : ` ${utc(first)} to ${utc(last)}`;
  const refused =
    counts.refusedTotal === 0 ? '' : `; ${counted(counts.refusedTotal, 'record')} not understood`;
  return [
    ...reports.flatMap((report) => reportLines(report, hostDays, max)),
    `${counted(events, 'event')} of ${counted(hosts, 'host')} on ${counted(hostDays, 'host-day')}${span}${refused}`,
  ];
}

function reportLines(report: RuleReport, hostDays: number, max: number): readonly string[] {
  const paint = painter(process.stdout);
  const { rule, alerts, comparison, isNew } = report;
  const rate = hostDays === 0 ? '' : `, ${(alerts.length / hostDays).toFixed(2)} per host-day`;
  const where = paint('dim', `${shownPath(rule.source.file)}:${rule.source.line}`);
  return [
    `${paint('bold', printable(rule.title))}  ${rule.level}  ${where}`,
    `  ${counted(alerts.length, 'alert')}${rate}`,
    ...topKeys(alerts, max).map(([key, n]) => `    ${count(n).padStart(6)}  ${printable(key)}`),
    ...(isNew ? ['  the rule is new'] : []),
    ...(comparison === undefined || isNew ? [] : comparisonLines(comparison, max)),
    '',
  ];
}

function comparisonLines({ added, gone, same }: Comparison, max: number): readonly string[] {
  const paint = painter(process.stdout);
  const shown = (sign: string, alerts: readonly PastAlert[]): readonly string[] => [
    ...alerts
      .slice(0, max)
      .map((alert) => `    ${sign} ${utc(alert.first)}  ${printable(keyInWords(alert))}`),
    ...(alerts.length > max ? [`    ${sign} ${count(alerts.length - max)} more`] : []),
  ];
  return [
    `  against the version before: ${count(added.length)} new, ${count(gone.length)} gone, ${count(same)} the same`,
    ...shown(paint('green', '+'), added),
    ...shown(paint('red', '-'), gone),
  ];
}

/** Keys with most alerts first. */
function topKeys(
  alerts: readonly PastAlert[],
  max: number,
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const alert of alerts) {
    const key = keyInWords(alert);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, max);
}

function asJson(
  { events, hosts, hostDays, first, last, counts }: Backtest,
  reports: readonly RuleReport[],
  against: string | undefined,
): object {
  return {
    period: {
      from: first === undefined ? null : new Date(first).toISOString(),
      to: last === undefined ? null : new Date(last).toISOString(),
      events,
      hosts,
      hostDays,
      refused: counts.refusedTotal,
    },
    ...(against === undefined ? {} : { against }),
    rules: reports.map(({ rule, alerts, comparison, isNew }) => ({
      rule: { id: rule.id, name: rule.name, title: rule.title, level: rule.level },
      alerts: alerts.length,
      perHostDay: hostDays === 0 ? null : alerts.length / hostDays,
      topKeys: topKeys(alerts, 20).map(([key, n]) => ({ key, alerts: n })),
      list: alerts.map(alertAsJson),
      ...(comparison === undefined
        ? {}
        : {
            isNew,
            new: comparison.added.map(alertAsJson),
            gone: comparison.gone.map(alertAsJson),
            same: comparison.same,
          }),
    })),
  };
}

function alertAsJson(alert: PastAlert): object {
  const { host, first, last, count: n, value } = alert;
  return {
    key: keyInWords(alert),
    host,
    first: new Date(first).toISOString(),
    last: new Date(last).toISOString(),
    count: n,
    ...(value === undefined ? {} : { value }),
  };
}
