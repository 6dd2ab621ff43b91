import type { CorrelationMeasure, Measure, WindowEntry } from './correlation.ts';

/** The number of distinct values, or of distinct tuples when several fields are named. */
export const valueCount: CorrelationMeasure = {
  type: 'value_count',
  reads: 'tuple',
  lingers: false,
  start: () => new ValueCount(),
};

// How often each value stands in the window, so that one leaves when its last event does: O(1) a
// step, however many values there are.
class ValueCount implements Measure {
  readonly #counts: Map<WindowEntry['value'], number> = new Map();

  add(entry: WindowEntry): void {
    this.#counts.set(entry.value, (this.#counts.get(entry.value) ?? 0) + 1);
  }

  remove(entry: WindowEntry): void {
    const left = (this.#counts.get(entry.value) ?? 0) - 1;
    if (left > 0) this.#counts.set(entry.value, left);
    else this.#counts.delete(entry.value);
  }

  value(): number {
    return this.#counts.size;
  }
}
