import type { Alert } from '../alert/alert.ts';
import { createLossAlert } from '../alert/health-alert.ts';
import type { SourceNotice } from '../sources/source.ts';

/** A notice of records that nobody judged. */
export type LossNotice = Extract<SourceNotice, { kind: 'gap' | 'quarantined' }>;

/** Losses that are told; those beyond are counted and logged alone: anybody may make them. */
const TOLD_MAX = 10_000;

/** Tells of records that were never judged where alerts are seen: each loss once. */
export class Losses {
  readonly #write: (alert: Alert) => Promise<void>;
  readonly #now: () => number;
  readonly #told: Set<string> = new Set();
  #writing: Promise<void> = Promise.resolve();

  /** `write` tries until the alert log has it, and does not throw. */
  constructor(write: (alert: Alert) => Promise<void>, now: () => number = Date.now) {
    this.#write = write;
    this.#now = now;
  }

  tell({ kind, source: input, partition, firstOffset, lastOffset }: LossNotice): void {
    const place = { input, partition, firstOffset, lastOffset };
    const alert = createLossAlert({ kind, ...place, time: this.#now() });
    if (this.#told.has(alert.id) || this.#told.size >= TOLD_MAX) return;
    this.#told.add(alert.id);
    this.#writing = this.#writing.then(() => this.#write(alert));
  }

  /** Resolves when all that was told is written. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
