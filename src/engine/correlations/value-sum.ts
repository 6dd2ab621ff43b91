import type { CorrelationMeasure, Measure, WindowEntry } from './correlation.ts';
import { ExactSum } from './exact-sum.ts';

/** The sum of the field; 0 for an empty window. */
export const valueSum: CorrelationMeasure = {
  type: 'value_sum',
  reads: 'number',
  lingers: false,
  start: () => new ValueSum(),
};

class ValueSum implements Measure {
  readonly #sum: ExactSum = new ExactSum();

  add(entry: WindowEntry): void {
    this.#sum.add(Number(entry.value));
  }

  remove(entry: WindowEntry): void {
    this.#sum.add(-Number(entry.value));
  }

  value(): number {
    return this.#sum.value;
  }
}
