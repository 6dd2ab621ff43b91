import type { EventTime } from '../../event/record.ts';
import type { CorrelationMeasure, Measure, WindowEntry } from './correlation.ts';

/**
 * Ours: fires for each value that is new for its group. While the group is younger than `timespan`
 * its values are learned silently. Values are remembered for ever, up to `entriesMax`: at least the
 * last half of that many; what is forgotten is counted, and new again when it comes back.
 */
export const firstSeen: CorrelationMeasure = {
  type: 'first_seen',
  reads: 'tuple',
  lingers: true,
  start: ({ correlation, entriesMax }) => new FirstSeen(correlation?.timespanMs ?? 0, entriesMax),
};

interface Memory {
  readonly born: EventTime | undefined;
  readonly older: readonly string[];
  readonly recent: readonly string[];
}

class FirstSeen implements Measure {
  readonly #learnMs: number;
  readonly #perGeneration: number;
  #born: EventTime | undefined;
  // Two generations instead of an order of last sight: forgetting is then one step for many values.
  #older: Set<string> = new Set();
  #recent: Set<string> = new Set();
  #count = 0;
  #forgotten = 0;

  constructor(learnMs: number, valuesMax: number) {
    this.#learnMs = learnMs;
    this.#perGeneration = Math.max(1, Math.floor(valuesMax / 2));
  }

  admit(entry: WindowEntry): boolean {
    const value = String(entry.value);
    this.#born ??= entry.time;
    const isRecent = this.#recent.has(value);
    const isKnown = isRecent || this.#older.delete(value);
    if (!isRecent) this.#remember(value);
    return !isKnown && entry.time - this.#born >= this.#learnMs;
  }

  add(): void {
    this.#count += 1;
  }

  remove(): void {
    this.#count -= 1;
  }

  value(): number {
    return this.#count;
  }

  takeForgotten(): number {
    const forgotten = this.#forgotten;
    this.#forgotten = 0;
    return forgotten;
  }

  snapshot(): Memory {
    return { born: this.#born, older: [...this.#older], recent: [...this.#recent] };
  }

  restore(state: unknown): void {
    const memory = state as Memory;
    this.#born = memory.born;
    this.#older = new Set(memory.older);
    this.#recent = new Set(memory.recent);
  }

  #remember(value: string): void {
    if (this.#recent.size >= this.#perGeneration) {
      this.#forgotten += this.#older.size;
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(value);
  }
}
