import type { Alert } from '../../alert/alert.ts';
import type { EventTime } from '../../event/record.ts';
import type { Level } from '../../language/tree.ts';
import type { Refusal } from '../decoding.ts';
import type { PlainFailure } from '../workers/thread.ts';

/**
 * Where something was found, in the one log that all files of a scan make together. Merging always takes the
 * file whose next event is the oldest, so a record's place is the newest event time that its file had reached,
 * then the file's, then its line: whoever reads only some of the files finds the same places.
 */
export interface LogPlace {
  /** What is found as the log ends comes after all of its records, and final states come last. */
  readonly part: 'log' | 'end' | 'states';
  readonly time: EventTime;
  /** The file's number on the command line. */
  readonly file: number;
  readonly line: number;
}

const PARTS = ['log', 'end', 'states'] as const;

/** Less than 0 if the first comes before the second. */
export function comparePlaces(one: LogPlace, other: LogPlace): number {
  if (one.part !== other.part) return PARTS.indexOf(one.part) - PARTS.indexOf(other.part);
  if (one.time !== other.time) return one.time < other.time ? -1 : 1;
  return one.file - other.file || one.line - other.line;
}

/** Alerts that may grow and are held back until they have; those that open beyond it are shown as they opened. */
export const HELD_ALERTS_MAX = 10_000;

/** A rule that a record matched. */
export interface RuleMatch {
  readonly ruleId: string;
  readonly title: string;
  readonly level: Level;
  readonly time: EventTime;
  readonly source: string;
  readonly line: number;
}

/** What a scan tells of. Plain data, so that it can cross threads. */
export type Finding = { readonly place: LogPlace } & (
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** A file that could not be read to its end. */
  | { readonly kind: 'unread'; readonly failure: PlainFailure }
  | { readonly kind: 'match'; readonly match: RuleMatch }
  /** An alert as it opened. One that may grow is told of again, with its latest state. */
  | { readonly kind: 'opened'; readonly alert: Alert; readonly mayGrow: boolean }
  | { readonly kind: 'grown'; readonly alert: Alert }
);
