/** Milliseconds since the epoch, UTC, an integer. From the event or the log, never from our clock. */
export type EventTime = number;

/** Where a record stands in its log. For files: absolute path, 0, 1-based line in the unpacked file. */
export interface Position {
  readonly source: string;
  readonly partition: number;
  /** A safe integer. */
  readonly offset: number;
}

/** Bytes as a source delivers them. `payload` is null for a tombstone. */
export interface RawRecord {
  readonly payload: Uint8Array | null;
  readonly key?: Uint8Array;
  /** Only from a topic whose timestamp type is LogAppendTime (decisions: the producer's clock does not count). */
  readonly recordTime?: EventTime;
  readonly position: Position;
}
