import { createRequire } from 'node:module';

import type { HeaderPairs } from '../../src/kafka/kafkajs.ts';

/** A record as kafkajs decodes it. */
export interface DecodedRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: HeaderPairs;
}

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ readonly records: readonly DecodedRecord[] }>;

/** The records of a batch (magic 2) as bytes: values alone, at offsets that count from zero. */
export function recordBytes(values: readonly string[]): Buffer {
  return Buffer.concat(
    values.map((value, index) => {
      const text = Buffer.from(value);
      // Attributes, time delta, offset delta, no key; the value; no headers.
      const head = Buffer.from([0, 0, ...varint(index), 1, ...varint(text.length)]);
      const body = Buffer.concat([head, text, Buffer.from([0])]);
      return Buffer.concat([Buffer.from(varint(body.length)), body]);
    }),
  );
}

/** A whole batch, as it lies in a log: header, then these bytes. */
export function recordBatch(options: {
  readonly codec: number;
  readonly bytes: Buffer;
  readonly count: number;
  readonly firstOffset?: number;
}): Buffer {
  const { codec, bytes, count, firstOffset = 0 } = options;
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(firstOffset), 0);
  header.writeInt32BE(49 + bytes.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(codec, 21);
  header.writeInt32BE(count - 1, 23);
  header.writeInt32BE(count, 57);
  return Buffer.concat([header, bytes]);
}

/** Decodes it as kafkajs does when it fetches. */
export async function decodeRecordBatch(batch: Buffer): Promise<readonly DecodedRecord[]> {
  return (await decodeBatch(new Decoder(batch))).records;
}

/** A length as records write it: zigzag, seven bits a byte. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value << 1;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
