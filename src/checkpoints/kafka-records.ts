import type { KeyedRecord } from '../kafka/partition-reader.ts';
import type { OutgoingMessage } from '../kafka/producer.ts';
import type { PlacedMark } from './mark.ts';

type Kind = 'claim' | 'mark' | 'chunk' | 'manifest';

/** A mark as found, and its key. */
interface FoundMark {
  readonly key: string;
  readonly mark: PlacedMark;
}

/**
 * The records of one task in a compacted topic. Every key names its owner, so that no owner can
 * overwrite or delete what another has written: `[kind, task, owner, name]`.
 */
export class TaskRecords {
  readonly #task: string;
  readonly #values: Map<string, Uint8Array> = new Map();
  readonly #marks: Map<string, PlacedMark> = new Map();
  /** Keys of marks that an owner wrote after another had taken over. */
  readonly #stale: Set<string> = new Set();
  #owner: string | undefined;

  constructor(task: string) {
    this.#task = task;
  }

  static claim(task: string, owner: string): OutgoingMessage {
    return { key: keyOf('claim', task, owner, ''), value: owner };
  }

  /** Takes records in the log's order; those of other tasks are passed over. */
  take({ key, value }: KeyedRecord): void {
    const parts = partsOf(key);
    if (parts === undefined || parts.task !== this.#task) return;
    if (value === null) {
      this.#values.delete(key);
      this.#marks.delete(key);
      this.#stale.delete(key);
      return;
    }
    this.#values.set(key, value);
    if (parts.kind === 'claim') this.#owner = parts.owner;
    if (parts.kind !== 'mark') return;
    const isStale = this.#owner !== undefined && this.#owner !== parts.owner;
    if (isStale) this.#stale.add(key);
    else this.#marks.set(key, JSON.parse(textOf(value)) as PlacedMark);
  }

  /** Every key that holds a value. */
  get keys(): ReadonlySet<string> {
    return new Set(this.#values.keys());
  }

  /** Marks that count, in their order. */
  get marks(): readonly FoundMark[] {
    return [...this.#marks]
      .map(([key, mark]) => ({ key, mark }))
      .toSorted((one, other) => one.mark.sequence - other.mark.sequence);
  }

  /** The manifests' texts with their owners. */
  get manifests(): readonly { readonly owner: string; readonly text: string }[] {
    return [...this.#values].flatMap(([key, value]) => {
      const parts = partsOf(key);
      return parts?.kind === 'manifest' ? [{ owner: parts.owner, text: textOf(value) }] : [];
    });
  }

  chunk(owner: string, digest: string): Uint8Array | undefined {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const name = pieceName(digest, pieces.length);
      const piece = this.#values.get(keyOf('chunk', this.#task, owner, name));
      if (piece === undefined) break;
      pieces.push(piece);
    }
    return pieces.length === 0 ? undefined : Buffer.concat(pieces);
  }
}

/** The key of a record. */
export function keyOf(kind: Kind, task: string, owner: string, name: string): string {
  return JSON.stringify([kind, task, owner, name]);
}

/** What a key names, or undefined for one that is not ours. */
export function partsOf(
  key: string,
): { kind: Kind; task: string; owner: string; name: string } | undefined {
  try {
    const [kind, task, owner, name] = JSON.parse(key) as [Kind, string, string, string];
    return { kind, task, owner, name };
  } catch {
    return undefined;
  }
}

interface OwnedChunk {
  readonly task: string;
  readonly owner: string;
  readonly digest: string;
}

/** Brokers refuse messages above 1 MiB, and one value in a chunk can be as large as a record. */
const PIECE_BYTES = 512 * 1024;

/** A chunk as messages, in pieces that every broker takes. */
export function chunkMessages(
  chunk: OwnedChunk & { readonly data: Uint8Array },
): readonly OutgoingMessage[] {
  const { data } = chunk;
  return chunkKeys({ ...chunk, size: data.length }).map((key, index) => ({
    key,
    value: data.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
  }));
}

/** The keys of a chunk's pieces. */
export function chunkKeys(chunk: OwnedChunk & { readonly size: number }): readonly string[] {
  const { task, owner, digest, size } = chunk;
  const count = Math.max(1, Math.ceil(size / PIECE_BYTES));
  return Array.from({ length: count }, (_, index) =>
    keyOf('chunk', task, owner, pieceName(digest, index)),
  );
}

function pieceName(digest: string, index: number): string {
  return `${digest}:${String(index)}`;
}

function textOf(value: Uint8Array): string {
  return Buffer.from(value).toString('utf8');
}
