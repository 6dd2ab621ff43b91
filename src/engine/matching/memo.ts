import type { Scalar } from '../../event/event.ts';
import type { Value } from '../../event/value.ts';

/** Texts longer than this are rarely seen twice, and are not remembered. */
export const rememberedLengthMax = 1024;

/**
 * Bounds what all memos of a matcher hold together: past the limit every memo forgets all it knows.
 * What is forgotten is computed again, so that no verdict depends on it.
 */
export class MemoBudget {
  readonly #memos: ValueMemo[] = [];
  readonly #charactersMax: number;
  #characters = 0;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  enter(memo: ValueMemo): void {
    this.#memos.push(memo);
  }

  leave(memo: ValueMemo): void {
    this.#memos.splice(this.#memos.indexOf(memo), 1);
    memo.clear();
  }

  spend(characters: number): void {
    this.#characters += characters;
    if (this.#characters <= this.#charactersMax) return;
    this.#characters = 0;
    for (const memo of this.#memos) memo.clear();
  }
}

// What an entry costs beside its text, counted as characters.
const entryOverhead = 32;

/** What was computed for a value of a field before: fields repeat nine values of ten. */
export class ValueMemo {
  readonly #results = new Map<Scalar | Value, Int32Array>();
  readonly #budget: MemoBudget;

  constructor(budget: MemoBudget) {
    this.#budget = budget;
    budget.enter(this);
  }

  get(value: Scalar | Value): Int32Array | undefined {
    return this.#results.get(value);
  }

  set(value: Scalar | Value, result: Int32Array): void {
    const length = typeof value === 'string' ? value.length : 0;
    this.#budget.spend(length + result.length + entryOverhead);
    this.#results.set(value, result);
  }

  clear(): void {
    this.#results.clear();
  }
}
