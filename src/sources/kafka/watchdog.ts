import type { KafkaLimits } from './options.ts';

export interface WatchdogEvents {
  /** Neither a heartbeat nor a fetch for so many milliseconds. */
  onSilence(ms: number): void;
  /** This process stood still for longer than the group waits for a member. */
  onFrozen(ms: number): void;
}

const TICK_MS = 1000;

/**
 * Notices what nobody says: a client library that has stopped for good while the process looks alive,
 * and that this process itself was stopped so long that others have its tasks by now.
 */
export class Watchdog {
  private readonly timer: NodeJS.Timeout;
  private lastAlive = performance.now();
  private lastTick = performance.now();

  constructor(limits: Pick<KafkaLimits, 'silenceMsMax' | 'sessionMsMax'>, events: WatchdogEvents) {
    this.timer = setInterval(() => {
      const now = performance.now();
      const frozen = now - this.lastTick;
      this.lastTick = now;
      if (frozen > limits.sessionMsMax) {
        // Silence that is our own says nothing about the client.
        this.lastAlive = now;
        events.onFrozen(Math.round(frozen));
      }
      const silence = now - this.lastAlive;
      if (silence > limits.silenceMsMax) events.onSilence(Math.round(silence));
    }, TICK_MS);
  }

  alive(): void {
    this.lastAlive = performance.now();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
