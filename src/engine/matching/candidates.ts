/** Rules that an event must be held against, by number; each at most once. */
export class Candidates {
  readonly #stamps: Float64Array;
  readonly #list: Int32Array;
  #round = 0;
  #count = 0;

  constructor(rules: number) {
    this.#stamps = new Float64Array(rules);
    this.#list = new Int32Array(rules);
  }

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#round++;
    this.#count = 0;
  }

  add(rules: Int32Array): void {
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] ?? 0;
      if (this.#stamps[rule] === this.#round) continue;
      this.#stamps[rule] = this.#round;
      this.#list[this.#count++] = rule;
    }
  }

  addAll(others: Candidates): void {
    if (others.#count > 0) this.add(others.#list.subarray(0, others.#count));
  }

  /** In the order of the rule set, so that what is reported first does not depend on the choice of witnesses. */
  sorted(): Int32Array {
    const list = this.#list.subarray(0, this.#count);
    return this.#count > 1 ? list.sort() : list;
  }

  /** A copy of what was added, for a memo. */
  taken(): Int32Array {
    return this.#count === 0 ? none : this.#list.slice(0, this.#count);
  }
}

const none = new Int32Array(0);
