import { join } from 'node:path';

import { Option, type Command } from 'commander';

import { loadPolicy } from '../runtime/policy-files.ts';
import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import { DataflowCounter, type Flow } from '../workbench/dataflow.ts';
import { EXIT } from './exit.ts';
import { count, counted, utc } from './format.ts';
import { addHistoryOptions, observeHistory, type HistoryOptions } from './history.ts';
import { collect } from './input.ts';
import { durationOption } from './options.ts';
import { Output } from './output.ts';
import { reportProblems } from './problems.ts';
import { tableLines } from './table.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const PLACE_WIDTH = 44;

interface DataflowOptions extends HistoryOptions {
  readonly within: number;
  readonly lists?: readonly string[];
  readonly output: 'table' | 'json' | 'markdown';
  readonly json?: boolean;
  readonly progress: boolean;
}

/** `tidegate report dataflow`: which agent on which host sent what class of data where. */
export function addReportDataflow(report: Command): void {
  const command = report
    .command('dataflow')
    .description('which agent on which host sent what class of data where');
  addHistoryOptions(command)
    .option('--lists <dir>', 'folder of lists that win over the bundled ones', collect)
    .option(
      '--within <time>',
      'data counts for what is sent so long after it was touched',
      durationOption('--within'),
      600_000,
    )
    .addOption(
      new Option('--output <form>', 'json is for machines, markdown for a report')
        .choices(['table', 'json', 'markdown'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .option('--no-progress', 'no progress line')
    .addHelpText(
      'after',
      `
A row is one agent, with all below it, on one host, and one place. Data are the classes of paths (protected,
privileged, credential …) and the labels of content that the agent's tree had touched within ten minutes before:
what could have been sent, since no sensor says what was. Bytes stand where a sensor tells them.

Examples:
  tidegate report dataflow --over day.ndjson.gz
  tidegate report dataflow --over week/*.ndjson --output markdown > dataflow.md
  tidegate report dataflow --over kafka -c tidegate.yml --from 2026-03-01 --json`,
    )
    .action(async (options: DataflowOptions) => {
      process.exitCode = await dataflow(options);
    });
}

async function dataflow(options: DataflowOptions): Promise<number> {
  const { policy, problems } = loadPolicy([join(BUNDLED_RULES, 'lists'), ...(options.lists ?? [])]);
  reportProblems(problems, false);
  const counter = new DataflowCounter(policy, options.within);
  const events = await observeHistory(options, (event) => counter.observe(event));
  const output = new Output();
  for (const line of linesOf(counter, options)) output.line(line);
  await output.flush();
  const flows = counter.report().length;
  process.stderr.write(`${counted(flows, 'flow')} of agents in ${counted(events, 'event')}\n`);
  if (counter.dropped > 0) {
    process.stderr.write(`${counted(counter.dropped, 'event')} of further flows are left out\n`);
  }
  return EXIT.ran;
}

const TITLES = [
  'host',
  'agent',
  'place',
  'class',
  'data',
  'connections',
  'commands',
  'bytes',
  'last',
];

function linesOf(counter: DataflowCounter, options: DataflowOptions): readonly string[] {
  const flows = counter.report();
  if (options.json === true || options.output === 'json') {
    return [JSON.stringify({ flows: flows.map(asJson) }, undefined, 2)];
  }
  const rows = flows.map(cells);
  if (options.output === 'markdown') return markdown(rows);
  const paint = painter(process.stdout);
  const columns = TITLES.map((title) => ({
    title,
    align: ['connections', 'commands', 'bytes'].includes(title)
      ? ('right' as const)
      : ('left' as const),
  }));
  const shown = rows.map((row) => row.map((cell) => shorten(printable(cell), PLACE_WIDTH)));
  return tableLines(columns, shown, (text) => paint('bold', text));
}

function cells(flow: Flow): readonly string[] {
  return [
    flow.host,
    flow.agent,
    flow.destination,
    flow.destinationClass,
    flow.data.length === 0 ? '-' : flow.data.join(', '),
    count(flow.connections),
    count(flow.commands),
    flow.bytes === undefined ? '-' : count(flow.bytes),
    utc(flow.last),
  ];
}

function asJson({ bytes, first, last, ...flow }: Flow): object {
  return {
    ...flow,
    bytes: bytes ?? null,
    first: new Date(first).toISOString(),
    last: new Date(last).toISOString(),
  };
}

// Names come from telemetry: nothing of them may become markup.
function markdown(rows: readonly (readonly string[])[]): readonly string[] {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const safe = (text: string): string =>
    printable(text).replaceAll(/[\\`*_{}[\]()<>#+!|~&]/g, (sign) => `\\${sign}`);
  return [
    '# Data flows of AI agents',
    '',
    line(TITLES),
    line(TITLES.map(() => '---')),
    ...rows.map((row) => line(row.map(safe))),
  ];
}
