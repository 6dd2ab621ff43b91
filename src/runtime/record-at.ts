import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';

import { createAutoDecoder } from '../decoders/index.ts';
import type { RawRecord } from '../event/record.ts';
import { openFile } from '../sources/file.ts';
import { decodeRecord } from './decoding.ts';

/** Where a record was read from, and the event that it must give again. */
export interface RecordPlace {
  readonly source: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventId: string;
}

/** A record as the sensor sent it, or why it can not be had. */
export type FoundRecord =
  | { readonly kind: 'record'; readonly text: string }
  | { readonly kind: 'gone'; readonly reason: string };

/** Longer records are shown up to here. */
const TEXT_LENGTH_MAX = 256 * 1024;
/** Reading a packed file up to a line takes time; a page does not wait longer. */
const PATIENCE_MS = 30_000;

/**
 * Reads one record again from the file in which it stood. Another record at that place, in a file that
 * was rotated or replaced, is not shown: it gives no event of this id.
 */
export async function recordAt(place: RecordPlace): Promise<FoundRecord> {
  const { source, partition, offset, eventId } = place;
  const where = `${source}, partition ${partition}, ${offset}`;
  if (!isAbsolute(source) || statSync(source, { throwIfNoEntry: false })?.isFile() !== true) {
    return { kind: 'gone', reason: `the record stands in ${where}; only files are read from here` };
  }
  const record = await lineOf(source, offset);
  if (typeof record === 'string') return { kind: 'gone', reason: `${where}: ${record}` };
  const { events } = decodeRecord(createAutoDecoder(), record);
  if (!events.some(({ id }) => id === eventId)) {
    return { kind: 'gone', reason: `${where}: another record stands there now` };
  }
  const text = new TextDecoder().decode(record.payload ?? new Uint8Array());
  return { kind: 'record', text: text.slice(0, TEXT_LENGTH_MAX) };
}

async function lineOf(path: string, line: number): Promise<RawRecord | string> {
  const until = performance.now() + PATIENCE_MS;
  await using file = openFile({ path });
  for await (const batch of file.batches()) {
    const last = batch.at(-1)?.position.offset ?? 0;
    if (last >= line) {
      return batch.find(({ position }) => position.offset === line) ?? 'the line is empty now';
    }
    if (performance.now() > until) return 'it stands too far behind the beginning to be read now';
  }
  return 'the file is shorter now';
}
