import type { CorrelationMeasure, Measure, WindowEntry } from './correlation.ts';

/** The number of different referenced rules that fired, in whatever order. */
export const temporal: CorrelationMeasure = {
  type: 'temporal',
  reads: 'nothing',
  lingers: false,
  start: ({ sources }) => new Temporal(sources),
};

/** How many events of each referenced rule stand in the window. */
export class Temporal implements Measure {
  readonly #counts: number[];
  #distinct = 0;

  constructor(sources: number) {
    this.#counts = new Array<number>(sources).fill(0);
  }

  add(entry: WindowEntry): void {
    for (const source of entry.sources) {
      const count = this.#counts[source] ?? 0;
      if (count === 0) this.#distinct += 1;
      this.#counts[source] = count + 1;
    }
  }

  remove(entry: WindowEntry): void {
    for (const source of entry.sources) {
      const left = (this.#counts[source] ?? 0) - 1;
      if (left === 0) this.#distinct -= 1;
      this.#counts[source] = left;
    }
  }

  value(): number {
    return this.#distinct;
  }

  fired(source: number): boolean {
    return (this.#counts[source] ?? 0) > 0;
  }
}
