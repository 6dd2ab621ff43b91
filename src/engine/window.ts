import type { EventTime } from '../event/record.ts';
import type { Measure, WindowEntry } from './correlations/correlation.ts';
import { Deque } from './deque.ts';
import type { Kept } from './kept.ts';
import { SampleWindow } from './sample.ts';

/** The entries of one group that stand in its window, measured, with a sample of their events. */
export class Window {
  readonly measure: Measure;
  readonly sample: SampleWindow;
  readonly #entries: Deque<WindowEntry> = new Deque();
  readonly #entriesMax: number;

  constructor(
    measure: Measure,
    limits: { readonly entriesMax: number; readonly sampleMax: number },
  ) {
    this.measure = measure;
    this.sample = new SampleWindow(limits.sampleMax);
    this.#entriesMax = limits.entriesMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  get firstTime(): EventTime | undefined {
    return this.#entries.first?.time;
  }

  /** Adds the latest entry; returns true if the earliest had to go for it. */
  add(entry: WindowEntry, kept: Kept): boolean {
    const isFull = this.#entries.size >= this.#entriesMax;
    if (isFull) this.#shift();
    this.#entries.push(entry);
    this.measure.add(entry);
    this.sample.add(kept);
    return isFull;
  }

  /** Takes out the entries at or before this time. */
  expire(time: EventTime): void {
    while ((this.#entries.first?.time ?? Number.POSITIVE_INFINITY) <= time) this.#shift();
    this.sample.expire(time);
  }

  clear(): void {
    while (this.#entries.size > 0) this.#shift();
    this.sample.clear();
  }

  /** Which of the referenced rules are in the window. */
  sources(): Set<number> {
    const sources = new Set<number>();
    for (const entry of this.#entries.toArray()) {
      for (const source of entry.sources) sources.add(source);
    }
    return sources;
  }

  entries(): readonly WindowEntry[] {
    return this.#entries.toArray();
  }

  restore(entries: readonly WindowEntry[], kept: readonly Kept[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.measure.add(entry);
    }
    this.sample.restore(kept);
  }

  #shift(): void {
    const entry = this.#entries.shift();
    if (entry !== undefined) this.measure.remove(entry);
  }
}
