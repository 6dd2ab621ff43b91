import type { CorrelationMeasure, Measure } from './correlation.ts';

/** The number of events. One that matches several of the referenced rules counts once. */
export const eventCount: CorrelationMeasure = {
  type: 'event_count',
  reads: 'nothing',
  lingers: false,
  start: () => new EventCount(),
};

class EventCount implements Measure {
  #count = 0;

  add(): void {
    this.#count += 1;
  }

  remove(): void {
    this.#count -= 1;
  }

  value(): number {
    return this.#count;
  }
}
