import type { InputName } from '../../checkpoints/mark.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import type { Decoded } from '../decoding.ts';
import { InputQueue } from './input-queue.ts';

/**
 * Reads several inputs as one log: always from the one whose next record is the earliest, ties by
 * the inputs' names (decisions §10). The order depends on what the logs hold and on nothing else:
 * while an input that is waited for has no record to show, none is taken.
 */
export class InputMerge {
  /** In the order of names. */
  readonly queues: readonly InputQueue[];

  constructor(names: readonly InputName[], decoder: Decoder) {
    this.queues = names.toSorted(compareNames).map((name) => new InputQueue(name, decoder));
  }

  find({ source, partition }: InputName): InputQueue | undefined {
    return this.queues.find(({ name }) => name.source === source && name.partition === partition);
  }

  /** The next record of all, or undefined while that is not known. */
  take(): Decoded | undefined {
    const first = this.#first();
    return first === undefined ? undefined : (this.#restBefore(first) ?? first.take());
  }

  /** Inputs without a record that the others wait for. */
  get missing(): readonly InputQueue[] {
    return this.queues.filter((queue) => isAwaited(queue) && queue.size === 0);
  }

  // An ended input tells of its unfinished events before later ones of others, which would leave them behind.
  // With no others left they stay: the log may grow until it is read again.
  #restBefore(first: InputQueue): Decoded | undefined {
    if (this.queues.length === 1) return undefined;
    const time = first.headTime ?? Number.NEGATIVE_INFINITY;
    for (const queue of this.queues) {
      const { hasEnded, size, fragmentTime } = queue;
      if (!hasEnded || size > 0 || fragmentTime === undefined || fragmentTime > time) continue;
      return queue.takeRest();
    }
    return undefined;
  }

  #first(): InputQueue | undefined {
    let first: InputQueue | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const queue of this.queues) {
      if (queue.isIdle) continue;
      const time = queue.headTime;
      if (time === undefined) {
        if (isAwaited(queue)) return undefined;
      } else if (first === undefined || time < earliest) {
        first = queue;
        earliest = time;
      }
    }
    return first;
  }
}

function isAwaited(queue: InputQueue): boolean {
  return !queue.isIdle && !queue.hasEnded;
}

function compareNames(one: InputName, other: InputName): number {
  if (one.source !== other.source) return one.source < other.source ? -1 : 1;
  return one.partition - other.partition;
}
