import type { ReadFrom, Input } from '../../sources/source.ts';
import type { WatchedInput } from './idleness.ts';
import type { InputQueue } from './input-queue.ts';

/** Records and bytes of one input that wait to be judged, before its source is paused. */
export interface ReadAhead {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

export const defaultReadAhead: ReadAhead = { recordsMax: 10_000, bytesMax: 32 << 20 };

/** Moves records from a source into a task's queue, as fast as they are judged and no faster. */
export class InputReader implements WatchedInput {
  readonly queue: InputQueue;
  readonly #input: Input;
  readonly #readAhead: ReadAhead;
  #hasRoom: (() => void) | undefined;

  constructor(input: Input, queue: InputQueue, readAhead: ReadAhead) {
    this.#input = input;
    this.queue = queue;
    this.#readAhead = readAhead;
  }

  get isAtEnd(): boolean {
    const { end, position } = this.#input;
    return end !== undefined && (position ?? this.queue.newest + 1) >= end;
  }

  /** Notes where the input began, so that a restart does not begin elsewhere before a first record. */
  noteStart(): void {
    const { position } = this.#input;
    if (position !== undefined) this.queue.begin(position);
  }

  /**
   * Reads until the input ends or the signal aborts; `arrived` is called whenever there is something
   * new to look at.
   */
  async read(from: ReadFrom, arrived: () => void, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#hasRoom?.(), { once: true });
    for await (const records of this.#input.batches(from)) {
      if (signal.aborted) return;
      this.queue.offer(records);
      arrived();
      while (this.#isFull && !signal.aborted) {
        await new Promise<void>((resume) => {
          this.#hasRoom = resume;
        });
      }
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    this.queue.hasEnded = true;
    arrived();
  }

  /** Called after records were judged: reading goes on if there is room now. */
  makeRoom(): void {
    if (!this.#isFull) this.#hasRoom?.();
  }

  get #isFull(): boolean {
    const { recordsMax, bytesMax } = this.#readAhead;
    return this.queue.size >= recordsMax || this.queue.bytes >= bytesMax;
  }
}
