import { Automaton } from './automaton.ts';
import type { Wanted } from './automaton.ts';
import { Candidates } from './candidates.ts';
import type { Frame, Value } from './frame.ts';
import { rememberedLengthMax, ValueMemo } from './memo.ts';
import type { MemoBudget } from './memo.ts';
import { needlesOf } from './needle.ts';
import type { FieldLeaf, KeywordLeaf } from './nodes.ts';

/** A comparison, and the rules (by number) that need a value for which it holds. */
export interface Watch {
  readonly leaf: FieldLeaf | KeywordLeaf;
  readonly rules: readonly number[];
}

/** Which rules become candidates because of one value of a field, or of any field for keywords. */
export class ValueIndex {
  readonly #automaton: Automaton | undefined;
  readonly #tested: readonly {
    readonly leaf: FieldLeaf | KeywordLeaf;
    readonly rules: Int32Array;
  }[];
  readonly #found: Candidates;
  readonly #report: (rules: Int32Array) => void;
  readonly #memo: ValueMemo;
  readonly #budget: MemoBudget;

  constructor(watches: readonly Watch[], rules: number, budget: MemoBudget) {
    const wanted: Wanted[] = [];
    const tested: { leaf: FieldLeaf | KeywordLeaf; rules: Int32Array }[] = [];
    for (const { leaf, rules: ids } of watches) {
      const needles = needlesOf(leaf.match);
      for (const needle of needles ?? []) for (const id of ids) wanted.push({ needle, id });
      if (needles === undefined) tested.push({ leaf, rules: Int32Array.from(ids) });
    }
    this.#automaton = wanted.length === 0 ? undefined : new Automaton(wanted);
    this.#tested = tested;
    this.#found = new Candidates(rules);
    this.#report = (ids): void => this.#found.add(ids);
    this.#budget = budget;
    this.#memo = new ValueMemo(budget);
  }

  /** Frees what the index remembers, when another takes its place. */
  close(): void {
    this.#budget.leave(this.#memo);
  }

  /** The rules that the value makes candidates; only valid until the next call. */
  lookup(value: Value, frame: Frame): Int32Array {
    const { raw } = value;
    if (typeof raw === 'string' && raw.length > rememberedLengthMax)
      return this.#compute(value, frame);
    const known = this.#memo.get(raw);
    if (known !== undefined) return known;
    const rules = this.#compute(value, frame);
    this.#memo.set(raw, rules);
    return rules;
  }

  #compute(value: Value, frame: Frame): Int32Array {
    const found = this.#found;
    found.begin();
    if (value.text !== undefined) this.#automaton?.scan(value.folded, this.#report);
    for (const { leaf, rules } of this.#tested) if (leaf.accepts(value, frame)) found.add(rules);
    return found.taken();
  }
}
