import { setTimeout as sleep } from 'node:timers/promises';

import type { Alert } from '../alert/alert.ts';
import { Failure } from '../base/failure.ts';
import type { PrimarySink, Sink, SinkReceipt } from '../sinks/sink.ts';

export interface DeliveryOptions {
  readonly signal: AbortSignal;
  /** Told of each failed try, with how long the next one waits. */
  readonly onTrouble?: (failure: Failure, waitMs: number) => void;
  /** Told once when a batch that had failed has been written. */
  readonly onRecovered?: () => void;
  /** 0 to 1. */
  readonly random?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The wait after the first failure; it doubles up to `WAIT_MS_MAX`. */
export const WAIT_MS_FIRST = 200;
export const WAIT_MS_MAX = 30_000;

/** Writes a batch, as often as it takes. */
export function deliver(
  sink: Sink,
  batch: readonly Alert[],
  options: DeliveryOptions,
): Promise<SinkReceipt> {
  return persist(() => sink.write(batch, options.signal), options);
}

/**
 * Writes something, as often as it takes: a store that is full, locked or away is asked again with
 * growing, jittered waits, while whoever calls holds back its input. A failure that waiting does not
 * mend is thrown, and so is the last one when the signal aborts.
 */
export async function persist<T>(write: () => Promise<T>, options: DeliveryOptions): Promise<T> {
  const { signal, random = Math.random, wait = waitFor } = options;
  for (let failures = 0; ; failures++) {
    try {
      const written = await write();
      if (failures > 0) options.onRecovered?.();
      return written;
    } catch (failure) {
      if (!(failure instanceof Failure) || !failure.retryable || signal.aborted) throw failure;
      const longest = Math.min(WAIT_MS_FIRST * 2 ** failures, WAIT_MS_MAX);
      const waitMs = Math.round(longest * (0.5 + random() / 2));
      options.onTrouble?.(failure, waitMs);
      await wait(waitMs, signal);
      if (signal.aborted) throw failure;
    }
  }
}

export interface FollowerOptions extends DeliveryOptions {
  /** The follower's name among the readers of the log. */
  readonly name: string;
  readonly states: boolean;
  readonly from: 'beginning' | 'now';
  readonly alertsMax?: number;
  /** Told of each batch that was written and acknowledged. */
  readonly onWritten?: (receipt: SinkReceipt) => void;
}

const ALERTS_MAX = 500;

/**
 * Feeds one sink from the primary log until the signal aborts. Each follower has its own pace and
 * position; a sink that is away makes its own follower wait and nobody else, and a log that is away
 * is asked again.
 */
export async function feed(log: PrimarySink, sink: Sink, options: FollowerOptions): Promise<void> {
  const { signal, random = Math.random, wait = waitFor } = options;
  let failures = 0;
  const onWell = (): void => {
    if (failures > 0) options.onRecovered?.();
    failures = 0;
  };
  while (!signal.aborted) {
    try {
      await follow(log, sink, { ...options, onWell });
      return;
    } catch (failure) {
      // What was not acknowledged comes again at the next start.
      if (failure instanceof Failure && signal.aborted) return;
      if (!(failure instanceof Failure) || !failure.retryable) throw failure;
      const longest = Math.min(WAIT_MS_FIRST * 2 ** failures++, WAIT_MS_MAX);
      const waitMs = Math.round(longest * (0.5 + random() / 2));
      options.onTrouble?.(failure, waitMs);
      await wait(waitMs, signal);
    }
  }
}

async function follow(
  log: PrimarySink,
  sink: Sink,
  options: FollowerOptions & { readonly onWell: () => void },
): Promise<void> {
  const { name, states, from, signal, alertsMax = ALERTS_MAX, onWell } = options;
  for await (const batch of log.follow({ name, states, from, alertsMax, signal, onWell })) {
    onWell();
    const receipt = await deliver(sink, batch.alerts, options);
    await batch.acknowledge();
    options.onWritten?.(receipt);
  }
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
