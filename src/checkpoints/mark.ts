import type { EventTime } from '../event/record.ts';

/**
 * Something beside the records that changes an outcome, and that depends on our clock. It is stored
 * before it takes effect, and takes effect again at the same place when the records are read again
 * (decisions §10).
 *
 * - `idle`: nothing came from this input for a while; the others go on without it.
 * - `active`: it delivers again, and is waited for again.
 * - `release`: records of this input up to an offset no longer wait for the others: one of them
 *   claims a time that the others do not reach.
 * - `elapse`: every input stood at its end for so long.
 * - `epoch`: from here on other rules, lists or limits are in force; the digest names them.
 */
export type Mark =
  | { readonly kind: 'idle'; readonly input: InputName }
  | { readonly kind: 'active'; readonly input: InputName }
  | { readonly kind: 'release'; readonly input: InputName; readonly through: number }
  | { readonly kind: 'elapse'; readonly silentMs: number }
  | { readonly kind: 'epoch'; readonly epoch: string };

/** One log that a task reads: a partition of a topic, or a file. */
export interface InputName {
  readonly source: string;
  readonly partition: number;
}

/** How far an input was read when something happened: the offset of its next record. */
export interface Place extends InputName {
  readonly next: number;
}

/** A mark with its number in the task's log and the places of all inputs when it took effect. */
export interface PlacedMark {
  readonly sequence: number;
  readonly at: readonly Place[];
  readonly mark: Mark;
}

/** How an input stands; with the engine's snapshot, all that a task's future depends on. */
export interface InputState extends Place {
  /** The time under which its latest record took its turn; records without one take it over. */
  readonly time: EventTime | null;
  readonly isIdle: boolean;
  /** Records up to here do not wait for other inputs; -1 for none. */
  readonly releasedThrough: number;
}

/** What an input holds of events that come in several records and are not whole yet. */
export interface InputFragments extends InputName {
  /** Plain JSON data; only the task's input knows what it means. */
  readonly state: unknown;
}
