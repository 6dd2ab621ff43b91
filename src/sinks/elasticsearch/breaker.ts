import { Failure } from '../../base/failure.ts';

/** Failures in a row after which the peer is left alone for a while. */
export const FAILURES_MAX = 5;
const OPEN_MS_FIRST = 1000;
const OPEN_MS_MAX = 30_000;

/**
 * Circuit breaker: all who write to a peer share it. After several failures in a row nobody asks
 * any more until a while has passed; then one request goes ahead, and its answer decides for all.
 */
export class Breaker {
  private readonly name: string;
  private readonly now: () => number;
  private failures = 0;
  private openUntil = 0;
  private isProbing = false;

  constructor(name: string, now: () => number) {
    this.name = name;
    this.now = now;
  }

  /** Lets a request go ahead, or throws a retryable Failure. */
  enter(): void {
    if (this.failures < FAILURES_MAX) return;
    const waitMs = this.openUntil - this.now();
    if (waitMs > 0 || this.isProbing) {
      const message =
        `${this.name}: failed ${this.failures} times in a row; next try ` +
        (waitMs > 0 ? `in ${Math.ceil(waitMs / 1000)} s` : 'is under way');
      throw new Failure('peer_unreachable', { message, retryable: true });
    }
    this.isProbing = true;
  }

  succeeded(): void {
    this.failures = 0;
    this.isProbing = false;
  }

  /** `waitMs` is what the peer asked for, if it did. */
  failed(waitMs: number = 0): void {
    this.failures++;
    this.isProbing = false;
    const longer = OPEN_MS_FIRST * 2 ** Math.min(this.failures - FAILURES_MAX, 10);
    this.openUntil = this.now() + Math.min(Math.max(waitMs, longer), OPEN_MS_MAX);
  }
}
