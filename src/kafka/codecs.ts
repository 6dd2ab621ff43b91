import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { measureLz4Frame } from './lz4-frame.ts';
import { compressSnappy, decompressSnappy } from './snappy.ts';
import { countRecords, substituteBatch, type UnpackRefusal } from './substitute.ts';

/** How the records of a batch are compressed; `unknown` stands for numbers that Kafka does not use. */
export type Codec = 'gzip' | 'snappy' | 'lz4' | 'zstd' | 'unknown';

/** The numbers of codecs in a batch's attributes; those above zstd are nobody's. */
export const CODEC_NUMBERS: readonly (readonly [number, Codec])[] = [
  [1, 'gzip'],
  [2, 'snappy'],
  [3, 'lz4'],
  [4, 'zstd'],
  [5, 'unknown'],
  [6, 'unknown'],
  [7, 'unknown'],
];

/**
 * What a batch may unpack to. Producers send batches of 1 MiB by default, before compression or
 * after, so a batch beyond this is a bomb or a broken setting: 29 KB of zstd can be 900 MB.
 */
export const UNPACKED_BYTES_MAX: number = 64 * 1024 * 1024;

/**
 * What all batches of one answer may unpack to: beyond it, the rest is fetched again later. One batch
 * is always unpacked, so that every answer brings us on.
 */
export const ANSWER_BYTES_MAX: number = 128 * 1024 * 1024;

// Slices of one answer share its memory.
const unpackedOf = new WeakMap<ArrayBufferLike, number>();

/**
 * The records of a batch, unpacked. What can not or must not be unpacked becomes a batch of the same
 * offsets that says so (see substitute.ts), and the partition goes on.
 * @throws UnpackError if the bytes do not lie behind their batch's header in memory.
 */
export function decompress(codec: Codec, bytes: Buffer): Buffer {
  const answer = bytes.buffer;
  const before = unpackedOf.get(answer) ?? 0;
  if (before > ANSWER_BYTES_MAX) return substituteBatch(bytes, { reason: 'postponed' });
  try {
    const unpacked = unpackers[codec](bytes);
    countRecords(unpacked);
    unpackedOf.set(answer, before + unpacked.length);
    return unpacked;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return substituteBatch(bytes, { reason: reasonFor(codec), detail });
  }
}

/** The records of a batch, packed. */
export function compress(codec: Codec, bytes: Buffer): Buffer {
  return packers[codec](bytes);
}

function reasonFor(codec: Codec): UnpackRefusal['reason'] {
  return codec === 'unknown' ? 'unknown_codec' : 'bad_compression';
}

const bounded = { maxOutputLength: UNPACKED_BYTES_MAX };

const unpackers: Readonly<Record<Codec, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes, bounded),
  snappy: (bytes) => decompressSnappy(bytes, UNPACKED_BYTES_MAX),
  lz4: (bytes) => {
    measureLz4Frame(bytes, UNPACKED_BYTES_MAX);
    return decompressFrameSync(bytes);
  },
  zstd: (bytes) => zstdDecompressSync(bytes, bounded),
  unknown: () => {
    throw new Error('the batch names a compression that Kafka does not have');
  },
};

const packers: Readonly<Record<Codec, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  snappy: compressSnappy,
  lz4: (bytes) => compressFrameSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
  unknown: () => {
    throw new Error('no such compression');
  },
};
