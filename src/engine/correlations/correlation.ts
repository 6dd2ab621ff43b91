import type { EventTime } from '../../event/record.ts';
import type { Correlation, CorrelationType } from '../../language/tree.ts';

/** What a window holds of one contributing event. */
export interface WindowEntry {
  readonly time: EventTime;
  /** Which of the referenced rules matched, by their place in the correlation; ascending. */
  readonly sources: readonly number[];
  /** What the type reads: a number, a tuple's text, or nothing. */
  readonly value: number | string | undefined;
}

/**
 * What the entries of one window amount to. Entries come in event order and leave in the same
 * order.
 */
export interface Measure {
  add(entry: WindowEntry): void;
  /** Takes out the earliest entry. */
  remove(entry: WindowEntry): void;
  /**
   * The value that a threshold is held against; undefined when there is none (the mean of nothing).
   */
  value(after: EventTime): number | undefined;
  /** Temporal types: whether this rule has matched within the window. */
  fired?(source: number): boolean;
  /** Temporal types: whether the rules that fired did so as the type demands. */
  isInOrder?(after: EventTime): boolean;
  /** Whether the entry belongs to the window at all; may learn from it. Absent: all do. */
  admit?(entry: WindowEntry): boolean;
  /** Entries that `admit` forgot for its limit since the last call. */
  takeForgotten?(): number;
  /** What `admit` has learned, as plain JSON data. */
  snapshot?(): unknown;
  restore?(state: unknown): void;
}

/** What a measure may depend on. */
export interface MeasureOptions {
  /** Undefined for what only counts. */
  readonly correlation: Correlation | undefined;
  /** Number of referenced rules. */
  readonly sources: number;
  readonly entriesMax: number;
}

/** A way to measure windows. */
export interface CorrelationMeasure {
  readonly type: CorrelationType;
  /** What an entry carries: nothing, one number, or a tuple of values. */
  readonly reads: 'nothing' | 'number' | 'tuple';
  /** True if a group is remembered for ever, because its memory is what the type is about. */
  readonly lingers: boolean;
  start(options: MeasureOptions): Measure;
}
