import { Option, type Command } from 'commander';

import { queryOsquery } from '../workbench/osquery/client.ts';
import { EXIT, UsageError } from './exit.ts';
import { counted } from './format.ts';
import { durationOption } from './options.ts';
import { Output } from './output.ts';
import { tableLines } from './table.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const CELL_WIDTH = 120;

interface OsqueryOptions {
  readonly socket: string;
  readonly timeout: number;
  readonly output: 'table' | 'json' | 'ndjson';
  readonly json?: boolean;
}

/** `tidegate osquery "SELECT ..."`: one question to a live osquery. */
export function addOsquery(program: Command): void {
  program
    .command('osquery')
    .description('ask a live osquery on this machine, over its extension socket')
    .argument('<sql>', 'one SELECT statement over the tables of osquery')
    .requiredOption('--socket <path>', "osquery's extension socket (its --extensions_socket)")
    .option(
      '--timeout <time>',
      'how long to wait for the answer, e.g. 10s',
      durationOption('--timeout'),
      DEFAULT_TIMEOUT_MS,
    )
    .addOption(
      new Option('--output <form>', 'ndjson prints one row a line')
        .choices(['table', 'json', 'ndjson'])
        .default('table'),
    )
    .option('--json', 'short for --output json')
    .addHelpText(
      'after',
      `
osqueryd listens at /var/osquery/osquery.em, as root; osqueryi prints its own with
.socket. Nothing is written: osquery's tables are read-only.

Examples:
  sudo tidegate osquery "SELECT pid, name, path FROM processes WHERE name LIKE 'claude%'" \\
    --socket /var/osquery/osquery.em
  tidegate osquery "SELECT * FROM process_open_sockets" --socket ~/.osquery/shell.em --output ndjson`,
    )
    .action(async (sql: string, options: OsqueryOptions) => {
      process.exitCode = await ask(sql, options);
    });
}

async function ask(sql: string, options: OsqueryOptions): Promise<number> {
  if (sql.trim() === '') throw new UsageError('the query is empty');
  const { socket, timeout: timeoutMs } = options;
  const rows = await queryOsquery(sql, { socket, timeoutMs });
  const output = new Output();
  const objects = rows.map((row): object => Object.fromEntries(row));
  if (options.output === 'json' || options.json === true) {
    output.line(JSON.stringify(objects, undefined, 2));
  } else if (options.output === 'ndjson') {
    for (const object of objects) output.line(JSON.stringify(object));
  } else {
    for (const line of table(rows)) output.line(line);
  }
  await output.flush();
  return EXIT.ran;
}

function table(rows: readonly ReadonlyMap<string, string>[]): readonly string[] {
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const paint = painter(process.stdout);
  const cells = rows.map((row) =>
    names.map((name) => shorten(printable(row.get(name) ?? ''), CELL_WIDTH)),
  );
  const columns = names.map((name) => ({ title: printable(name) }));
  const found = rows.length === 0 ? [] : tableLines(columns, cells, (text) => paint('bold', text));
  return [...found, counted(rows.length, 'row')];
}
