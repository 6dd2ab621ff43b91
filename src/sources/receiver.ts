import type { Position, RawRecord } from '../event/record.ts';
import type { HttpServer } from './http-server.ts';
import type { Assignment, Input, ReadFrom, SharedSource } from './source.ts';
import type { Spool } from './spool.ts';

/** What a receiver is made of; it closes both. */
export interface ReceiverParts {
  /** Names the log in positions: like a topic's, so that a batch that is sent again is known again. */
  readonly name: string;
  readonly spool: Spool;
  readonly server: HttpServer;
}

/** A source of what others send over HTTP: one task, whose log is the spool. */
export function shareReceiver({ name, spool, server }: ReceiverParts): SharedSource {
  const closing = new AbortController();
  const input = new SpoolInput(name, spool);
  const assignment = {
    task: 0,
    tasks: 1,
    generation: 1,
    inputs: [input],
    revoked: closing.signal,
    acknowledge: (positions: readonly Position[]) => acknowledge(spool, name, positions),
    release: (): void => undefined,
  };
  return {
    name: `${name} at ${server.address}`,
    isReady: true,
    async *assignments(): AsyncGenerator<Assignment> {
      yield assignment;
    },
    progress: () => [input.progress],
    [Symbol.asyncDispose]: async () => {
      closing.abort('closed');
      // First nothing more is taken in, then what was is on the disk.
      await server[Symbol.asyncDispose]();
      await spool[Symbol.asyncDispose]();
    },
  };
}

async function acknowledge(
  spool: Spool,
  name: string,
  positions: readonly Position[],
): Promise<void> {
  for (const { source, offset } of positions) {
    if (source === name) await spool.acknowledge(offset);
  }
}

class SpoolInput implements Input {
  readonly source: string;
  readonly partition = 0;
  readonly kind = 'keyed';
  readonly #spool: Spool;
  #position: number | undefined;
  #records = 0;
  #bytes = 0;

  constructor(source: string, spool: Spool) {
    this.source = source;
    this.#spool = spool;
  }

  get end(): number {
    return this.#spool.end;
  }

  get position(): number | undefined {
    return this.#position;
  }

  async *batches(from: ReadFrom): AsyncGenerator<readonly RawRecord[]> {
    const start = typeof from === 'object' && 'offset' in from ? from.offset : this.#spool.start;
    this.#position = start;
    for await (const lines of this.#spool.read(start)) {
      const records = lines.map(({ offset, line }): RawRecord => {
        this.#bytes += line.length;
        return { payload: line, position: { source: this.source, partition: 0, offset } };
      });
      this.#records += records.length;
      this.#position = (records.at(-1)?.position.offset ?? start) + 1;
      yield records;
    }
  }

  get progress(): ReturnType<SharedSource['progress']>[number] {
    const position = this.#position;
    return {
      source: this.source,
      partition: 0,
      task: 0,
      position,
      end: this.end,
      lag: position === undefined ? undefined : this.end - position,
      records: this.#records,
      bytes: this.#bytes,
      recordsPerSecond: 0,
      bufferedRecords: 0,
      bufferedBytes: 0,
      isPaused: false,
    };
  }
}
