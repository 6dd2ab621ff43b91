import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { RawRecord } from '../event/record.ts';
import { readFailure } from './file-failure.ts';
import { letterLine, readLetter, type Letter, type RefusalReason } from './letter.ts';
import { earlierFiles, openRotatingFile, type RotatingFile } from './rotating-file.ts';

export interface DeadLetterOptions {
  readonly path: string;
  /** Start an empty file instead of appending to what an earlier run refused. */
  readonly truncate?: boolean;
  /** A larger file is put aside as `PATH.1`, and so on. Default `BYTES_MAX`. */
  readonly bytesMax?: number;
  /** Files put aside that are kept; the oldest is deleted. Default `EARLIER_MAX`. */
  readonly earlierMax?: number;
  /** When a record was refused, for people; no verdict depends on it. */
  readonly now?: () => number;
}

/** Keeps what was refused, with its reason, so that no input is lost in silence. */
export interface DeadLetter extends AsyncDisposable {
  /** A name for people: a path, a topic. */
  readonly name: string;
  /** Records kept since opening. */
  readonly count: number;
  /** Records of earlier times that were deleted since opening, to stay within the bound. */
  readonly deleted: number;
  /**
   * Takes a record; it is on disk after `flush`. Throws a Failure and takes nothing when the disk
   * is full.
   */
  add(record: RawRecord, problem: RefusalReason): void;
  /** Returns when everything added so far would survive a power cut. */
  flush(): Promise<void>;
  /** Flushes and closes; again does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** 1.1 GB in all: a flood of refused records must not fill the disk of the detector. */
export const BYTES_MAX: number = 100 << 20;
export const EARLIER_MAX = 10;

/**
 * Opens a dead-letter file, NDJSON, one refused record a line. It holds raw telemetry: owner-only.
 */
export function openDeadLetter(options: DeadLetterOptions): DeadLetter {
  const { path, truncate = false, bytesMax = BYTES_MAX, earlierMax = EARLIER_MAX } = options;
  const file = openRotatingFile({ path, truncate, bytesMax, earlierMax });
  return new DeadLetterFile(file, options.now ?? Date.now);
}

class DeadLetterFile implements DeadLetter {
  count = 0;
  readonly name: string;
  private readonly file: RotatingFile;
  private readonly now: () => number;

  constructor(file: RotatingFile, now: () => number) {
    this.name = file.path;
    this.file = file;
    this.now = now;
  }

  get deleted(): number {
    return this.file.deletedLines;
  }

  add(record: RawRecord, problem: RefusalReason): void {
    this.file.add(letterLine(record, problem, { refusedAt: this.now() }));
    this.count++;
  }

  flush(): Promise<void> {
    return this.file.flush();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.file[Symbol.asyncDispose]();
  }
}

/**
 * Reads a dead-letter file back, what rotation put aside first; a line that is no letter (torn by a
 * crash) is given as undefined.
 */
export async function* readDeadLetter(path: string): AsyncGenerator<Letter | undefined> {
  for (const file of [...earlierFiles(path), path]) {
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
    try {
      for await (const line of lines) {
        if (line !== '') yield readLetter(line);
      }
    } catch (cause) {
      throw readFailure(file, cause);
    }
  }
}
