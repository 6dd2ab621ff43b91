import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { writeFailure } from './file-failure.ts';
import { openLineFile, type LineFile, type LineFileOptions } from './line-file.ts';

export interface RotatingFileOptions extends LineFileOptions {
  /** When a flush has made the file larger than this, the next line begins a new one. */
  readonly bytesMax: number;
  /** Earlier files that are kept beside the current one, `PATH.1` the newest. */
  readonly earlierMax: number;
}

/** A file of lines whose earlier part is put aside, and the oldest part deleted. */
export interface RotatingFile extends LineFile {
  /** Lines in the earlier files that were deleted since opening. */
  readonly deletedLines: number;
}

/** As `openLineFile`, and never larger than one flush above its bound. */
export function openRotatingFile(options: RotatingFileOptions): RotatingFile {
  if (options.truncate) {
    for (const path of earlierFiles(options.path)) rmSync(path, { force: true });
  }
  return new Rotating(options, openLineFile(options));
}

/** The files that rotation left, the oldest first, without the current one. */
export function earlierFiles(path: string): readonly string[] {
  const found: string[] = [];
  for (let number = 1; existsSync(`${path}.${number}`); number++)
    found.unshift(`${path}.${number}`);
  return found;
}

class Rotating implements RotatingFile {
  deletedLines = 0;
  readonly path: string;
  private readonly options: RotatingFileOptions;
  private file: LineFile;
  private last: Promise<void> = Promise.resolve();

  constructor(options: RotatingFileOptions, file: LineFile) {
    this.path = options.path;
    this.options = options;
    this.file = file;
  }

  add(line: string): void {
    this.file.add(line);
  }

  // Several writers may share the file; one flush ends before the next begins.
  flush(): Promise<void> {
    return this.inTurn(async () => {
      await this.file.flush();
      if (sizeOf(this.path) > this.options.bytesMax) await this.rotate();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.inTurn(() => this.file[Symbol.asyncDispose]());
  }

  private inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.last.then(action);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  // A crash between two renames leaves a gap in the numbers, which the next rotation closes. Lines
  // may be added at any moment: there is always a file that takes them.
  private async rotate(): Promise<void> {
    const full = this.file;
    try {
      this.shift(1);
      renameSync(this.path, `${this.path}.1`);
      this.file = openLineFile({ ...this.options, truncate: false });
    } catch (cause) {
      throw writeFailure(this.path, cause);
    }
    await full[Symbol.asyncDispose]();
  }

  /** Frees the place of this number. */
  private shift(number: number): void {
    const from = `${this.path}.${number}`;
    if (!existsSync(from)) return;
    if (number >= this.options.earlierMax) {
      const lines = countLines(from);
      rmSync(from);
      this.deletedLines += lines;
      return;
    }
    this.shift(number + 1);
    renameSync(from, `${this.path}.${number + 1}`);
  }
}

function countLines(path: string): number {
  const descriptor = openSync(path, 'r');
  const chunk = Buffer.alloc(1 << 20);
  let lines = 0;
  try {
    for (
      let length = readSync(descriptor, chunk);
      length > 0;
      length = readSync(descriptor, chunk)
    ) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0 && at < length; lines++) {
        at = chunk.indexOf(NEWLINE, at + 1);
      }
    }
  } finally {
    closeSync(descriptor);
  }
  return lines;
}

const NEWLINE = 0x0a;

function sizeOf(path: string): number {
  // A device has no size, and a file that somebody took away has none either.
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
