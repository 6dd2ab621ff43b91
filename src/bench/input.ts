import { resolve } from 'node:path';

import type { Decoder } from '../decoders/decoder.ts';
import type { RawRecord } from '../event/record.ts';
import { mergeFiles } from '../runtime/merge.ts';
import { openFile } from '../sources/file.ts';
import type { Source } from '../sources/source.ts';
import { CostSum, Stopwatch, type Cost } from './cpu.ts';
import type { Lane } from './lane.ts';

/** Records held in memory as uncompressed lines, in the order in which a task would read them. */
export interface BenchInput {
  readonly records: readonly RawRecord[];
  /** The same bytes, for the control that only parses them. */
  readonly lines: readonly Buffer[];
  readonly bytes: number;
  /** Reading, decompression and cutting into lines. */
  readonly read: Cost;
  /** How many alerts the bundled rules must raise, where that is known. */
  readonly alertsExpected: number | undefined;
}

/** What is told while files are read. */
export type OnRead = (records: number) => void;

/** Reads all files into memory; several are put in the order of event time, as a scan reads them. */
export async function readInput(options: {
  readonly paths: readonly string[];
  readonly lane: Lane;
  readonly decoder: Decoder;
  readonly alertsExpected?: number;
  readonly onRead?: OnRead;
}): Promise<BenchInput> {
  const read = new CostSum();
  const files = new Map<string, readonly RawRecord[]>();
  let total = 0;
  for (const path of options.paths) {
    const records: RawRecord[] = [];
    await using source = openFile({ path: resolve(path) });
    const watch = new Stopwatch();
    for await (const batch of source.batches()) {
      read.add(watch.lap());
      for (const record of batch) records.push(shaped(record, options.lane));
      total += batch.length;
      options.onRead?.(total);
      watch.lap();
    }
    read.add(watch.lap());
    files.set(path, records);
  }
  const records = await merged(options.paths, files, options.decoder);
  return heldInput(records, read, options.alertsExpected);
}

/** Input from records that are in memory already. */
export function heldInput(
  records: readonly RawRecord[],
  read: Cost,
  alertsExpected: number | undefined,
): BenchInput {
  const lines = records.map((record) => bufferOf(record));
  const bytes = lines.reduce((sum, line) => sum + line.length, 0);
  return { records, lines, bytes, read, alertsExpected };
}

function shaped(record: RawRecord, lane: Lane): RawRecord {
  return { ...record, payload: lane.shape(bufferOf(record)) };
}

function bufferOf({ payload }: RawRecord): Buffer {
  if (payload === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(payload)) return payload;
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}

async function merged(
  paths: readonly string[],
  files: ReadonlyMap<string, readonly RawRecord[]>,
  decoder: Decoder,
): Promise<readonly RawRecord[]> {
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) return files.get(only) ?? [];
  const records: RawRecord[] = [];
  const open = ({ path }: { readonly path: string }): Source =>
    memorySource(path, files.get(path) ?? []);
  for await (const batch of mergeFiles({ paths, decoder, open })) {
    for (const decoded of batch) records.push(decoded.record);
  }
  return records;
}

function memorySource(name: string, records: readonly RawRecord[]): Source {
  return {
    name,
    async *batches(): AsyncGenerator<readonly RawRecord[]> {
      yield await Promise.resolve(records);
    },
    acknowledge: (): Promise<void> => Promise.resolve(),
    [Symbol.asyncDispose]: (): Promise<void> => Promise.resolve(),
  };
}
