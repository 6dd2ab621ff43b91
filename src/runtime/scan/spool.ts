import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

import { assert } from '../../base/assert.ts';
import { Failure } from '../../base/failure.ts';

const BUFFER_BYTES_MAX = 1 << 20;
const READ_BYTES = 1 << 16;
const LENGTH_BYTES = 4;

/**
 * A nameless temporary file: its space is given back when the process ends, however it ends. All threads of the
 * process may use the descriptor.
 */
export function openSpoolFile(): number {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-'));
    return openSync(join(folder, 'findings'), 'wx+', 0o600);
  } catch (cause) {
    const message = `${tmpdir()}: no temporary file can be made there`;
    throw new Failure('store_unopenable', { message, retryable: false, cause });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives a spool file's space back. */
export function closeSpoolFile(descriptor: number): void {
  closeSync(descriptor);
}

/** A piece of a spool file, in bytes. */
export interface SpoolRange {
  readonly descriptor: number;
  readonly from: number;
  readonly to: number;
}

/** Appends values to a spool file, in large writes. */
export class SpoolWriter<T> {
  private readonly descriptor: number;
  private readonly from: number;
  private written: number;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;

  constructor(descriptor: number, from: number) {
    this.descriptor = descriptor;
    this.from = from;
    this.written = from;
  }

  add(value: T): void {
    const bytes = serialize(value);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(bytes.length);
    this.waiting.push(length, bytes);
    this.waitingBytes += LENGTH_BYTES + bytes.length;
    if (this.waitingBytes > BUFFER_BYTES_MAX) this.flush();
  }

  /** Writes what is left and returns where everything stands. */
  finish(): SpoolRange {
    this.flush();
    return { descriptor: this.descriptor, from: this.from, to: this.written };
  }

  private flush(): void {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    try {
      for (let at = 0; at < bytes.length;) {
        at += writeSync(this.descriptor, bytes, at, bytes.length - at, this.written + at);
      }
    } catch (cause) {
      const message = `${tmpdir()}: a temporary file cannot be written: ${(cause as Error).message}`;
      throw new Failure('store_unwritable', { message, retryable: false, cause });
    }
    this.written += bytes.length;
  }
}

/** Reads the values again, in the order in which they were added. */
export function* readSpool<T>({ descriptor, from, to }: SpoolRange): Generator<T> {
  let held: Buffer = Buffer.alloc(0);
  let next = from;
  const need = (bytes: number): void => {
    if (held.length >= bytes) return;
    const size = Math.min(Math.max(READ_BYTES, bytes - held.length), to - next);
    const more = Buffer.alloc(size);
    let got = 0;
    while (got < size) {
      const count = readSync(descriptor, more, got, size - got, next + got);
      assert(count > 0, 'a spool ends before its end');
      got += count;
    }
    next += size;
    held = Buffer.concat([held, more]);
  };
  while (next < to || held.length > 0) {
    need(LENGTH_BYTES);
    const length = held.readUInt32LE();
    need(LENGTH_BYTES + length);
    yield deserialize(held.subarray(LENGTH_BYTES, LENGTH_BYTES + length)) as T;
    held = held.subarray(LENGTH_BYTES + length);
  }
}
