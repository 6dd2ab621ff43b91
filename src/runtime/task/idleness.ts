import type { Mark } from '../../checkpoints/mark.ts';
import type { InputQueue } from './input-queue.ts';

/** How long the runtime waits before it lets a task go on without something, in ms. */
export interface Patience {
  /** An input at its end that gives nothing no longer holds up the others. */
  readonly idleInputMs: number;
  /** A record that the other inputs do not reach no longer waits for them. */
  readonly heldRecordMs: number;
  /** How often silence is told to the engine. */
  readonly silenceStepMs: number;
}

export const defaultPatience: Patience = {
  idleInputMs: 1_000,
  heldRecordMs: 10_000,
  silenceStepMs: 1_000,
};

/** An input as its reader sees it. */
export interface WatchedInput {
  readonly queue: InputQueue;
  /** True while the log holds nothing that was not offered to the queue. */
  readonly isAtEnd: boolean;
}

interface Watch {
  readonly input: WatchedInput;
  offered: number;
  taken: number;
  /** When the last record came, and when the present head was last not yet the head. */
  heardAt: number;
  headSince: number;
  /** When the input was last seen empty and at its end. */
  emptyAt: number;
}

/**
 * Turns what a clock shows into marks: which input is not waited for, which record is let go, and
 * for how long every input has stood at its end. It only looks; marks are stored and applied by
 * whoever asks.
 *
 * Each of them presumes that inputs have shown all that stands in their logs. So a mark that is made
 * after a restart can never come before records that had their turn before it.
 */
export class Idleness {
  readonly #patience: Patience;
  readonly #watches: readonly Watch[];
  #lookedAt: number;
  #silentMs = 0;
  #wasQuiet = false;

  constructor(inputs: readonly WatchedInput[], patience: Patience, now: number) {
    this.#patience = patience;
    this.#lookedAt = now;
    this.#watches = inputs.map((input) => ({
      input,
      offered: input.queue.newest,
      taken: input.queue.next,
      heardAt: now,
      headSince: now,
      emptyAt: Number.NEGATIVE_INFINITY,
    }));
  }

  /** Looks at all inputs and gives the next mark to be made, if one is due. */
  look(now: number): Mark | undefined {
    const elapsed = now - this.#lookedAt;
    this.#lookedAt = now;
    // A clock that was set back, or a process that was stopped, says nothing of silence.
    const isPlausible = elapsed >= 0 && elapsed <= 10 * this.#patience.silenceStepMs;
    const isStill = this.#watches.every(
      ({ input, offered }) => isQuiet(input) && input.queue.newest === offered,
    );
    if (isPlausible && isStill && this.#wasQuiet) this.#silentMs += elapsed;
    this.#wasQuiet = this.#watches.every(({ input }) => isQuiet(input));
    for (const watch of this.#watches) watchInput(watch, now);
    return this.#activeAgain() ?? this.#idle(now) ?? this.#held(now) ?? this.#silence();
  }

  #activeAgain(): Mark | undefined {
    const watch = this.#watches.find(({ input: { queue } }) => queue.isIdle && queue.size > 0);
    return watch === undefined ? undefined : { kind: 'active', input: watch.input.queue.name };
  }

  #idle(now: number): Mark | undefined {
    if (!this.#watches.some(({ input: { queue } }) => !queue.isIdle && queue.size > 0)) {
      return undefined;
    }
    const watch = this.#watches.find(({ input, heardAt }) => {
      const { isIdle, hasEnded } = input.queue;
      if (isIdle || hasEnded || !isQuiet(input)) return false;
      return now - heardAt >= this.#patience.idleInputMs;
    });
    return watch === undefined ? undefined : { kind: 'idle', input: watch.input.queue.name };
  }

  // Whoever claims a time that the others do not reach is let go once each of them was at its end
  // since: nothing that was written before is overtaken.
  #held(now: number): Mark | undefined {
    for (const { input, headSince } of this.#watches) {
      const { queue } = input;
      const isHeld = queue.size > 0 && !queue.isIdle && queue.releasedThrough < queue.next;
      if (!isHeld || now - headSince < this.#patience.heldRecordMs) continue;
      const others = this.#watches.filter((other) => other.input !== input);
      const havePassed = others.every(
        (other) =>
          other.input.queue.isIdle || other.input.queue.hasEnded || other.emptyAt > headSince,
      );
      if (havePassed) return { kind: 'release', input: queue.name, through: queue.newest };
    }
    return undefined;
  }

  #silence(): Mark | undefined {
    if (this.#silentMs < this.#patience.silenceStepMs) return undefined;
    const silentMs = Math.floor(this.#silentMs);
    this.#silentMs = 0;
    return { kind: 'elapse', silentMs };
  }
}

function watchInput(watch: Watch, now: number): void {
  const { queue } = watch.input;
  if (queue.newest !== watch.offered) watch.heardAt = now;
  if (queue.next !== watch.taken || queue.size === 0) watch.headSince = now;
  if (isQuiet(watch.input)) watch.emptyAt = now;
  watch.offered = queue.newest;
  watch.taken = queue.next;
}

function isQuiet({ queue, isAtEnd }: WatchedInput): boolean {
  return queue.size === 0 && (isAtEnd || queue.hasEnded);
}
