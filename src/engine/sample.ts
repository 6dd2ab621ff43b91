import type { EventTime } from '../event/record.ts';
import { isSampledBefore, type Kept } from './kept.ts';

/**
 * Beyond this many times its size a sample's candidates are cut; random hashes need about ten
 * times.
 */
const CANDIDATES_PER_PLACE_MAX = 64;

/**
 * The events of a sliding window from which a sample is drawn: the `size` first by hash. An event
 * is dropped once that many later ones beat it, for it can never be drawn again. What is left after
 * n events is about size · ln(n / size); a window of at most `size` events is kept whole.
 */
export class SampleWindow {
  readonly #size: number;
  // Side by side, because each new event is compared with all: its hash with numbers that lie
  // together.
  #kept: Kept[] = [];
  #hashes: number[] = [];
  /** How many later candidates come before each in the order of samples. */
  #beaten: number[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  add(kept: Kept): void {
    if (this.#size === 0) return;
    const { hash } = kept;
    const hashes = this.#hashes;
    let beatenOut = 0;
    for (let at = 0; at < hashes.length; at++) {
      const other = hashes[at] ?? 0;
      if (hash > other || (hash === other && !this.#isBefore(kept, at))) continue;
      const beaten = (this.#beaten[at] ?? 0) + 1;
      this.#beaten[at] = beaten;
      if (beaten >= this.#size) beatenOut += 1;
    }
    if (beatenOut > 0) this.#dropBeaten();
    this.#kept.push(kept);
    this.#hashes.push(hash);
    this.#beaten.push(0);
    if (this.#kept.length > this.#size * CANDIDATES_PER_PLACE_MAX) this.#dropFirst(1);
  }

  /** Forgets events at or before this time. */
  expire(time: EventTime): void {
    let gone = 0;
    for (const { time: own } of this.#kept) {
      if (own > time) break;
      gone += 1;
    }
    if (gone > 0) this.#dropFirst(gone);
  }

  clear(): void {
    this.#dropFirst(this.#kept.length);
  }

  /** All candidates in event order. */
  get kept(): readonly Kept[] {
    return this.#kept;
  }

  restore(kept: readonly Kept[]): void {
    this.clear();
    // Adding again counts the same: a dropped event that beat a kept one was itself beaten `size`
    // times by later ones, which then beat the kept one too, so it would have been dropped.
    for (const one of kept) this.add(one);
  }

  #isBefore(kept: Kept, at: number): boolean {
    const other = this.#kept[at];
    return other !== undefined && isSampledBefore(kept, other);
  }

  #dropBeaten(): void {
    let to = 0;
    for (let at = 0; at < this.#kept.length; at++) {
      const kept = this.#kept[at];
      const beaten = this.#beaten[at] ?? 0;
      if (kept === undefined || beaten >= this.#size) continue;
      this.#kept[to] = kept;
      this.#hashes[to] = kept.hash;
      this.#beaten[to] = beaten;
      to += 1;
    }
    this.#cut(to);
  }

  #dropFirst(count: number): void {
    this.#kept.splice(0, count);
    this.#hashes.splice(0, count);
    this.#beaten.splice(0, count);
  }

  #cut(length: number): void {
    this.#kept.length = length;
    this.#hashes.length = length;
    this.#beaten.length = length;
  }
}
