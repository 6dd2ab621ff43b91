import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

import type { Position, RawRecord } from '../event/record.ts';
import { Failure } from '../base/failure.ts';
import { splitLines } from './lines.ts';
import type { Source } from './source.ts';

/** The name under which standard input stands on the command line and in positions. */
export const STDIN = '-';

export interface FileSourceOptions {
  /** A path, or `-` for standard input. */
  readonly path: string;
  /** Called with the number of bytes read so far, before decompression. */
  readonly onBytes?: (bytes: number) => void;
}

/** Reads a file line by line: plain, gzip or zstd (told apart by their first bytes, not by name). */
export function openFile(options: FileSourceOptions): Source {
  const isStdin = options.path === STDIN;
  const name = isStdin ? STDIN : resolve(options.path);
  const stream: Readable = isStdin
    ? process.stdin
    : createReadStream(name, { highWaterMark: 1 << 16 });
  return {
    name,
    async *batches(): AsyncGenerator<readonly RawRecord[]> {
      try {
        yield* splitLines(unpacked(counted(stream, options.onBytes)), name);
      } catch (cause) {
        throw readFailure(name, cause);
      }
    },
    acknowledge: (_positions: readonly Position[]): Promise<void> => Promise.resolve(),
    [Symbol.asyncDispose]: (): Promise<void> => {
      if (!isStdin) stream.destroy();
      return Promise.resolve();
    },
  };
}

async function* counted(
  stream: Readable,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    onBytes?.(bytes);
    yield chunk;
  }
}

/** Looks at the first bytes and undoes gzip or zstd. Streams: what comes out is never held as a whole. */
async function* unpacked(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await firstBytes(chunks);
  const all = startingWith(head, chunks);
  const transform = unpackerFor(head);
  if (transform === undefined) {
    yield* all;
    return;
  }
  const input = Readable.from(all, { objectMode: false });
  const damage = endAtDamage(transform);
  input.on('error', (error) => transform.destroy(error));
  yield* input.pipe(transform) as AsyncIterable<Buffer>;
  const error = damage();
  if (error === undefined) return;
  input.destroy();
  throw error;
}

// A stream that fails drops what it holds and nobody has read yet: how much of a damaged file is read would
// depend on the reader's speed. So a failure is an end, and becomes known when everything before it was read.
function endAtDamage(transform: Transform): () => Error | undefined {
  const destroy = transform.destroy.bind(transform);
  let damage: Error | undefined;
  transform.destroy = (error) => {
    if (error === undefined || damage !== undefined) return destroy(error);
    damage = error;
    transform.push(null);
    return transform;
  };
  return () => damage;
}

// A pipe may deliver its first bytes one by one; four tell the formats apart.
async function firstBytes(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

function unpackerFor(head: Buffer): Transform | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip({ chunkSize: 1 << 18 });
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  return isZstd ? createZstdDecompress({ chunkSize: 1 << 18 }) : undefined;
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function readFailure(name: string, cause: unknown): Failure {
  const code = (cause as { readonly code?: unknown }).code;
  const isPacking = typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ZSTD_'));
  return new Failure(isPacking ? 'source_corrupt' : 'source_unreadable', {
    message: isPacking
      ? `${name}: the compressed data is damaged or cut short`
      : describe(name, cause),
    retryable: false,
    cause,
  });
}

function describe(name: string, cause: unknown): string {
  const code = (cause as { readonly code?: unknown }).code;
  if (code === 'ENOENT') return `${name}: no such file`;
  if (code === 'EACCES') return `${name}: permission denied`;
  if (code === 'EISDIR') return `${name}: is a directory, not a file`;
  return `${name}: ${cause instanceof Error ? cause.message : String(cause)}`;
}
