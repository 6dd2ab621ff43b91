/** Rules that an event must be held against, by number; each at most once. */
export class Candidates {
  readonly #rounds: Float64Array;
  readonly #list: Int32Array;
  #round = 0;
  #count = 0;

  constructor(rules: number) {
    this.#rounds = new Float64Array(rules);
    this.#list = new Int32Array(rules);
  }

  get count(): number {
    return this.#count;
  }

  /** The rule at this place, below `count`. */
  at(index: number): number {
    return this.#list[index] ?? 0;
  }

  begin(): void {
    this.#round++;
    this.#count = 0;
  }

  add(rules: Int32Array): void {
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] ?? 0;
      if (this.#rounds[rule] === this.#round) continue;
      this.#rounds[rule] = this.#round;
      this.#list[this.#count++] = rule;
    }
  }

  /**
   * Puts them in the order of the rule set, so that the choice of witnesses changes no order
   * either.
   */
  sort(): void {
    const list = this.#list;
    if (this.#count > fewMax) {
      list.subarray(0, this.#count).sort();
      return;
    }
    for (let end = 1; end < this.#count; end++) {
      const rule = list[end] ?? 0;
      let place = end;
      for (; place > 0 && (list[place - 1] ?? 0) > rule; place--)
        list[place] = list[place - 1] ?? 0;
      list[place] = rule;
    }
  }

  /** A copy of what was added, for a memo. */
  taken(): Int32Array {
    return this.#count === 0 ? none : this.#list.slice(0, this.#count);
  }
}

// Up to so many, sorting by insertion is faster than the call of the native sort.
const fewMax = 32;

const none = new Int32Array(0);
