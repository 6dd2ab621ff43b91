import {
  closeSync,
  fstatSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { closedFailure, openFailure, writeFailure } from './file-failure.ts';

export interface LineFileOptions {
  readonly path: string;
  readonly truncate: boolean;
  /** What to do with a last line that a crash cut short: default is to end it where it stands. */
  readonly tornLine?: 'end' | 'remove';
}

/** An append-only file of lines, buffered, that survives a full disk without tearing a line. */
export interface LineFile extends AsyncDisposable {
  readonly path: string;
  /**
   * Takes a line without its newline. Throws a Failure, and takes nothing, when the buffer cannot
   * be emptied.
   */
  add(line: string): void;
  /** Writes and synchronises everything taken so far. */
  flush(): Promise<void>;
  /** Flushes and closes; again does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Bytes waiting for the disk before a line is written through: more lines a call, bounded memory.
 */
export const LINE_BUFFER_BYTES_MAX: number = 1 << 18;
const NEWLINE = 0x0a;

/** Opens or creates the file, owner-only, with the folders above it. */
export function openLineFile(options: LineFileOptions): LineFile {
  const { path } = options;
  let descriptor: number | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    descriptor = openSync(path, options.truncate ? 'w+' : 'a+', 0o600);
    mendTornLine(descriptor, options.tornLine ?? 'end');
  } catch (cause) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw openFailure(path, cause);
  }
  return new BufferedLineFile(path, descriptor);
}

class BufferedLineFile implements LineFile {
  readonly path: string;
  private descriptor: number | undefined;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.descriptor = descriptor;
  }

  add(line: string): void {
    if (this.descriptor === undefined) throw closedFailure(this.path);
    if (this.waitingBytes >= LINE_BUFFER_BYTES_MAX) this.writeOut(this.descriptor);
    const bytes = Buffer.from(`${line}\n`);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
  }

  async flush(): Promise<void> {
    if (this.descriptor === undefined) throw closedFailure(this.path);
    const descriptor = this.reopened(this.descriptor);
    this.descriptor = descriptor;
    this.writeOut(descriptor);
    await synchronise(this.path, descriptor);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { descriptor } = this;
    if (descriptor === undefined) return;
    this.descriptor = undefined;
    try {
      this.writeOut(descriptor);
      await synchronise(this.path, descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  // Somebody may have moved the file aside (logrotate) or deleted it: what is written from now on
  // belongs into the file of that name.
  private reopened(descriptor: number): number {
    const { dev, ino } = fstatSync(descriptor);
    const found = statSync(this.path, { throwIfNoEntry: false });
    if (found?.ino === ino && found.dev === dev) return descriptor;
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      const opened = openSync(this.path, 'a+', 0o600);
      closeSync(descriptor);
      return opened;
    } catch (cause) {
      throw writeFailure(this.path, cause);
    }
  }

  // What a full disk refused stays in the buffer from the first unwritten byte on, so that trying
  // again continues in the middle of the line.
  private writeOut(descriptor: number): void {
    if (this.waitingBytes === 0) return;
    const bytes = Buffer.concat(this.waiting);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    } catch (cause) {
      throw writeFailure(this.path, cause);
    } finally {
      this.waiting = written < bytes.length ? [bytes.subarray(written)] : [];
      this.waitingBytes = bytes.length - written;
    }
  }
}

function synchronise(path: string, descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(descriptor, (cause) => {
      // A pipe or a terminal cannot be synchronised; what was written to it has left our hands.
      if (cause === null || cause.code === 'EINVAL') resolve();
      else reject(writeFailure(path, cause));
    });
  });
}

function mendTornLine(descriptor: number, how: 'end' | 'remove'): void {
  const stat = fstatSync(descriptor);
  if (!stat.isFile() || stat.size === 0) return;
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, stat.size - 1);
  if (byte[0] === NEWLINE) return;
  if (how === 'end') writeSync(descriptor, '\n');
  else ftruncateSync(descriptor, lastLineStart(descriptor, stat.size));
}

function lastLineStart(descriptor: number, size: number): number {
  const chunk = Buffer.alloc(1 << 16);
  for (let end = size; end > 0;) {
    const from = Math.max(0, end - chunk.length);
    const length = readSync(descriptor, chunk, 0, end - from, from);
    const at = chunk.lastIndexOf(NEWLINE, length - 1);
    if (at >= 0 && at < length) return from + at + 1;
    end = from;
  }
  return 0;
}
