import type { Scalar } from '../../event/event.ts';
import { createByteSearch } from './byte-search.ts';
import type { ByteSearch } from './byte-search.ts';
import type { Candidates } from './candidates.ts';
import { Value } from '../../event/value.ts';
import type { Frame } from './frame.ts';
import type { KeywordLeaf } from './nodes.ts';
import { splitWatches } from './watches.ts';
import type { Split, Watch } from './watches.ts';

/** Which rules become candidates because of what stands anywhere in the event. */
export class KeywordIndex {
  readonly #split: Split<KeywordLeaf>;
  // Says of most events, by the bytes of their record, that they hold no keyword.
  readonly #bytes: ByteSearch | undefined;
  // Made once, because it is called for every value of every event.
  readonly #visit: (scalar: Scalar) => boolean;
  readonly #value = new Value(false);
  #frame: Frame | undefined;
  #candidates: Candidates | undefined;

  constructor(watches: readonly Watch<KeywordLeaf>[]) {
    this.#split = splitWatches(watches);
    const { tested, findsNumbers, wanted } = this.#split;
    // A number's text is not what JSON wrote, and what is tested has no certain text.
    this.#bytes =
      tested.length > 0 || findsNumbers
        ? undefined
        : createByteSearch(wanted.map(({ needle }) => needle));
    const report = (rules: Int32Array): void => this.#candidates?.add(rules);
    this.#visit = (scalar): boolean => {
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
    const bytes = frame.event.plainBytes;
    if (bytes !== undefined && this.#bytes?.finds(bytes) === false) return;
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
