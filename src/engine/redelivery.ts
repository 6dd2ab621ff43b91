interface Generation {
  readonly host: string;
  readonly ids: Set<string>;
}

/** The generations of ids in the order in which they began: `[host, ids]`. */
export type RedeliverySnapshot = readonly (readonly [string, readonly string[]])[];

/**
 * Ids of the candidates and matches seen lately, to know an event that is delivered again. Each
 * host fills generations of half its quota; the older one is forgotten when a third begins, and
 * when all hosts hold too many, the generation that began first. So what is remembered is a
 * function of the log.
 */
export class Redelivery {
  readonly #perGeneration: number;
  readonly #idsMax: number;
  readonly #hosts: Map<string, readonly Generation[]> = new Map();
  readonly #order: Set<Generation> = new Set();
  #count = 0;

  constructor(idsPerHostMax: number, idsMax: number) {
    this.#perGeneration = Math.ceil(idsPerHostMax / 2);
    this.#idsMax = idsMax;
  }

  /** True if this host's event was seen before; else remembers it. */
  isKnown(host: string, id: string): boolean {
    if (this.#perGeneration === 0) return false;
    const generations = this.#hosts.get(host) ?? [];
    for (const generation of generations) if (generation.ids.has(id)) return true;
    let current = generations.at(-1);
    if (current === undefined || current.ids.size >= this.#perGeneration) {
      const oldest = generations.length > 1 ? generations[0] : undefined;
      if (oldest !== undefined) this.#forget(oldest);
      current = this.#begin(host);
    }
    current.ids.add(id);
    this.#count += 1;
    this.#shrink(current);
    return false;
  }

  /** Forgets a host. */
  drop(host: string): void {
    for (const generation of this.#hosts.get(host) ?? []) this.#forget(generation);
  }

  snapshot(): RedeliverySnapshot {
    return [...this.#order].map(({ host, ids }) => [host, [...ids]]);
  }

  restore(snapshot: RedeliverySnapshot): void {
    this.#hosts.clear();
    this.#order.clear();
    this.#count = 0;
    for (const [host, ids] of snapshot) {
      const generation = this.#begin(host);
      for (const id of ids) generation.ids.add(id);
      this.#count += ids.length;
    }
  }

  #shrink(current: Generation): void {
    if (this.#count <= this.#idsMax) return;
    for (const generation of this.#order) {
      if (generation === current) continue;
      this.#forget(generation);
      return;
    }
  }

  #begin(host: string): Generation {
    const generation = { host, ids: new Set<string>() };
    this.#hosts.set(host, [...(this.#hosts.get(host) ?? []), generation]);
    this.#order.add(generation);
    return generation;
  }

  #forget(generation: Generation): void {
    this.#order.delete(generation);
    this.#count -= generation.ids.size;
    const left = (this.#hosts.get(generation.host) ?? []).filter((other) => other !== generation);
    if (left.length === 0) this.#hosts.delete(generation.host);
    else this.#hosts.set(generation.host, left);
  }
}
