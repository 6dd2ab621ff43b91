import { randomBytes } from 'node:crypto';

import type { UndeliveredReason } from '../event/record.ts';

/**
 * Why the records of a batch are not there. Postponed: they are, but this answer has unpacked enough
 * already; to be fetched again.
 */
export type UnpackRefusal =
  | { readonly reason: UndeliveredReason; readonly detail: string }
  | { readonly reason: 'postponed' };

/** Compressed bytes that can not be unpacked, without their header in sight. */
export class UnpackError extends Error {
  override readonly name: string = 'UnpackError';
  readonly refusal: UnpackRefusal;

  constructor(refusal: UnpackRefusal) {
    super(refusal.reason === 'postponed' ? 'enough is unpacked' : refusal.detail);
    this.refusal = refusal;
  }
}

/** The header of a record batch (magic 2): 61 bytes, and where in it the fields lie. */
const HEADER_BYTES = 61;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const LAST_OFFSET_DELTA_AT = 23;
const COUNT_AT = 57;
/** The length field counts what follows it. */
const LENGTH_BEFORE = 12;
/**
 * Each record costs some hundred bytes when it is decoded, however small it is: a MiB of compressed
 * nothing could be millions of them.
 */
const RECORDS_MAX = 1 << 18;
const DETAIL_CHARS_MAX = 200;

/**
 * The name of the header that tells our substitutes from what a producer wrote: nobody outside this
 * process can know it.
 */
const MARK = randomBytes(9).toString('base64url');

/**
 * Clients unpack batches inside their fetch, where an exception would lose the whole answer (and stop
 * kafkajs for good: reliability notes, poison batch). So instead of throwing, a codec returns this:
 * as many records as the batch's header claims, with its offsets, empty, and marked. The header is
 * read from the memory before the compressed bytes, where an answer has it.
 */
export function substituteBatch(compressed: Buffer, refusal: UnpackRefusal): Buffer {
  const header = headerOf(compressed);
  const count = header?.getInt32(COUNT_AT) ?? 0;
  const lastDelta = header?.getInt32(LAST_OFFSET_DELTA_AT) ?? 0;
  const isSound = count > 0 && count <= lastDelta + 1 && count <= RECORDS_MAX;
  if (!isSound) throw new UnpackError(refusal);
  const text = refusal.reason === 'postponed' ? '' : refusal.detail.slice(0, DETAIL_CHARS_MAX);
  const records = Array.from({ length: count }, (_, index) => {
    const delta = index === count - 1 ? lastDelta : index;
    return markedRecord(delta, index === 0 ? JSON.stringify([refusal.reason, text]) : '');
  });
  return Buffer.concat(records);
}

/** Throws if the unpacked bytes are more records than a process should hold at once. */
export function countRecords(unpacked: Buffer): void {
  let at = 0;
  for (let count = 0; at < unpacked.length; count++) {
    if (count >= RECORDS_MAX) throw new Error(`holds more than ${RECORDS_MAX} records`);
    let length = 0;
    let byte = 0x80;
    for (let shift = 0; byte > 0x7f && at < unpacked.length; shift += 7) {
      byte = unpacked[at] ?? 0;
      at += 1;
      length += (byte & 0x7f) * 2 ** shift;
    }
    at += Math.floor(length / 2);
  }
}

function headerOf(compressed: Buffer): DataView | undefined {
  const start = compressed.byteOffset - HEADER_BYTES;
  if (start < 0) return undefined;
  const header = new DataView(compressed.buffer, start, HEADER_BYTES);
  const isHeader =
    header.getInt8(MAGIC_AT) === 2 &&
    header.getInt32(LENGTH_AT) === HEADER_BYTES - LENGTH_BEFORE + compressed.length;
  return isHeader ? header : undefined;
}

/** What a header of a record says about its batch, if it is our mark; empty: said before. */
export function readMark(name: string, value: Uint8Array): UnpackRefusal | 'again' | undefined {
  if (name !== MARK) return undefined;
  const text = Buffer.from(value).toString();
  if (text === '') return 'again';
  const [reason, detail] = JSON.parse(text) as [UnpackRefusal['reason'], string];
  return reason === 'postponed' ? { reason } : { reason, detail };
}

/** A record without key and value and with one header. */
function markedRecord(offsetDelta: number, value: string): Buffer {
  const name = Buffer.from(MARK);
  const text = Buffer.from(value);
  const body = Buffer.concat([
    Buffer.from([0]),
    ...[0, offsetDelta, -1, -1, 1, name.length].map(zigzag),
    name,
    zigzag(text.length),
    text,
  ]);
  return Buffer.concat([zigzag(body.length), body]);
}

function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
