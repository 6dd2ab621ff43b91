import type { EventTime } from '../../event/record.ts';
import type { CorrelationMeasure, Measure, WindowEntry } from './correlation.ts';
import { Temporal } from './temporal.ts';

/**
 * The number of different referenced rules that fired in the order in which the correlation names
 * them: the longest such chain within the window. Order is that of (event time, event id), at full
 * resolution; one event can not be two steps of a chain. An extended condition must hold for the
 * rules that fired, and these must form one chain.
 */
export const temporalOrdered: CorrelationMeasure = {
  type: 'temporal_ordered',
  reads: 'nothing',
  lingers: false,
  start: ({ sources }) => new TemporalOrdered(sources),
};

// For each length the latest start of a chain that ends at this rule or an earlier one. A chain
// lies in the window if its start does, so the latest start decides, and what expires needs no
// taking out.
class TemporalOrdered implements Measure {
  readonly #fired: Temporal;
  readonly #starts: EventTime[][];
  readonly #sources: number;

  constructor(sources: number) {
    this.#sources = sources;
    this.#fired = new Temporal(sources);
    this.#starts = Array.from({ length: sources }, () =>
      new Array<EventTime>(sources).fill(Number.NEGATIVE_INFINITY),
    );
  }

  add(entry: WindowEntry): void {
    this.#fired.add(entry);
    // From the last rule to the first, and from the longest chain to the shortest: no step of this
    // event then builds on another step of it.
    for (const source of entry.sources.toReversed()) {
      for (let length = source + 1; length >= 1; length--) {
        this.#extend(
          length,
          source,
          length === 1 ? entry.time : this.#start(length - 1, source - 1),
        );
      }
    }
  }

  remove(entry: WindowEntry): void {
    this.#fired.remove(entry);
  }

  value(after: EventTime): number {
    let length = this.#sources;
    while (length > 0 && this.#start(length, this.#sources - 1) <= after) length -= 1;
    return length;
  }

  fired(source: number): boolean {
    return this.#fired.fired(source);
  }

  isInOrder(after: EventTime): boolean {
    return this.value(after) === this.#fired.value();
  }

  #start(length: number, source: number): EventTime {
    return this.#starts[length - 1]?.[source] ?? Number.NEGATIVE_INFINITY;
  }

  #extend(length: number, from: number, start: EventTime): void {
    const starts = this.#starts[length - 1];
    if (starts === undefined) return;
    for (let source = from; source < this.#sources; source++) {
      if (start > (starts[source] ?? start)) starts[source] = start;
    }
  }
}
