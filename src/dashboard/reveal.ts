/** Where a piece of evidence was read from, as the alert says. */
export interface RecordPlace {
  readonly source: string;
  readonly partition: number;
  readonly offset: number;
  /** The event's id, which the record must give again. */
  readonly eventId: string;
}

/** A record as the sensor sent it, or why it can not be had. */
export type RevealedRecord =
  | { readonly kind: 'record'; readonly text: string }
  | { readonly kind: 'gone'; readonly reason: string };

export type RecordReader = (place: RecordPlace) => Promise<RevealedRecord>;
