import { Candidates } from './candidates.ts';
import type { Frame, Value } from './frame.ts';
import { rememberedLengthMax, ValueMemo } from './memo.ts';
import type { MemoBudget } from './memo.ts';
import type { FieldLeaf } from './nodes.ts';
import { splitWatches } from './watches.ts';
import type { Split, Watch } from './watches.ts';

/** Which rules become candidates because of one value of a field. */
export class ValueIndex {
  readonly #split: Split<FieldLeaf>;
  readonly #found: Candidates;
  readonly #report: (rules: Int32Array) => void;
  readonly #memo: ValueMemo;
  readonly #budget: MemoBudget;

  constructor(watches: readonly Watch<FieldLeaf>[], rules: number, budget: MemoBudget) {
    this.#split = splitWatches(watches);
    this.#found = new Candidates(rules);
    this.#report = (ids): void => this.#found.add(ids);
    this.#budget = budget;
    this.#memo = new ValueMemo(budget);
  }

  /** Frees what the index remembers, when another takes its place. */
  close(): void {
    this.#budget.leave(this.#memo);
  }

  /** Adds the rules that the value makes candidates. */
  nominate(value: Value, frame: Frame, candidates: Candidates): void {
    const { raw } = value;
    if (typeof raw === 'string' && raw.length > rememberedLengthMax) {
      this.#search(value, frame);
      candidates.addAll(this.#found);
      return;
    }
    let rules = this.#memo.get(raw);
    if (rules === undefined) {
      this.#search(value, frame);
      rules = this.#found.taken();
      this.#memo.set(raw, rules);
    }
    if (rules.length > 0) candidates.add(rules);
  }

  #search(value: Value, frame: Frame): void {
    const found = this.#found;
    found.begin();
    const { searches, tested } = this.#split;
    if (value.text !== undefined) {
      for (const search of searches) search.scan(value.text, this.#report);
    }
    for (const { leaf, rules } of tested) if (leaf.accepts(value, frame)) found.add(rules);
  }
}
