import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import type { Alert } from '../alert/alert.ts';
import { closedFailure, readFailure, writeFailure } from './file-failure.ts';
import type { LineFile } from './line-file.ts';
import { documentReceipt, freshAlerts, RecentIds } from './recent-ids.ts';
import { earlierFiles, openRotatingFile } from './rotating-file.ts';
import { checkedSettings, settingsSchema } from './settings.ts';
import type { Sink, SinkKind, SinkReceipt } from './sink.ts';

/** How much of an existing file is read for the ids in it. */
const TAIL_BYTES_MAX = 64 << 20;

export interface NdjsonFileSettings {
  readonly path: string;
  readonly rotate_bytes?: number;
  readonly earlier_files?: number;
}

const EARLIER_FILES = 10;

const FILE_SETTINGS = settingsSchema(
  {
    path: { type: 'string', minLength: 1, description: 'the file' },
    rotate_bytes: {
      type: 'integer',
      minimum: 1000,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'a larger file is put aside as PATH.1, and so on; absent: never',
    },
    earlier_files: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: EARLIER_FILES,
      description: 'files put aside that are kept; the oldest is deleted',
    },
  },
  ['path'],
);

/** Alert documents in a file. */
export const ndjson: SinkKind = {
  name: 'ndjson',
  description: 'alert documents, one a line, in a file',
  settings: FILE_SETTINGS,
  canBePrimary: false,
  keepsStates: false,
  open: async (settings) => openNdjsonFile(checkedSettings(FILE_SETTINGS, settings)),
};

/** Alert documents on standard output. */
export const stdout: SinkKind = {
  name: 'stdout',
  description: 'alert documents, one a line, on standard output',
  settings: settingsSchema({}, []),
  canBePrimary: false,
  keepsStates: false,
  open: async () => openNdjsonStream(process.stdout, 'standard output'),
};

/**
 * Opens a file of alert documents, one a line, appending to what is there. A line that a crash cut
 * short is removed, and alerts at the end of the file are known again, so a restart writes none of
 * them twice.
 */
export async function openNdjsonFile(settings: NdjsonFileSettings): Promise<Sink> {
  const { path, rotate_bytes: bytesMax = Number.POSITIVE_INFINITY } = settings;
  const earlierMax = settings.earlier_files ?? EARLIER_FILES;
  const file = openRotatingFile({
    path,
    truncate: false,
    tornLine: 'remove',
    bytesMax,
    earlierMax,
  });
  try {
    return new NdjsonFile(file, await writtenIds(path));
  } catch (cause) {
    await file[Symbol.asyncDispose]();
    throw readFailure(path, cause);
  }
}

/**
 * Writes alert documents to a stream, one a line, as fast as its reader takes them. The stream
 * stays open.
 */
export function openNdjsonStream(stream: Writable, name: string): Sink {
  return new NdjsonStream(stream, name);
}

class NdjsonFile implements Sink {
  readonly name: string;
  private readonly file: LineFile;
  private readonly ids: RecentIds;
  private isClosed = false;

  constructor(file: LineFile, ids: RecentIds) {
    this.name = file.path;
    this.file = file;
    this.ids = ids;
  }

  async write(batch: readonly Alert[]): Promise<SinkReceipt> {
    if (this.isClosed) throw closedFailure(this.name);
    const fresh = freshAlerts(batch, this.ids);
    // An id is remembered with its line: a line that was taken is never lost short of a crash, even
    // if the disk is full when it should be written.
    for (const { id, document } of fresh) {
      this.file.add(JSON.stringify(document));
      this.ids.add(id);
    }
    await this.file.flush();
    return documentReceipt(batch, fresh.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    await this.file[Symbol.asyncDispose]();
  }
}

class NdjsonStream implements Sink {
  readonly name: string;
  private readonly stream: Writable;
  private readonly ids = new RecentIds();
  private isClosed = false;
  private broken: Error | undefined;
  // A reader may go away between two batches, when nobody waits for an answer.
  private readonly onError = (cause: Error): void => {
    this.broken = cause;
  };

  constructor(stream: Writable, name: string) {
    this.stream = stream;
    this.name = name;
    stream.on('error', this.onError);
  }

  async write(batch: readonly Alert[]): Promise<SinkReceipt> {
    if (this.isClosed) throw closedFailure(this.name);
    if (this.broken !== undefined) throw writeFailure(this.name, this.broken);
    const fresh = freshAlerts(batch, this.ids);
    const receipt = documentReceipt(batch, fresh.length);
    if (fresh.length === 0) return receipt;
    const lines = fresh.map(({ document }) => JSON.stringify(document));
    // The callback comes when the reader has taken the text, which is the backpressure.
    await new Promise<void>((resolve, reject) => {
      this.stream.write(`${lines.join('\n')}\n`, (cause) => {
        if (cause === null || cause === undefined) resolve();
        else reject(writeFailure(this.name, cause));
      });
    });
    for (const { id } of fresh) this.ids.add(id);
    return receipt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stream.off('error', this.onError);
  }
}

/** Of the newest part of the file and of those that were put aside before it. */
async function writtenIds(path: string): Promise<RecentIds> {
  const parts: { readonly file: string; readonly start: number }[] = [];
  let left = TAIL_BYTES_MAX;
  for (const file of [...earlierFiles(path), path].toReversed()) {
    const { size } = await stat(file);
    if (left <= 0) break;
    parts.unshift({ file, start: Math.max(0, size - left) });
    left -= size;
  }
  const ids = new RecentIds();
  for (const { file, start } of parts) {
    const lines = createInterface({
      input: createReadStream(file, { start }),
      crlfDelay: Infinity,
    });
    for await (const line of lines) {
      const id = idOf(line);
      if (id !== undefined) ids.add(id);
    }
  }
  return ids;
}

function idOf(line: string): string | undefined {
  try {
    const document: unknown = JSON.parse(line);
    const event = property(document, 'event');
    const id = property(event, 'id');
    return typeof id === 'string' ? id : undefined;
  } catch {
    // The first line of the part that is read, or one that somebody else wrote.
    return undefined;
  }
}

function property(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
