import { Option, type Command } from 'commander';

import { assert } from '../base/assert.ts';
import type { Decoder } from '../decoders/decoder.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { CorrelationRule, DetectionRule } from '../language/tree.ts';
import { BacktestLane, keyInWords, type PastAlert } from '../workbench/backtest/lane.ts';
import { Explainer, nearness, type EventExplained } from '../workbench/explain/explain.ts';
import type { WindowMoment } from '../workbench/explain/windows.ts';
import { readEvents } from '../workbench/read-events.ts';
import { chosenRules, type Chosen, type ChosenRulesOptions } from './chosen-rules.ts';
import { EXIT, UsageError } from './exit.ts';
import { conditionInWords, ruleLines, windowLine } from './explain-lines.ts';
import { count, counted, utc } from './format.ts';
import { collect, existingFiles, INPUT_FORMAT_HELP, inputDecoder } from './input.ts';
import { timeOption, wholeNumber } from './options.ts';
import { Output } from './output.ts';
import { shownPath } from './problem-report.ts';
import { painter, printable } from './terminal-text.ts';

const EVENTS_MAX = 200_000;
const SHOWN_MAX = 100_000;

interface ExplainOptions extends ChosenRulesOptions {
  readonly inputFormat: string;
  readonly from?: number;
  readonly to?: number;
  readonly max: number;
  readonly output: 'table' | 'json';
  readonly json?: boolean;
}

/** `tidegate explain RULE EVENT...`: why a rule matched, or did not. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('say why a rule matched events or did not, selection by selection, value by value')
    .argument('<rule>', 'a rule file, or the name, id or title of a rule')
    .argument('<event...>', 'files of telemetry; - for standard input')
    .option('--rules <path>', 'where rules are looked for; may be repeated', collect)
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .option('--pipeline <file>', 'processing pipeline in pySigma form; may be repeated', collect)
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .option('--from <time>', 'leave out events before it', timeOption('--from'))
    .option('--to <time>', 'leave out events from it on', timeOption('--to'))
    .option('--max <n>', 'show so many events', wholeNumber('--max', SHOWN_MAX), 5)
    .addOption(
      new Option('--output <form>', 'json has all that is shown, and more')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .addHelpText(
      'after',
      `
Each event is held against the rule and, for a correlation, the rules that it counts. Shown are those that
matched, then those that came nearest. For a correlation follows what its windows held at each moment, and at the
end the alerts that a run raises from these events.

Examples:
  tidegate explain agent_bulk_read sysmon.ndjson
  tidegate explain my_rule.yml event.json --lists our-lists
  grep tool.exe day.ndjson | tidegate explain my_rule.yml -`,
    )
    .action(async (rule: string, files: string[], options: ExplainOptions) => {
      process.exitCode = await explain(rule, files, options);
    });
}

async function explain(
  rule: string,
  files: readonly string[],
  options: ExplainOptions,
): Promise<number> {
  const chosen = chosenRules([rule], options);
  const decoder = inputDecoder(options.inputFormat);
  const { events, counts, isCut } = await readEvents({
    paths: existingFiles(files),
    decoder,
    from: options.from,
    to: options.to,
    eventsMax: EVENTS_MAX,
  });
  if (counts.refusedTotal > 0) {
    const refused = [...counts.refused].map(([reason, n]) => `${reason} ${count(n)}`).join(', ');
    process.stderr.write(`${counted(counts.refusedTotal, 'record')} not understood: ${refused}\n`);
  }
  if (isCut) {
    const advice = 'narrow them with --from and --to';
    process.stderr.write(`only the first ${count(EVENTS_MAX)} events are looked at: ${advice}\n`);
  }
  if (events.length === 0) throw new UsageError('there is no event in the files');
  const explainer = new Explainer(chosen.ruleSet, chosen.policy);
  const shown: EventExplained[] = [];
  const windows: WindowMoment[] = [];
  let matched = 0;
  for (const event of events) {
    const explained = explainer.explain(event);
    if (explained.rules.some((each) => each.matched)) matched += 1;
    windows.push(...explained.windows);
    keepNearest(shown, explained, options.max);
  }
  const result = {
    chosen,
    shown,
    windows,
    matched,
    events,
    alerts: alertsOf(chosen, events, decoder),
  };
  const output = new Output();
  if (options.json === true || options.output === 'json') {
    output.line(JSON.stringify(asJson(result), undefined, 2));
  } else {
    for (const line of lines(result, options.max)) output.line(line);
  }
  await output.flush();
  return EXIT.ran;
}

interface Result {
  readonly chosen: Chosen;
  readonly shown: readonly EventExplained[];
  readonly windows: readonly WindowMoment[];
  readonly matched: number;
  readonly events: readonly TelemetryEvent[];
  readonly alerts: readonly PastAlert[];
}

// The list stays as long as what is shown, however many events there are.
function keepNearest(shown: EventExplained[], explained: EventExplained, max: number): void {
  shown.push(explained);
  if (shown.length <= max) return;
  const rank = ({ rules }: EventExplained): number => Math.max(0, ...rules.map(nearness));
  let farthest = shown.length - 1;
  for (const [index, each] of shown.entries()) {
    if (rank(each) < rank(shown[farthest] ?? each)) farthest = index;
  }
  shown.splice(farthest, 1);
}

// The engine has the last word on what is an alert.
function alertsOf(
  { ruleSet, policy }: Chosen,
  events: readonly TelemetryEvent[],
  decoder: Decoder,
): readonly PastAlert[] {
  const lane = new BacktestLane({ ruleSet, policy, decoder });
  lane.observe(events);
  return lane.end();
}

/** The rule that an alert names. */
function ruleOf({ chosen }: Result, { ruleId }: PastAlert): DetectionRule | CorrelationRule {
  const { detections, correlations } = chosen.ruleSet;
  const found = [...detections, ...correlations].find(({ rule }) => rule.id === ruleId);
  assert(found !== undefined, 'an alert is of a rule of its set');
  return found.rule;
}

