import type { Scalar } from '../../event/event.ts';
import type { Candidates } from './candidates.ts';
import { Value } from './frame.ts';
import type { Frame } from './frame.ts';
import type { KeywordLeaf } from './nodes.ts';
import { splitWatches } from './watches.ts';
import type { Split, Watch } from './watches.ts';

/** Which rules become candidates because of what stands anywhere in the event. */
export class KeywordIndex {
  readonly #split: Split<KeywordLeaf>;
  // Made once, because it is called for every value of every event.
  readonly #visit: (scalar: Scalar) => boolean;
  readonly #value = new Value();
  #frame: Frame | undefined;
  #candidates: Candidates | undefined;

  constructor(watches: readonly Watch<KeywordLeaf>[]) {
    this.#split = splitWatches(watches);
    const report = (rules: Int32Array): void => this.#candidates?.add(rules);
    this.#visit = (scalar): boolean => {
      const { findsNumbers } = this.#split;
      if (scalar !== null && (findsNumbers || typeof scalar !== 'number')) {
        const text = typeof scalar === 'string' ? scalar : String(scalar);
        for (const search of this.#split.searches) search.scan(text, report);
      }
      if (this.#split.tested.length > 0) this.#test(scalar);
      return false;
    };
  }

  /** Adds the rules whose keywords stand in a value of the frame's event. */
  nominate(frame: Frame, candidates: Candidates): void {
    this.#frame = frame;
    this.#candidates = candidates;
    frame.event.someValue(this.#visit);
  }

  #test(scalar: Scalar): void {
    if (this.#frame === undefined) return;
    this.#value.set(scalar);
    for (const { leaf, rules } of this.#split.tested) {
      if (leaf.accepts(this.#value, this.#frame)) this.#candidates?.add(rules);
    }
  }
}
