import type { Candidates } from './candidates.ts';
import type { Frame, Slot } from './frame.ts';
import type { MemoBudget } from './memo.ts';
import type { FieldLeaf, PresenceLeaf } from './nodes.ts';
import { ValueIndex } from './value-index.ts';
import type { Watch } from './watches.ts';

/** What rules look for in one field. */
export class FieldWatches {
  readonly onValue: Watch<FieldLeaf>[] = [];
  /** Rules that need the field to be there. */
  readonly onPresence: number[] = [];

  add(leaf: FieldLeaf | PresenceLeaf, rules: readonly number[]): void {
    // What a reference says depends on the other field too, so that it is no value's to be
    // remembered.
    if (leaf.kind === 'presence' || leaf.match.kind === 'fieldref') this.onPresence.push(...rules);
    else this.onValue.push({ leaf, rules });
  }
}

/** Which rules become candidates because of one field. */
export class FieldIndex {
  readonly #slot: Slot;
  readonly #values: ValueIndex | undefined;
  readonly #onPresence: Int32Array;

  constructor(slot: Slot, watches: FieldWatches, rules: number, budget: MemoBudget) {
    this.#slot = slot;
    this.#onPresence = Int32Array.from(watches.onPresence);
    this.#values =
      watches.onValue.length === 0 ? undefined : new ValueIndex(watches.onValue, rules, budget);
  }

  /** Adds the rules for which the frame's event has what they need of this field. */
  nominate(frame: Frame, candidates: Candidates): void {
    const slot = this.#slot;
    const shared = frame.sharedValue(slot);
    if (shared !== undefined && this.#values?.recall(shared, candidates) === true) {
      candidates.add(this.#onPresence);
      return;
    }
    slot.load(frame);
    if (!slot.present) return;
    candidates.add(this.#onPresence);
    const values = this.#values;
    if (values === undefined) return;
    if (slot.elements === undefined) values.nominate(slot.single, frame, candidates);
    else for (const element of slot.elements) values.nominate(element, frame, candidates);
  }

  /** Frees what the index remembers, when another takes its place. */
  close(): void {
    this.#values?.close();
  }
}