function lines(result: Result, max: number): readonly string[] {
  const paint = painter(process.stdout);
  const { chosen, shown, windows, matched, events, alerts } = result;
  const { correlations } = chosen.ruleSet;
  return [
    ...shown.flatMap(({ event, rules }) => {
      const { source, offset } = event.origin.record.position;
      const place = printable(`${shownPath(source)}:${offset}`);
      const where = `${utc(event.time)}  ${printable(event.host)}`;
      const fitting = rules.filter((rule) => rule.fits);
      const told = fitting.length > 0 ? fitting : rules.slice(0, 1);
      return [`${paint('bold', place)}  ${where}`, ...told.flatMap(ruleLines), ''];
    }),
    ...correlations.flatMap(({ rule }) => windowLines(rule, windows, max)),
    `${counted(events.length, 'event')}, ${count(matched)} matched, ${counted(alerts.length, 'alert')}`,
    ...alerts.map((alert) => {
      const { title } = ruleOf(result, alert);
      const who = printable(keyInWords(alert));
      return `  ${utc(alert.first)}  ${printable(title)}  ${who}  ${counted(alert.count, 'event')}`;
    }),
  ];
}

function windowLines(
  rule: CorrelationRule,
  windows: readonly WindowMoment[],
  max: number,
): readonly string[] {
  const paint = painter(process.stdout);
  const own = windows.filter((moment) => moment.rule === rule.id);
  const { type, timespanMs } = rule.correlation;
  const head = `${printable(rule.name ?? rule.title)}: ${type} within ${timespanMs / 1000} s`;
  const asked = `${head}, ${conditionInWords(rule)}`;
  if (own.length === 0) return [paint('bold', asked), '  no event reached it', ''];
  // The moments at which something turns tell most; the last ones say how it ended.
  const turns = own.filter(({ becameTrue }) => becameTrue).slice(0, max);
  const told = new Set([...own.slice(0, max), ...turns, ...own.slice(-max)]);
  const left = own.length - told.size;
  return [
    paint('bold', asked),
    ...own.filter((moment) => told.has(moment)).map((moment) => windowLine(moment, rule)),
    ...(left > 0 ? [paint('dim', `  ${count(left)} more moments (--max shows more)`)] : []),
    '',
  ];
}

function asJson(result: Result): object {
  const { shown, windows, matched, events, alerts } = result;
  return {
    summary: { events: events.length, matched, alerts: alerts.length },
    events: shown.map(({ event, rules }) => ({
      '@timestamp': new Date(event.time).toISOString(),
      host: event.host,
      source: {
        file: event.origin.record.position.source,
        line: event.origin.record.position.offset,
      },
      rules: rules.map(({ rule, ...told }) => ({
        rule: { id: rule.rule.id, name: rule.rule.name, title: rule.rule.title },
        ...told,
      })),
    })),
    windows: windows.map(({ time, ...moment }) => ({
      '@timestamp': new Date(time).toISOString(),
      ...moment,
    })),
    alerts: alerts.map((alert) => {
      const { id, name, title } = ruleOf(result, alert);
      const { host, key, first, last, count: n, value } = alert;
      return {
        rule: { id, name, title },
        host,
        key,
        first: new Date(first).toISOString(),
        last: new Date(last).toISOString(),
        count: n,
        value,
      };
    }),
  };
}
