import type { RawRecord, Undelivered } from '../../event/record.ts';
import { readMark } from '../../kafka/substitute.ts';

/** A message as a client library hands it over. */
export interface Message {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
  /** Milliseconds, if the broker gave it (LogAppendTime). */
  readonly recordTime: number | undefined;
}

/** Records of a piece of a partition, and where the piece ends. */
export interface PieceOfPartition {
  readonly records: readonly RawRecord[];
  readonly next: number;
  readonly isCut: boolean;
}

/**
 * Messages as records. A batch that could not be unpacked becomes one record that says so; what was
 * postponed ends the piece.
 */
export function recordsOf(
  messages: readonly Message[],
  piece: {
    readonly topic: string;
    readonly partition: number;
    readonly next: number;
    readonly recordBytesMax: number;
  },
): PieceOfPartition {
  const { topic: source, partition, recordBytesMax } = piece;
  const records: RawRecord[] = [];
  let refused: { position: RawRecord['position']; undelivered: Undelivered } | undefined;
  const closeRefused = (): void => {
    if (refused !== undefined) records.push({ payload: null, ...refused });
    refused = undefined;
  };
  for (const message of messages) {
    const { offset, key, value, headers, recordTime } = message;
    const [[name, text] = []] = headers;
    const mark = name === undefined || text === undefined ? undefined : readMark(name, text);
    const position = { source, partition, offset };
    if (mark === undefined) {
      closeRefused();
      const size = bytesOf(value, key, headers);
      const time = recordTime === undefined ? {} : { recordTime };
      if (size > recordBytesMax) {
        const detail = `${size} bytes, limit ${recordBytesMax}`;
        const undelivered: Undelivered = { reason: 'too_large', detail, lastOffset: offset };
        records.push({ payload: null, undelivered, position, ...time });
        continue;
      }
      records.push({
        payload: value,
        ...(key === null ? {} : { key }),
        ...(headers.length === 0 ? {} : { headers }),
        ...time,
        position,
      });
    } else if (mark === 'again') {
      if (refused !== undefined) {
        refused = { ...refused, undelivered: { ...refused.undelivered, lastOffset: offset } };
      }
    } else if (mark.reason === 'postponed') {
      closeRefused();
      return { records, next: offset, isCut: true };
    } else {
      closeRefused();
      refused = { position, undelivered: { ...mark, lastOffset: offset } };
    }
  }
  closeRefused();
  return { records, next: piece.next, isCut: false };
}

/** Bytes of a record that its producer chose: value, key, headers. */
export function bytesOf(
  value: Uint8Array | null,
  key: Uint8Array | null,
  headers: NonNullable<RawRecord['headers']>,
): number {
  let bytes = (value?.length ?? 0) + (key?.length ?? 0);
  for (const [name, text] of headers) bytes += name.length + text.length;
  return bytes;
}
