import { Candidates } from './candidates.ts';
import type { Value } from '../../event/value.ts';
import type { Frame } from './frame.ts';
import { rememberedLengthMax, ValueMemo } from './memo.ts';
import type { MemoBudget } from './memo.ts';
import type { FieldLeaf } from './nodes.ts';
import { splitWatches } from './watches.ts';
import type { Split, Watch } from './watches.ts';

/** Which rules become candidates because of one value of a field. */
export class ValueIndex {
  readonly #split: Split<FieldLeaf>;
  readonly #memo: ValueMemo;
  readonly #budget: MemoBudget;
  // What one value makes candidates, on the way into the memo.
  readonly #found: Candidates;
  // Made once, because it is called for every find; where it adds to changes.
  readonly #report: (rules: Int32Array) => void;
  #target: Candidates;

  constructor(watches: readonly Watch<FieldLeaf>[], rules: number, budget: MemoBudget) {
    this.#split = splitWatches(watches);
    this.#found = new Candidates(rules);
    this.#target = this.#found;
    this.#report = (ids): void => this.#target.add(ids);
    this.#budget = budget;
    this.#memo = new ValueMemo(budget);
  }

  /** Frees what the index remembers, when another takes its place. */
  close(): void {
    this.#budget.leave(this.#memo);
  }

  /** Adds the rules that a shared value makes candidates, if that is remembered. */
  recall(value: Value, candidates: Candidates): boolean {
    const rules = this.#memo.get(value);
    if (rules === undefined) return false;
    if (rules.length > 0) candidates.add(rules);
    return true;
  }

  /** Adds the rules that the value makes candidates. */
  nominate(value: Value, frame: Frame, candidates: Candidates): void {
    if (value.isShared) {
      this.#nominateShared(value, frame, candidates);
      return;
    }
    const { raw } = value;
    if (typeof raw === 'string' && (this.#split.isCheap || raw.length > rememberedLengthMax)) {
      this.#search(value, frame, candidates);
      return;
    }
    let rules = this.#memo.get(raw);
    if (rules === undefined) {
      this.#found.begin();
      this.#search(value, frame, this.#found);
      rules = this.#found.taken();
      this.#memo.set(raw, rules);
    }
    if (rules.length > 0) candidates.add(rules);
  }

  #nominateShared(value: Value, frame: Frame, candidates: Candidates): void {
    if (this.recall(value, candidates)) return;
    this.#found.begin();
    this.#search(value, frame, this.#found);
    const rules = this.#found.taken();
    this.#memo.set(value, rules);
    candidates.add(rules);
  }

  #search(value: Value, frame: Frame, target: Candidates): void {
    this.#target = target;
    const { searches, tested } = this.#split;
    if (value.text !== undefined) {
      for (const search of searches) search.scan(value.text, this.#report);
    }
    for (const { leaf, rules } of tested) if (leaf.accepts(value, frame)) target.add(rules);
  }
}
