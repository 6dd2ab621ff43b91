import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Option, type Command } from 'commander';

import { readDeadLetter } from '../sinks/dead-letter.ts';
import type { Letter } from '../sinks/letter.ts';
import { replayLetters } from './dead-letter-replay.ts';
import { showLetter, whereOf } from './dead-letter-show.ts';
import { EXIT, UsageError } from './exit.ts';
import { count, counted, utc } from './format.ts';
import { INPUT_FORMAT_HELP } from './input.ts';
import { Output } from './output.ts';
import { tableLines } from './table.ts';
import { painter, printable, shorten } from './terminal-text.ts';

/** A letter with its number, which `show` and `replay` take. */
export interface NumberedLetter {
  /** From 1, the oldest first. */
  readonly number: number;
  readonly letter: Letter;
}

interface PlaceOptions {
  readonly dataDir: string;
  readonly reason?: string;
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

Examples:
  tidegate dead-letter list --reason invalid_json
  tidegate dead-letter show 17
  tidegate dead-letter replay | tidegate scan -      records that are understood by now`,
    );
  const withPlace = (sub: Command): Command =>
    sub
      .argument('[file]', 'dead-letter file')
      .option('--data-dir <dir>', 'where refused records are kept', '.tidegate')
      .option('--reason <word>', 'only those that were refused for this reason');
  withPlace(command.command('list').description('list refused records, the newest last'))
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
  command
    .command('show')
    .description('show one refused record with all of its bytes')
    .argument('<number>', 'as list prints it')
    .argument('[file]', 'dead-letter file')
    .option('--data-dir <dir>', 'where refused records are kept', '.tidegate')
    .option('--raw', 'the bytes as they are, and nothing else', false)
    .action(
      async (
        number: string,
        file: string | undefined,
        options: PlaceOptions & { readonly raw: boolean },
      ) => {
        process.exitCode = await show(number, file, options);
      },
    );
  withPlace(
    command
      .command('replay')
      .description('decode refused records again and print those that are understood by now'),
  )
    .option('--to <file>', 'where to write the records, one a line; - for standard output', '-')
    .option('--input-format <name>', INPUT_FORMAT_HELP, 'auto')
    .option('--force', 'also those that are still not understood', false)
    .action(
      async (
        file: string | undefined,
        options: PlaceOptions & {
          readonly to: string;
          readonly inputFormat: string;
          readonly force: boolean;
        },
      ) => {
        const letters = lettersIn(placeOf(file, options.dataDir), options.reason);
        process.exitCode = await replayLetters(letters, options);
      },
    );
}

async function list(file: string | undefined, options: ListOptions): Promise<number> {
  const limit = numberOf(options.limit, '--limit');
  const output = options.json === true ? 'json' : options.output;
  const last: NumberedLetter[] = [];
  const reasons = new Map<string, number>();
  let total = 0;
  for await (const numbered of lettersIn(placeOf(file, options.dataDir), options.reason)) {
    total++;
    const { reason } = numbered.letter;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    last.push(numbered);
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
    for (const numbered of last) lines.line(JSON.stringify(plain(numbered)));
    await lines.flush();
  }
  return EXIT.ran;
}

async function show(
  text: string,
  file: string | undefined,
  options: PlaceOptions & { readonly raw: boolean },
): Promise<number> {
  const wanted = numberOf(text, 'number');
  const path = placeOf(file, options.dataDir);
  for await (const { number, letter } of lettersIn(path, undefined)) {
    if (number === wanted) {
      showLetter(number, letter, options.raw);
      return EXIT.ran;
    }
  }
  throw new UsageError(`${path} has no letter ${wanted}; list shows those that it has`);
}

/** Letters with their numbers; a line that is none has a number too and is passed over. */
async function* lettersIn(
  path: string,
  reason: string | undefined,
): AsyncGenerator<NumberedLetter> {
  let number = 0;
  let unreadable = 0;
  for await (const letter of readDeadLetter(path)) {
    number++;
    if (letter === undefined) unreadable++;
    else if (reason === undefined || letter.reason === reason) yield { number, letter };
  }
  if (unreadable > 0) {
    const lines = counted(unreadable, 'line');
    process.stderr.write(`${lines} in ${path} can not be read (cut short, or not ours)\n`);
  }
}

function placeOf(file: string | undefined, dataDir: string): string {
  if (file !== undefined) {
    if (!existsSync(file)) throw new UsageError(`${file}: no such file`);
    return file;
  }
  const places = ['dead-letter.ndjson', 'refused.ndjson'].map((name) => join(dataDir, name));
  const found = places.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UsageError(
    `nothing was refused, or not here: there is neither ${places.join(' nor ')}; name the file, or --data-dir`,
  );
}

function numberOf(text: string, what: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new UsageError(`${what}: '${text}' is not a whole number from 1 on`);
}

/** A letter as machines read it, without its bytes. */
function plain({ number, letter }: NumberedLetter): object {
  const { reason, detail, refusedAt, position, recordTime, payloadLength } = letter;
  return {
    number,
    reason,
    detail,
    refusedAt: refusedAt === undefined ? null : new Date(refusedAt).toISOString(),
    recordTime: recordTime === undefined ? null : new Date(recordTime).toISOString(),
    ...position,
    bytes: payloadLength,
  };
}

function printTable(
  letters: readonly NumberedLetter[],
  total: number,
  reasons: ReadonlyMap<string, number>,
): void {
  const paint = painter(process.stdout);
  if (total === 0) {
    process.stdout.write('nothing was refused\n');
    return;
  }
  const rows = letters.map(({ number, letter }) => [
    count(number),
    letter.refusedAt === undefined ? '' : utc(letter.refusedAt),
    letter.reason,
    shorten(printable(whereOf(letter)), SOURCE_WIDTH),
    count(letter.payloadLength),
    shorten(printable(letter.detail), DETAIL_WIDTH),
  ]);
  const lines = tableLines(
    [
      { title: 'number', align: 'right' },
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
