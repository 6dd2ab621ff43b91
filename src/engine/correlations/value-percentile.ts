import type { CorrelationMeasure, Measure, WindowEntry } from './correlation.ts';
import { OrderStatistics } from './order-statistics.ts';

/**
 * The percentile of the field, exact, with linear interpolation between the two nearest ranks
 * (`percentile_cont` of SQL): the 0th is the smallest value, the 50th the median, the 100th the
 * largest.
 */
export const valuePercentile: CorrelationMeasure = {
  type: 'value_percentile',
  reads: 'number',
  lingers: false,
  start({ correlation }) {
    const condition = correlation?.condition;
    const percentile = condition?.kind === 'threshold' ? condition.percentile : undefined;
    return new Percentile(percentile ?? 50);
  },
};

/** The 50th percentile: for an even number of values the mean of the two in the middle. */
export const valueMedian: CorrelationMeasure = {
  type: 'value_median',
  reads: 'number',
  lingers: false,
  start: () => new Percentile(50),
};

class Percentile implements Measure {
  readonly #values: OrderStatistics = new OrderStatistics();
  readonly #percentile: number;

  constructor(percentile: number) {
    this.#percentile = percentile;
  }

  add(entry: WindowEntry): void {
    this.#values.add(Number(entry.value));
  }

  remove(entry: WindowEntry): void {
    this.#values.remove(Number(entry.value));
  }

  value(): number | undefined {
    const rank = ((this.#values.size - 1) * this.#percentile) / 100;
    const below = this.#values.at(Math.floor(rank));
    const above = this.#values.at(Math.ceil(rank));
    if (below === undefined || above === undefined) return undefined;
    return below + (above - below) * (rank - Math.floor(rank));
  }
}
