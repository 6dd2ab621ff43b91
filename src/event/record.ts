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
  /** Metadata that the producer set; absent where there is none. Names may repeat. */
  readonly headers?: readonly (readonly [name: string, value: Uint8Array])[];
  /** The source could not deliver these bytes: the payload is null, the position says where. */
  readonly undelivered?: Undelivered;
  readonly position: Position;
}

/** Why a source could not deliver what stands in the log. */
export interface Undelivered {
  readonly reason: UndeliveredReason;
  /** For people. */
  readonly detail: string;
  /** The last offset of the range that could not be delivered; the position is its first. */
  readonly lastOffset: number;
}

/**
 * A closed list, so that counts by reason stay bounded: larger than the limit, compressed in a way
 * that we do not know, compressed data that is damaged or unpacks beyond the limit, bytes that are
 * no records.
 */
export type UndeliveredReason = 'too_large' | 'unknown_codec' | 'bad_compression' | 'bad_batch';
