/** A bucket of permits that fills up again. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const NAMES_MAX = 10_000;

/** Limits how often something may be done, by name. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { permits: number; at: number }>();

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes a permit; false when there is none. */
  take(name: string): boolean {
    const now = this.#now();
    const { burst, perSecond } = this.#rate;
    const bucket = this.#buckets.get(name) ?? { permits: burst, at: now };
    // Behind all others: the first one is the one that was not used for longest.
    this.#buckets.delete(name);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size >= NAMES_MAX && oldest !== undefined) this.#buckets.delete(oldest);
    this.#buckets.set(name, bucket);
    bucket.permits = Math.min(burst, bucket.permits + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (bucket.permits < 1) return false;
    bucket.permits -= 1;
    return true;
  }
}
