import { statSync } from 'node:fs';
import { resolve } from 'node:path';

import type { RawRecord } from '../event/record.ts';
import { STDIN, openFile } from './file.ts';
import type { Assignment, Input, ReadFrom, SharedSource, SourceKind } from './source.ts';

/** Files, read as one log. */
export const file: SourceKind = {
  name: 'file',
  description: 'files of one record a line, plain, gzip or zstd, read to their ends as one log',
  settings: {
    type: 'object',
    properties: {
      paths: {
        type: 'array',
        items: { type: 'string', minLength: 1 },
        minItems: 1,
        description: 'the files, merged by event time',
      },
    },
    required: ['paths'],
    additionalProperties: false,
  },
  open: async (settings) => shareFiles((settings as { readonly paths: readonly string[] }).paths),
};

/** Standard input. It can not be read again: what was not judged when the process ends is gone. */
export const stdin: SourceKind = {
  name: 'stdin',
  description: 'standard input, one record a line; it can not be read again after a stop',
  settings: { type: 'object', properties: {}, additionalProperties: false },
  open: async () => shareFiles([STDIN]),
};

/** Files as a source with a single task. */
export function shareFiles(paths: readonly string[]): SharedSource {
  const closing = new AbortController();
  const inputs = paths.map((path) => new FileInput(path));
  const assignment: Assignment = {
    task: 0,
    tasks: 1,
    generation: 1,
    inputs,
    revoked: closing.signal,
    acknowledge: async () => undefined,
    release: () => undefined,
  };
  return {
    name: paths.length === 1 ? (paths[0] ?? '') : `${String(paths.length)} files`,
    isReady: true,
    async *assignments(): AsyncGenerator<Assignment> {
      yield assignment;
    },
    progress: () => inputs.map((input) => input.progress),
    [Symbol.asyncDispose]: async () => {
      closing.abort('closed');
      for (const input of inputs) input.close();
    },
  };
}

class FileInput implements Input {
  readonly source: string;
  readonly partition = 0;
  readonly kind = 'keyed';
  readonly #path: string;
  readonly #isPipe: boolean;
  #position: number | undefined;
  #records = 0;
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#isPipe = path === STDIN || statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
    this.source = path === STDIN ? STDIN : resolve(path);
  }

  // A pipe that gives nothing has nothing; a file that gives nothing is only slow.
  get end(): number | undefined {
    return this.#isPipe ? this.#position : undefined;
  }

  get position(): number | undefined {
    return this.#position;
  }

  async *batches(from: ReadFrom): AsyncGenerator<readonly RawRecord[]> {
    const first = typeof from === 'object' && 'offset' in from ? from.offset : 0;
    // Lines of a pipe go on from where the process before had stopped.
    const shift = this.#isPipe ? first : 0;
    this.#position = first;
    await using input = openFile({ path: this.#path });
    for await (const batch of input.batches()) {
      const records = batch.flatMap((record) => this.#moved(record, shift, first));
      const last = records.at(-1);
      if (last === undefined) continue;
      this.#position = last.position.offset + 1;
      this.#records += records.length;
      yield records;
    }
  }

  /** A pipe that is still open would keep the process alive. */
  close(): void {
    if (this.#path === STDIN) process.stdin.destroy();
  }

  get progress(): ReturnType<SharedSource['progress']>[number] {
    return {
      source: this.source,
      partition: 0,
      task: 0,
      position: this.#position,
      end: this.end,
      lag: undefined,
      records: this.#records,
      bytes: this.#bytes,
      recordsPerSecond: 0,
      bufferedRecords: 0,
      bufferedBytes: 0,
      isPaused: false,
    };
  }

  #moved(record: RawRecord, shift: number, first: number): readonly RawRecord[] {
    const offset = record.position.offset + shift;
    if (offset < first) return [];
    this.#bytes += record.payload?.length ?? 0;
    if (shift === 0) return [record];
    return [{ ...record, position: { ...record.position, offset } }];
  }
}
