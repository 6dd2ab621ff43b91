const BUCKETS = 12;
const BUCKET_MS = 5000;

/** Counts of the last minute, in buckets of five seconds. */
export class Rate {
  private readonly counts: number[] = Array.from({ length: BUCKETS }, () => 0);
  private bucket = 0;
  private readonly begin: number;

  /** @param now Milliseconds of a clock that does not go back. */
  constructor(now: number) {
    this.begin = now;
    this.bucket = Math.floor(now / BUCKET_MS);
  }

  add(count: number, now: number): void {
    this.advance(now);
    const index = this.bucket % BUCKETS;
    this.counts[index] = (this.counts[index] ?? 0) + count;
  }

  perSecond(now: number): number {
    this.advance(now);
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    const covered = Math.min(
      now - this.begin,
      (BUCKETS - 1) * BUCKET_MS + (now - this.bucket * BUCKET_MS),
    );
    return covered <= 0 ? 0 : (total * 1000) / covered;
  }

  private advance(now: number): void {
    const bucket = Math.floor(now / BUCKET_MS);
    const passed = Math.min(bucket - this.bucket, BUCKETS);
    for (let step = 1; step <= passed; step++) this.counts[(this.bucket + step) % BUCKETS] = 0;
    this.bucket = Math.max(this.bucket, bucket);
  }
}
