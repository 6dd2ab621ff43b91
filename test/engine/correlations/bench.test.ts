import { expect } from 'chai';
import { measureValueCount } from '../../../bench/correlations/value-count.bench.ts';

describe('K21 bench of value_count', () => {
  it('runs, and finds the alert that it should', () => {
    const figures = measureValueCount({ events: 500, distinct: 100, rounds: 1 });
    expect(figures).to.include({ events: 500, distinct: 100 });
  });
});
