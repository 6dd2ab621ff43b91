/** Texts that stand in many places of a pack, each written once. */
export class Names {
  readonly #numbers = new Map<string, number>();

  /** The number of this name, which it gets when it is first asked for. */
  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** All names, at the places of their numbers. */
  get all(): readonly string[] {
    return [...this.#numbers.keys()];
  }
}
