import { setTimeout as sleep } from 'node:timers/promises';

/** Somebody else may write to a store too, and does not tell us. */
const LOOK_AGAIN_MS = 1000;

/** Wakes the readers of a log: at once for what this process writes, else once in a while. */
export class ChangeSignal {
  private readonly waiting = new Set<() => void>();

  changed(): void {
    for (const wake of this.waiting) wake();
  }

  /** Resolves when something may have changed, or the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = new AbortController();
    this.waiting.add(resolve);
    signal.addEventListener('abort', () => resolve(), { signal: over.signal });
    const timer = sleep(LOOK_AGAIN_MS, undefined, { signal: over.signal, ref: false });
    await Promise.race([promise, timer]).finally(() => {
      this.waiting.delete(resolve);
      over.abort();
    });
    await timer.catch(() => undefined);
  }
}
