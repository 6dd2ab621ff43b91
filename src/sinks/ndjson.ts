import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import type { Alert } from '../alert/alert.ts';
import { closedFailure, readFailure, writeFailure } from './file-failure.ts';
import { openLineFile, type LineFile } from './line-file.ts';
import { checkedSettings, settingsSchema } from './settings.ts';
import type { Sink, SinkKind, SinkReceipt } from './sink.ts';

/** Alerts whose ids are remembered, to write none of them twice; older ones may appear again. */
export const IDS_REMEMBERED_MAX = 100_000;
/** How much of an existing file is read for the ids in it. */
const TAIL_BYTES_MAX = 64 << 20;

const FILE_SETTINGS = settingsSchema(
  { path: { type: 'string', minLength: 1, description: 'the file' } },
  ['path'],
);

/** Alert documents in a file. */
export const ndjson: SinkKind = {
  name: 'ndjson',
  description: 'alert documents, one a line, in a file',
  settings: FILE_SETTINGS,
  canBePrimary: false,
  keepsStates: false,
  open: async (settings) => {
    const { path } = checkedSettings<{ readonly path: string }>(FILE_SETTINGS, settings);
    return openNdjsonFile(path);
  },
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
export async function openNdjsonFile(path: string): Promise<Sink> {
  const file = openLineFile({ path, truncate: false, tornLine: 'remove' });
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
    const { lines, ids, receipt } = freshLines(batch, this.ids);
    // An id is remembered with its line: a line that was taken is never lost short of a crash, even
    // if the disk is full when it should be written.
    lines.forEach((line, index) => {
      this.file.add(line);
      this.ids.add(ids[index] ?? '');
    });
    await this.file.flush();
    return receipt;
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
    const { lines, ids, receipt } = freshLines(batch, this.ids);
    if (lines.length === 0) return receipt;
    // The callback comes when the reader has taken the text, which is the backpressure.
    await new Promise<void>((resolve, reject) => {
      this.stream.write(`${lines.join('\n')}\n`, (cause) => {
        if (cause === null || cause === undefined) resolve();
        else reject(writeFailure(this.name, cause));
      });
    });
    for (const id of ids) this.ids.add(id);
    return receipt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.stream.off('error', this.onError);
  }
}

/** The ids written last, at most `IDS_REMEMBERED_MAX`; the oldest is forgotten first. */
class RecentIds {
  private readonly ids = new Set<string>();

  has(id: string): boolean {
    return this.ids.has(id);
  }

  add(id: string): void {
    if (this.ids.has(id)) return;
    if (this.ids.size >= IDS_REMEMBERED_MAX) {
      const [oldest] = this.ids;
      if (oldest !== undefined) this.ids.delete(oldest);
    }
    this.ids.add(id);
  }
}

interface Fresh {
  readonly lines: readonly string[];
  /** Of the lines, one by one. */
  readonly ids: readonly string[];
  readonly receipt: SinkReceipt;
}

function freshLines(batch: readonly Alert[], known: RecentIds): Fresh {
  const lines: string[] = [];
  const ids = new Set<string>();
  let documents = 0;
  for (const { id, document } of batch) {
    if (document === undefined) continue;
    documents++;
    if (known.has(id) || ids.has(id)) continue;
    ids.add(id);
    lines.push(JSON.stringify(document));
  }
  return {
    lines,
    ids: [...ids],
    receipt: {
      created: lines.length,
      alreadyThere: documents - lines.length,
      advanced: 0,
      passed: batch.length,
      reduced: 0,
    },
  };
}

async function writtenIds(path: string): Promise<RecentIds> {
  const ids = new RecentIds();
  const { size } = await stat(path);
  const start = Math.max(0, size - TAIL_BYTES_MAX);
  const lines = createInterface({ input: createReadStream(path, { start }), crlfDelay: Infinity });
  for await (const line of lines) {
    const id = idOf(line);
    if (id !== undefined) ids.add(id);
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
