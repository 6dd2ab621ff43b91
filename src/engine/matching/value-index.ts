import { Candidates } from './candidates.ts';
import type { Value } from '../../event/value.ts';
import type { Frame } from './frame.ts';
import { rememberedLengthMax, ValueMemo } from './memo.ts';
import type { MemoBudget } from './memo.ts';
import { LongTexts } from './long-texts.ts';
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
  // Made when the first long text comes.
  #long: LongTexts | undefined = undefined;

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
    const bytes = frame.longBytes(value);
    if (bytes !== undefined) {
      this.#searchBytes(bytes, value, frame, candidates);
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
    if (value.hasText) this.#searchText(value.text ?? '');
    this.#test(value, frame, target);
  }

  // The text of a long value is made only if something that is looked for may stand in it.
  #searchBytes(bytes: Uint8Array, value: Value, frame: Frame, target: Candidates): void {
    this.#target = target;
    this.#long ??= new LongTexts(this.#split.wanted);
    if (!this.#long.scan(bytes, this.#report)) this.#searchText(value.text ?? '');
    this.#test(value, frame, target);
  }

  #searchText(text: string): void {
    for (const search of this.#split.searches) search.scan(text, this.#report);
  }

  #test(value: Value, frame: Frame, target: Candidates): void {
    for (const { leaf, rules } of this.#split.tested) {
      if (leaf.accepts(value, frame)) target.add(rules);
    }
  }
}
