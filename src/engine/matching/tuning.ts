import type { Candidates } from './candidates.ts';
import type { Frame, Slot } from './frame.ts';
import type { Leaf, Node } from './nodes.ts';
import type { CompiledRule } from './program.ts';
import { chooseWitness, expectedFrequency, fieldShares, positiveLeaves } from './witness.ts';
import type { Witness } from './witness.ts';

const windowEvents = 256;
const pauseFactor = 8;
const pauseEventsMax = 2 ** 22;
// A rule that was held against so many events of a window in vain has a poor witness.
const fruitlessMax = 3;

interface Measure {
  readonly since: number;
  held: number;
}

/**
 * Watches a window of events, then ever rarer windows, for rules that are held against events in
 * vain, and measures how often their predicates hold. What it finds changes how much work is done,
 * never a verdict.
 */
export class Tuning {
  readonly #rules: readonly CompiledRule[];
  readonly #frequencies = new Map<Leaf, number>();
  #shares: ReadonlyMap<Slot, number> | undefined;
  readonly #fruitless: Int32Array;
  readonly #measures = new Map<Leaf, Measure>();
  #watched: number[] = [];
  #events = 0;
  #pause = windowEvents;
  #wait = 0;

  constructor(rules: readonly CompiledRule[]) {
    this.#rules = rules;
    this.#fruitless = new Int32Array(rules.length);
  }

  /** True if this event is to be observed. */
  isWatching(): boolean {
    if (this.#wait === 0) return true;
    this.#wait--;
    return false;
  }

  /**
   * Learns from a judged event; returns the rules that need another witness when a window is over.
   */
  observe(frame: Frame, candidates: Candidates): readonly number[] {
    for (const [leaf, measure] of this.#measures) if (leaf.holds(frame)) measure.held++;
    for (let index = 0; index < candidates.count; index++) {
      const number = candidates.at(index);
      const node = this.#rules[number]?.node;
      if (node === undefined || node.holds(frame)) continue;
      const fruitless = (this.#fruitless[number] ?? 0) + 1;
      this.#fruitless[number] = fruitless;
      if (fruitless === fruitlessMax) this.#watch(number);
    }
    this.#events++;
    return this.#events < windowEvents ? none : this.#conclude();
  }

  /** The witness of a rule that is expected to cost least, by what was measured so far. */
  witness(node: Node): Witness | undefined {
    const shares = (this.#shares ??= fieldShares(this.#rules));
    return chooseWitness(node, (leaf) => {
      const frequency = this.#frequencies.get(leaf) ?? expectedFrequency(leaf);
      return frequency + (leaf.kind === 'keyword' ? 0 : (shares.get(leaf.slot) ?? 0));
    });
  }

  #watch(number: number): void {
    const node = this.#rules[number]?.node;
    if (node === undefined) return;
    this.#watched.push(number);
    positiveLeaves(node, (leaf) => {
      // To measure a computed field would compute it.
      if (leaf.kind !== 'keyword' && leaf.slot.derived) return;
      if (!this.#measures.has(leaf)) this.#measures.set(leaf, { since: this.#events, held: 0 });
    });
  }

  #conclude(): readonly number[] {
    for (const [leaf, { since, held }] of this.#measures) {
      const events = this.#events - since;
      // What did not hold is told apart by what was expected.
      this.#frequencies.set(leaf, (held + expectedFrequency(leaf)) / (events + 1));
    }
    const watched = this.#watched;
    this.#watched = [];
    this.#measures.clear();
    this.#fruitless.fill(0);
    this.#events = 0;
    this.#wait = this.#pause;
    this.#pause = Math.min(this.#pause * pauseFactor, pauseEventsMax);
    return watched;
  }
}

const none: readonly number[] = [];
