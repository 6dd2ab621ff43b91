// Events per CPU second of each decoder, next to JSON.parse alone on the same records.
// Run: node bench/decoders.bench.ts [--events N] [--rounds N]
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { median, Stopwatch } from '../src/bench/cpu.ts';
import { findDecoder } from '../src/decoders/index.ts';
import type { Decoder } from '../src/decoders/decoder.ts';
import type { RawRecord } from '../src/event/record.ts';
import { decodeRecord } from '../src/runtime/decoding.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');

/** What one form of a format costs. */
export interface DecoderFigures {
  readonly decoder: string;
  readonly fixture: string;
  readonly events: number;
  readonly bytesPerRecord: number;
  readonly eventsPerCpuSecond: number;
  readonly parseOnlyEventsPerCpuSecond: number;
  /** Next to JSON.parse alone. */
  readonly ratio: number;
}

/** Measures every fixture of every decoder, its records repeated; the first round warms up. */
export function measureDecoders(options: {
  readonly records: number;
  readonly rounds: number;
}): readonly DecoderFigures[] {
  return readdirSync(FIXTURES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const decoder = findDecoder(name);
      return decoder === undefined ? [] : formsOf(name).map((form) => ({ decoder, form }));
    })
    .map(({ decoder, form }) => measureForm(decoder, form, options));
}

function formsOf(name: string): readonly string[] {
  return readdirSync(join(FIXTURES, name)).filter(
    (file) =>
      (file.endsWith('.ndjson') || file.endsWith('.log')) &&
      !file.endsWith('.expected.ndjson') &&
      !file.startsWith('refused.'),
  );
}

function measureForm(
  decoder: Decoder,
  form: string,
  options: { readonly records: number; readonly rounds: number },
): DecoderFigures {
  const lines = linesOf(decoder, form, options.records);
  const records = lines.map((payload, index): RawRecord => ({
    payload,
    position: { source: form, partition: 0, offset: index + 1 },
  }));
  const parse: number[] = [];
  const decode: number[] = [];
  let events = 0;
  for (let round = 0; round <= options.rounds; round += 1) {
    const watch = new Stopwatch();
    for (const line of lines) readAlone(line);
    const parsed = watch.lap().cpuSeconds;
    const before = events;
    events = 0;
    for (const record of records) {
      const decoded = decodeRecord(decoder, record);
      if (decoded.problem !== undefined) throw new Error(`${form}: ${decoded.problem.detail}`);
      events += decoded.events.length;
    }
    const decoded = watch.lap().cpuSeconds;
    if (round === 0) continue;
    if (events !== before) throw new Error(`${form}: ${events} events, before ${before}`);
    parse.push(parsed);
    decode.push(decoded);
  }
  return {
    decoder: decoder.name,
    fixture: form,
    events,
    bytesPerRecord: lines.reduce((sum, line) => sum + line.length, 0) / lines.length,
    eventsPerCpuSecond: events / median(decode),
    parseOnlyEventsPerCpuSecond: events / median(parse),
    ratio: median(parse) / median(decode),
  };
}

const BRACE = 0x7b;

// What a line costs before anything is understood: JSON.parse, or the text of a line that is no JSON.
function readAlone(line: Buffer): void {
  const text = line.toString('utf8');
  if (line[0] === BRACE) JSON.parse(text);
}

// Fixtures hold records that must be refused, and lines that only declare the columns of those after them; these
// say nothing of speed. They are declared under the name that the records are measured under.
function linesOf(decoder: Decoder, form: string, count: number): readonly Buffer[] {
  const position = { source: form, partition: 0, offset: 1 };
  const own = readFileSync(join(FIXTURES, decoder.name, form), 'utf8')
    .split('\n')
    .map((line) => Buffer.from(line))
    .filter((payload) => {
      const { problem, events } = decodeRecord(decoder, { payload, position });
      return problem === undefined && events.length > 0;
    });
  return Array.from({ length: count }, (_, index) => own[index % own.length] ?? Buffer.alloc(0));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '20000' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const size = { records: Number(values.events), rounds: Number(values.rounds) };
  for (const figures of measureDecoders(size)) {
    const name = `${figures.decoder}/${figures.fixture}`;
    process.stdout.write(
      `${name.padEnd(36)} ${figures.bytesPerRecord.toFixed(0).padStart(6)} bytes, thousand events a CPU second: ` +
        `decode ${thousands(figures.eventsPerCpuSecond)}, ` +
        `JSON.parse ${thousands(figures.parseOnlyEventsPerCpuSecond)}, ratio ${figures.ratio.toFixed(2)}\n`,
    );
  }
}

function thousands(rate: number): string {
  return (rate / 1000).toFixed(0).padStart(5);
}
