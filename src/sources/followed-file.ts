import { open, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import { Failure } from '../base/failure.ts';
import type { RawRecord } from '../event/record.ts';
import { openFile } from './file.ts';
import { splitLines } from './lines.ts';
import type { Input, InputProgress, ReadFrom } from './source.ts';

const CHUNK_BYTES = 256 * 1024;
const PACKED = /\.(?:gz|zst|zstd)$/;

export interface FollowedFileOptions {
  readonly path: string;
  /** Ends the reading. */
  readonly closed: AbortSignal;
  /** How often the end of the file is looked at again. */
  readonly pollMs: number;
  /** Told when the file became shorter than what was read of it: it is not read on. */
  readonly onTruncated: (line: number) => void;
}

/** A file that is read as it grows; a packed one is read to its end. A line counts once its end is written. */
export class FollowedFile implements Input {
  readonly source: string;
  readonly partition = 0;
  readonly kind = 'keyed';
  readonly #options: FollowedFileOptions;
  #position: number | undefined;
  #isAtEnd = false;
  #records = 0;
  #bytes = 0;

  constructor(options: FollowedFileOptions) {
    this.#options = options;
    this.source = options.path;
  }

  get end(): number | undefined {
    return this.#isAtEnd ? this.#position : undefined;
  }

  get position(): number | undefined {
    return this.#position;
  }

  async *batches(from: ReadFrom): AsyncGenerator<readonly RawRecord[]> {
    const first = typeof from === 'object' && 'offset' in from ? from.offset : 1;
    const { path } = this.#options;
    this.#position = first;
    const lines = PACKED.test(path)
      ? openFile({ path }).batches()
      : splitLines(this.#chunks(), path);
    for await (const batch of lines) {
      // The half of a line that stands there at the end of reading is no line yet.
      if (this.#options.closed.aborted) return;
      const records = batch.filter(({ position }) => position.offset >= first);
      const last = records.at(-1);
      if (last === undefined) continue;
      this.#position = last.position.offset + 1;
      this.#records += records.length;
      this.#bytes += records.reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0);
      yield records;
    }
    this.#isAtEnd = true;
  }

  get progress(): InputProgress {
    return {
      source: this.source,
      partition: 0,
      task: 0,
      position: this.#position,
      end: this.end,
      lag: this.#isAtEnd ? 0 : undefined,
      records: this.#records,
      bytes: this.#bytes,
      recordsPerSecond: 0,
      bufferedRecords: 0,
      bufferedBytes: 0,
      isPaused: false,
    };
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    const { path, closed, pollMs, onTruncated } = this.#options;
    await using file = await open(path, 'r').catch((cause: unknown) => {
      throw new Failure('source_unreadable', {
        message: `${path}: can not be read`,
        retryable: false,
        cause,
      });
    });
    let at = 0;
    while (!closed.aborted) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
      if (bytesRead > 0) {
        at += bytesRead;
        this.#isAtEnd = false;
        yield buffer.subarray(0, bytesRead);
        continue;
      }
      const size = await sizeOf(path);
      // Rotated away: what was written to it has been read.
      if (size === undefined) return;
      if (size < at) {
        onTruncated(this.#position ?? 1);
        return;
      }
      this.#isAtEnd = true;
      await delay(pollMs, undefined, { signal: closed }).catch(() => undefined);
    }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.size;
}
