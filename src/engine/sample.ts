import type { EventTime } from '../event/record.ts';
import { isSampledBefore, type Kept } from './kept.ts';

/** Beyond this many times its size a sample's candidates are cut; random hashes need about ten times. */
const CANDIDATES_PER_PLACE_MAX = 64;

interface Candidate {
  readonly kept: Kept;
  /** Later candidates that come before it in the order of samples. */
  beaten: number;
}

/**
 * The events of a sliding window from which a sample is drawn: the `size` first by hash. An event is dropped
 * once that many later ones beat it, for it can never be drawn again. What is left after n events is about
 * size · ln(n / size); a window of at most `size` events is kept whole.
 */
export class SampleWindow {
  readonly #size: number;
  #candidates: Candidate[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  add(kept: Kept): void {
    if (this.#size === 0) return;
    let at = 0;
    for (const candidate of this.#candidates) {
      if (isSampledBefore(kept, candidate.kept)) candidate.beaten += 1;
      if (candidate.beaten < this.#size) this.#candidates[at++] = candidate;
    }
    this.#candidates.length = at;
    this.#candidates.push({ kept, beaten: 0 });
    if (this.#candidates.length > this.#size * CANDIDATES_PER_PLACE_MAX) this.#candidates.shift();
  }

  /** Forgets events at or before this time. */
  expire(time: EventTime): void {
    let gone = 0;
    for (const { kept } of this.#candidates) {
      if (kept.time > time) break;
      gone += 1;
    }
    if (gone > 0) this.#candidates.splice(0, gone);
  }

  clear(): void {
    this.#candidates = [];
  }

  /** All candidates in event order. */
  get kept(): readonly Kept[] {
    return this.#candidates.map((candidate) => candidate.kept);
  }

  restore(kept: readonly Kept[]): void {
    this.clear();
    // Adding again counts the same: a dropped event that beat a kept one was itself beaten `size` times
    // by later ones, which then beat the kept one too, so it would have been dropped.
    for (const one of kept) this.add(one);
  }
}
