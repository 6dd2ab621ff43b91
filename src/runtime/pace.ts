import { setTimeout as sleep } from 'node:timers/promises';

import type { EventTime } from '../event/record.ts';
import type { Decoded } from './decoding.ts';

/** What is due within this time is due now: timers are no finer. */
const SLACK_MS = 5;
/** The longest that one timer can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export interface PaceOptions {
  /** Multiple of event time; infinity does not hold back. */
  readonly speed: number;
  readonly signal: AbortSignal;
  /** The longest pause on the clock: a longer quiet spell is cut to it. */
  readonly pauseMsMax?: number;
}

/** Holds a replay back to a multiple of its own event time. */
export class Pace {
  readonly speed: number;
  private readonly signal: AbortSignal;
  private readonly pauseMsMax: number;
  private start: { readonly event: EventTime; clock: number } | undefined;
  private paused = 0;

  constructor({ speed, signal, pauseMsMax }: PaceOptions) {
    this.speed = speed;
    this.signal = signal;
    this.pauseMsMax = pauseMsMax ?? Number.POSITIVE_INFINITY;
  }

  /** How long it has held back so far, in ms. */
  get pausedMs(): number {
    return this.paused;
  }

  /** How long it is from now until this event time has come, in ms; negative when it is past. */
  waitMs(time: EventTime): number {
    if (this.speed === Number.POSITIVE_INFINITY) return 0;
    const now = performance.now();
    this.start ??= { event: time, clock: now };
    return this.start.clock + (time - this.start.event) / this.speed - now;
  }

  /** True if this event time has come. */
  isDue(time: EventTime): boolean {
    return this.waitMs(time) < SLACK_MS;
  }

  /** Resolves when this event time has come, or at once when the signal aborts. */
  async until(time: EventTime): Promise<void> {
    const beyond = this.waitMs(time) - this.pauseMsMax;
    if (beyond > 0 && this.start !== undefined) this.start.clock -= beyond;
    const began = performance.now();
    while (!this.signal.aborted && !this.isDue(time)) {
      try {
        const ms = Math.min(this.waitMs(time), TIMER_MS_MAX);
        await sleep(ms, undefined, { signal: this.signal });
      } catch (error) {
        if (!this.signal.aborted) throw error;
      }
    }
    this.paused += performance.now() - began;
  }

  /** Begins anew: the next event time asked for is due at once. */
  restart(): void {
    this.start = undefined;
  }
}

/**
 * The same records, each when its time has come: what is due goes on together, and a record without an event
 * goes with the one before it. A clock that runs ahead for a moment holds nobody up: a record is due no later
 * than any that stands behind it in its batch.
 *
 * @param onPause Told before each pause, with its length in ms.
 */
export async function* pacedBatches(
  batches: AsyncIterable<readonly Decoded[]>,
  pace: Pace,
  onPause?: (ms: number) => Promise<void>,
): AsyncGenerator<readonly Decoded[]> {
  for await (const batch of batches) {
    if (pace.speed === Number.POSITIVE_INFINITY) {
      yield batch;
      continue;
    }
    const times = dueTimes(batch);
    let from = 0;
    for (const [at, time] of times.entries()) {
      if (time === undefined || pace.isDue(time)) continue;
      if (at > from) yield batch.slice(from, at);
      from = at;
      await onPause?.(pace.waitMs(time));
      await pace.until(time);
    }
    yield batch.slice(from);
  }
}

function dueTimes(batch: readonly Decoded[]): readonly (EventTime | undefined)[] {
  let earliest = Number.POSITIVE_INFINITY;
  return batch
    .toReversed()
    .map(({ events: [event] }) => {
      if (event === undefined) return undefined;
      earliest = Math.min(earliest, event.time);
      return earliest;
    })
    .toReversed();
}
