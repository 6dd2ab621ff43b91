import { setTimeout as sleep } from 'node:timers/promises';

import type { EventTime } from '../event/record.ts';
import type { Decoded } from './decoding.ts';

/** Records per step of a paced replay: small, so that time flows instead of jumping. */
const STEP_RECORDS = 32;

/** Holds a replay back to a multiple of its own event time. */
export class Pace {
  readonly speed: number;
  private readonly signal: AbortSignal;
  private start: { readonly event: EventTime; readonly clock: number } | undefined;
  private paused = 0;

  /** @param speed Multiple of event time; infinity does not hold back. */
  constructor(speed: number, signal: AbortSignal) {
    this.speed = speed;
    this.signal = signal;
  }

  /** How long it has held back so far, in ms. */
  get pausedMs(): number {
    return this.paused;
  }

  /** Resolves when this event time has come, or at once when the signal aborts. */
  async until(time: EventTime): Promise<void> {
    if (this.speed === Number.POSITIVE_INFINITY || this.signal.aborted) return;
    const now = performance.now();
    this.start ??= { event: time, clock: now };
    const due = this.start.clock + (time - this.start.event) / this.speed;
    if (due - now < 5) return;
    try {
      await sleep(due - now, undefined, { signal: this.signal });
    } catch (error) {
      if (!this.signal.aborted) throw error;
    }
    this.paused += performance.now() - now;
  }
}

/** The same records in small steps, each when its time has come. */
export async function* pacedBatches(
  batches: AsyncIterable<readonly Decoded[]>,
  pace: Pace,
): AsyncGenerator<readonly Decoded[]> {
  for await (const batch of batches) {
    if (pace.speed === Number.POSITIVE_INFINITY) {
      yield batch;
      continue;
    }
    for (let from = 0; from < batch.length; from += STEP_RECORDS) {
      const step = batch.slice(from, from + STEP_RECORDS);
      const time = step.find((decoded) => decoded.events.length > 0)?.events[0]?.time;
      if (time !== undefined) await pace.until(time);
      yield step;
    }
  }
}
