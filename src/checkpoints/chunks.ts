import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompressSync } from 'node:zlib';

import { joinParts, partsOf, type Part } from './parts.ts';

/** A piece of a checkpoint. `digest` names its content before compression. */
export interface Chunk {
  readonly digest: string;
  readonly data: Uint8Array;
}

/** A chunk ends at the first part that begins beyond this, in bytes before compression. */
const CHUNK_BYTES = 256 * 1024;
/** No chunk of ours unpacks to more; what claims to is not of ours. */
const UNPACKED_BYTES_MAX = 64 << 20;
/** How long the thread is kept before others have their turn, in ms. */
const TURN_MS = 8;

const compress = promisify(zstdCompress);
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Packs JSON data into chunks, a few milliseconds at a time: records are judged meanwhile. `take`
 * gets each chunk's digest in order, and the chunk only where `isKept` says that it is not there
 * yet. Gives the time in ms in which the thread was kept; compression has threads of its own.
 */
export async function packChunks(
  data: unknown,
  isKept: (digest: string) => boolean,
  take: (digest: string, chunk: Chunk | undefined) => Promise<void>,
): Promise<number> {
  let lines: string[] = [];
  let bytes = 0;
  let turn = performance.now();
  let busyMs = 0;
  const close = async (): Promise<void> => {
    const raw = Buffer.from(lines.join('\n'), 'utf8');
    lines = [];
    bytes = 0;
    const digest = digestOf(raw);
    busyMs += performance.now() - turn;
    const packed = isKept(digest) ? undefined : { digest, data: await compress(raw, options) };
    await take(digest, packed);
    turn = performance.now();
  };
  for (const part of partsOf(data)) {
    const line = JSON.stringify(part);
    lines.push(line);
    bytes += line.length;
    if (bytes >= CHUNK_BYTES) await close();
    if (performance.now() - turn < TURN_MS) continue;
    busyMs += performance.now() - turn;
    await new Promise((resume) => setImmediate(resume));
    turn = performance.now();
  }
  if (lines.length > 0) await close();
  return busyMs;
}

/** Unpacks what `packChunks` gave; undefined if a chunk is missing or not what its digest names. */
export function unpackChunks(
  digests: readonly string[],
  find: (digest: string) => Uint8Array | undefined,
): { readonly data: unknown } | undefined {
  const parts: Part[] = [];
  for (const digest of digests) {
    const packed = find(digest);
    const raw = packed === undefined ? undefined : unpack(packed);
    if (raw === undefined || digestOf(raw) !== digest) return undefined;
    for (const line of raw.toString('utf8').split('\n')) parts.push(JSON.parse(line) as Part);
  }
  return { data: joinParts(parts) };
}

/** The name of some bytes. */
export function digestOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 40);
}

function unpack(packed: Uint8Array): Buffer | undefined {
  try {
    return zstdDecompressSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch {
    return undefined;
  }
}
