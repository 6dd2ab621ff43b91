// Writes recordings as one uncompressed file for bench/compare, and a sample of it: see HELP.
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { parseArgs } from 'node:util';

import { findLane, type Lane } from '../src/bench/lane.ts';
import { createAutoDecoder } from '../src/decoders/index.ts';
import type { RawRecord } from '../src/event/record.ts';
import { decodeRecord } from '../src/runtime/decoding.ts';
import { openFile } from '../src/sources/file.ts';

const HELP = `node bench/compare-input.ts --out FILE [--lane nomsg] [--every 40] RECORDING...

Writes the records of all recordings, in the form of the lane, and every 40th of them to FILE.sample. Engines that
route by log source, and do not find it out by themselves, read it from the members product, category and service
which each record gets at its end ("none" where it has none, so that rules for another one are not tried).
Records that are no events are left out, and so are Windows records whose fields stand inside of others
(Winlogbeat, EVTX as JSON): to an engine that does not know these forms they have none of the fields of the rules.
`;

/** The record's line with its log source as members of its own; undefined for one that is left out. */
export function withLogsource(record: RawRecord, lane: Lane): Buffer | undefined {
  const { payload } = record;
  const [event] = decodeRecord(decoder, record).events;
  if (event === undefined || payload === null) return undefined;
  const isWindows = event.logsource.product === 'windows';
  if (isWindows && parseObject(payload)['EventID'] === undefined) return undefined;
  const { product = 'none', categories, services } = event.logsource;
  // Other engines take one of each; the last category is the narrowest (registry_set, of registry_event).
  const category = categories.at(-1) ?? 'none';
  const service = services[0] ?? 'none';
  const members = JSON.stringify({ product, category, service }).slice(1);
  const line = lane.shape(Buffer.from(payload)).toString('utf8').trimEnd();
  return Buffer.from(`${line.slice(0, -1)},${members}\n`);
}

const decoder = createAutoDecoder();

function parseObject(payload: Uint8Array): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(payload).toString('utf8')) as Readonly<Record<string, unknown>>;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      lane: { type: 'string', default: 'nomsg' },
      every: { type: 'string', default: '40' },
    },
  });
  const lane = findLane(values.lane);
  const every = Number(values.every);
  if (values.out === undefined || lane === undefined || !(every >= 1) || positionals.length === 0) {
    process.stderr.write(HELP);
    return 2;
  }
  const whole = createWriteStream(values.out);
  const sample = createWriteStream(`${values.out}.sample`);
  let count = 0;
  for (const path of positionals) {
    await using source = openFile({ path });
    for await (const batch of source.batches()) {
      for (const record of batch) {
        const line = withLogsource(record, lane);
        if (line === undefined) continue;
        await write(whole, line);
        if (count % every === 0) await write(sample, line);
        count += 1;
      }
    }
  }
  await Promise.all([whole, sample].map((stream) => once(stream.end(), 'close')));
  process.stdout.write(`${count} records\n`);
  return 0;
}

async function write(stream: WriteStream, line: Buffer): Promise<void> {
  if (!stream.write(line)) await once(stream, 'drain');
}

if (import.meta.main) process.exitCode = await main();
