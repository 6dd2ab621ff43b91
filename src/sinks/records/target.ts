/** A record on its way out: its bytes as they were read, and what places it among its like. */
export interface OutgoingRecord {
  readonly payload: Uint8Array;
  /** Records of one key keep their order; undefined where nothing is known to keep together. */
  readonly key: string | undefined;
}

/** What a target has acknowledged so far. */
export interface Delivered {
  records: number;
  /** Of payloads, without what a protocol adds. */
  bytes: number;
  /** Requests that had to be made again: a record in them may have arrived twice. */
  retries: number;
  /** Records by partition, where the target has any. */
  readonly partitions: Map<number, number>;
}

/** Where raw records go, in their order. */
export interface RecordTarget extends AsyncDisposable {
  /** A name for people: an address, a topic. */
  readonly name: string;
  readonly delivered: Readonly<Delivered>;
  /** Takes records; resolves when there is room for more. Rejects with a Failure. */
  write(records: readonly OutgoingRecord[]): Promise<void>;
  /** Resolves when everything taken has been acknowledged. Rejects with a Failure. */
  flush(): Promise<void>;
}

/** Counts before anything was delivered. */
export function nothingDelivered(): Delivered {
  return { records: 0, bytes: 0, retries: 0, partitions: new Map() };
}

/** Counts these as acknowledged. */
export function countDelivered(delivered: Delivered, records: readonly OutgoingRecord[]): void {
  delivered.records += records.length;
  for (const { payload } of records) delivered.bytes += payload.length;
}
