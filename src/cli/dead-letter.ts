import { Option, type Command } from 'commander';

import {
  lettersAt,
  withPlace,
  type IdentifiedLetter,
  type PlaceOptions,
} from './dead-letter-place.ts';
import { replayLetters, type ReplayOptions } from './dead-letter-replay.ts';
import { showLetter, whereOf } from './dead-letter-show.ts';
import { EXIT, UsageError } from './exit.ts';
import { count, counted, utc } from './format.ts';
import { INPUT_FORMAT_HELP } from './input.ts';
import { Output } from './output.ts';
import { tableLines } from './table.ts';
import { painter, printable, shorten } from './terminal-text.ts';

interface ShowOptions extends PlaceOptions {
  readonly raw: boolean;
}

interface ListOptions extends PlaceOptions {
  readonly limit: string;
  readonly output: 'table' | 'json' | 'ndjson';
  readonly json?: boolean;
}

const DETAIL_WIDTH = 60;
const SOURCE_WIDTH = 50;
const LIMIT = 50;

/** `tidegate dead-letter`: what was refused, and a second chance for it. */
export function addDeadLetter(program: Command): void {
  const command = program
    .command('dead-letter')
    .description('look at records that were refused, and give them a second chance')
    .addHelpText(
      'after',
      `
A record that no decoder understands, or an alert that a store does not take as it is, is kept with its bytes
and the reason. FILE is by default DATA-DIR/dead-letter.ndjson (of tidegate run) or DATA-DIR/refused.ndjson (of
scan, decode and demo); what rotation put aside (FILE.1, ...) is read too.
With --topic, letters are read from Kafka.

Examples:
  tidegate dead-letter list --reason invalid_json
  tidegate dead-letter show 17
  tidegate dead-letter replay | tidegate scan -      records that are understood by now`,
    );
  withPlace(command.command('list').description('list refused records, the newest last'))
    .option('--reason <word>', 'only those that were refused for this reason')
    .option('--limit <n>', 'the last n of them', String(LIMIT))
    .addOption(
      new Option('--output <form>', 'how to print')
        .choices(['table', 'json', 'ndjson'])
        .default('table'),
    )
    .option('--json', 'the same as --output json')
    .action(async (file: string | undefined, options: ListOptions) => {
      process.exitCode = await list(file, options);
    });
  withPlace(
    command
      .command('show')
      .description('show one refused record with all of its bytes')
      .argument('<id>', 'as list prints it'),
  )
    .option('--raw', 'the bytes as they are, and nothing else', false)
    .action(async (id: string, file: string | undefined, options: ShowOptions) => {
      process.exitCode = await show(id, file, options);
    });
  withPlace(
    command
      .command('replay')
      .description('decode refused records again and print those that are understood by now'),
  )
    .option('--reason <word>', 'only those that were refused for this reason')
    .option('--to <file>', 'where to write the records, one a line; - for standard output', '-')
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .option('--force', 'also those that are still not understood', false)
    .action(async (file: string | undefined, options: PlaceOptions & ReplayOptions) => {
      process.exitCode = await replayLetters(lettersAt(file, options), options);
    });
}

async function list(file: string | undefined, options: ListOptions): Promise<number> {
  const limit = numberOf(options.limit, '--limit');
  const output = options.json === true ? 'json' : options.output;
  const last: IdentifiedLetter[] = [];
  const reasons = new Map<string, number>();
  let total = 0;
  for await (const identified of lettersAt(file, options)) {
    total++;
    const { reason } = identified.letter;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    last.push(identified);
    if (last.length > limit) last.shift();
  }
  if (output === 'table') {
    printTable(last, total, reasons);
  } else if (output === 'json') {
    const letters = last.map(plain);
    const summary = { letters, total, reasons: Object.fromEntries(reasons) };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  } else {
    const lines = new Output();
    for (const identified of last) lines.line(JSON.stringify(plain(identified)));
    await lines.flush();
  }
  return EXIT.ran;
}

async function show(
  wanted: string,
  file: string | undefined,
  options: ShowOptions,
): Promise<number> {
  for await (const { id, letter } of lettersAt(file, options)) {
    if (id !== wanted) continue;
    showLetter(id, letter, options.raw);
    return EXIT.ran;
  }
  throw new UsageError(`there is no letter ${wanted}; list shows those that there are`);
}

function numberOf(text: string, what: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new UsageError(`${what}: '${text}' is not a whole number from 1 on`);
}

/** A letter as machines read it, without its bytes. */
function plain({ id, letter }: IdentifiedLetter): object {
  const { reason, detail, refusedAt, position, recordTime, payloadLength } = letter;
  return {
    id,
    reason,
    detail,
    refusedAt: refusedAt === undefined ? null : new Date(refusedAt).toISOString(),
    recordTime: recordTime === undefined ? null : new Date(recordTime).toISOString(),
    ...position,
    bytes: payloadLength,
  };
}

function printTable(
  letters: readonly IdentifiedLetter[],
  total: number,
  reasons: ReadonlyMap<string, number>,
): void {
  const paint = painter(process.stdout);
  if (total === 0) {
    process.stdout.write('nothing was refused\n');
    return;
  }
  const rows = letters.map(({ id, letter }) => [
    id,
    letter.refusedAt === undefined ? '' : utc(letter.refusedAt),
    letter.reason,
    shorten(printable(whereOf(letter)), SOURCE_WIDTH),
    count(letter.payloadLength),
    shorten(printable(letter.detail), DETAIL_WIDTH),
  ]);
  const lines = tableLines(
    [
      { title: 'id', align: 'right' },
      { title: 'refused' },
      { title: 'reason' },
      { title: 'where' },
      { title: 'bytes', align: 'right' },
      { title: 'detail' },
    ],
    rows,
    (text) => paint('bold', text),
  );
  const parts = [...reasons].map(([reason, n]) => `${printable(reason)} ${count(n)}`).join(', ');
  const hidden = total > letters.length ? `, the last ${count(letters.length)} shown` : '';
  process.stdout.write(`${lines.join('\n')}\n\n${counted(total, 'record')}${hidden}: ${parts}\n`);
}
