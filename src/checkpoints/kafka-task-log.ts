import type { OutgoingMessage } from '../kafka/producer.ts';
import type { Checkpoint, CheckpointReceipt, Restored, TaskLog } from './checkpoint.ts';
import { chunkKeys, chunkMessages, keyOf, partsOf, type TaskRecords } from './kafka-records.ts';
import { openManifest, sealManifest } from './manifest.ts';
import type { PlacedMark } from './mark.ts';
import { manifestOf, packState } from './pack.ts';
import { GENERATIONS_KEPT, restoreTask } from './restore.ts';

export interface KafkaTaskOptions {
  readonly name: string;
  readonly task: string;
  readonly owner: string;
  readonly records: TaskRecords;
  readonly send: (messages: readonly OutgoingMessage[]) => Promise<void>;
}

/** A checkpoint of ours that is kept, and its chunks. */
interface Kept {
  readonly key: string;
  readonly marks: number;
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * The log of one task in a compacted topic. The first checkpoint of an owner is written whole; later
 * ones write what has changed. Older records are deleted once three checkpoints of ours are there.
 */
export class KafkaTaskLog implements TaskLog {
  readonly restored: Restored;
  readonly #options: Omit<KafkaTaskOptions, 'records'>;
  readonly #term: number;
  #kept: readonly Kept[] = [];
  /** Written by owners before us; undefined once deleted. */
  #inherited: ReadonlySet<string> | undefined;
  readonly #inheritedMarks: ReadonlyMap<string, number>;
  #ownMarks: readonly { readonly key: string; readonly sequence: number }[] = [];
  #number = 0;

  // What was read is let go of when it is restored: it is as large as the state.
  constructor({ records, ...options }: KafkaTaskOptions) {
    this.#options = options;
    const { owner } = options;
    const owners = new Map(records.manifests.map(({ owner: by, text }) => [text, by]));
    let term = 0;
    for (const { text } of records.manifests) {
      const manifest = openManifest(text);
      if (typeof manifest !== 'string') term = Math.max(term, manifest.term);
    }
    this.#term = term + 1;
    const { restored } = restoreTask({
      manifests: [...owners.keys()],
      marks: records.marks.map(({ mark }) => mark),
      chunk: (digest, manifest) => records.chunk(owners.get(manifest) ?? '', digest),
    });
    this.restored = restored;
    const isOurs = (key: string): boolean => partsOf(key)?.owner === owner;
    this.#inheritedMarks = new Map(
      records.marks.map(({ key, mark }): [string, number] => [key, mark.sequence]),
    );
    this.#inherited = new Set([...records.keys].filter((key) => !isOurs(key)));
  }

  async append(mark: PlacedMark): Promise<void> {
    const { task, owner, send } = this.#options;
    const { sequence } = mark;
    const key = keyOf('mark', task, owner, String(sequence));
    await send([{ key, value: JSON.stringify(mark) }]);
    this.#ownMarks = [...this.#ownMarks, { key, sequence }];
  }

  async write(checkpoint: Checkpoint): Promise<CheckpointReceipt> {
    const { task, owner, send } = this.#options;
    const before = this.#kept[0]?.sizes ?? new Map<string, number>();
    const packed = await packState(checkpoint, before, (chunk) =>
      send(chunkMessages({ task, owner, ...chunk })),
    );
    this.#number += 1;
    const manifest = manifestOf(checkpoint, packed, {
      task,
      term: this.#term,
      number: this.#number,
    });
    const key = keyOf('manifest', task, owner, String(this.#number));
    await send([{ key, value: sealManifest(manifest) }]);
    await this.#prune({ key, marks: checkpoint.marks, sizes: packed.sizes });
    return packed;
  }

  async forget(): Promise<void> {
    const own = this.#kept.flatMap((kept) => [kept.key, ...this.#chunkKeys(kept)]);
    const marks = this.#ownMarks.map(({ key }) => key);
    await this.#delete([...(this.#inherited ?? []), ...own, ...marks]);
    this.#inherited = undefined;
    this.#kept = [];
    this.#ownMarks = [];
  }

  // Deletes what no kept checkpoint needs: only what is ours, and what owners before us have left.
  async #prune(written: Kept): Promise<void> {
    const all = [written, ...this.#kept];
    this.#kept = all.slice(0, GENERATIONS_KEPT);
    const needed = new Set(this.#kept.flatMap((kept) => this.#chunkKeys(kept)));
    const gone = all.slice(GENERATIONS_KEPT);
    const keys = gone.flatMap((kept) => [kept.key, ...this.#chunkKeys(kept)]);
    const oldest = Math.min(...this.#kept.map(({ marks }) => marks));
    if (this.#kept.length === GENERATIONS_KEPT) {
      const old = this.#ownMarks.filter(({ sequence }) => sequence <= oldest);
      this.#ownMarks = this.#ownMarks.filter(({ sequence }) => sequence > oldest);
      keys.push(...old.map(({ key }) => key), ...this.#outlived(oldest));
    }
    await this.#delete(keys.filter((key) => !needed.has(key)));
  }

  // Of what was there before us only marks that are still to come stay.
  #outlived(oldest: number): readonly string[] {
    if (this.#inherited === undefined) return [];
    const coming = [...this.#inheritedMarks].filter(([, sequence]) => sequence > oldest);
    const alive = new Set(coming.map(([key]) => key));
    const keys = [...this.#inherited].filter((key) => !alive.has(key));
    this.#inherited = alive.size > 0 ? alive : undefined;
    return keys;
  }

  #chunkKeys({ sizes }: Kept): readonly string[] {
    const { task, owner } = this.#options;
    return [...sizes].flatMap(([digest, size]) => chunkKeys({ task, owner, digest, size }));
  }

  async #delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#options.send(keys.map((key) => ({ key, value: null })));
  }
}
