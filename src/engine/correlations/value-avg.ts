import type { CorrelationMeasure, Measure, WindowEntry } from './correlation.ts';
import { ExactSum } from './exact-sum.ts';

/** The mean of the field; none for an empty window. */
export const valueAvg: CorrelationMeasure = {
  type: 'value_avg',
  reads: 'number',
  lingers: false,
  start: () => new ValueAvg(),
};

class ValueAvg implements Measure {
  readonly #sum: ExactSum = new ExactSum();
  #count = 0;

  add(entry: WindowEntry): void {
    this.#sum.add(Number(entry.value));
    this.#count += 1;
  }

  remove(entry: WindowEntry): void {
    this.#sum.add(-Number(entry.value));
    this.#count -= 1;
  }

  value(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum.value / this.#count;
  }
}
