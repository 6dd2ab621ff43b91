import type { Alert } from '../alert/alert.ts';
import type { Position, RawRecord } from '../event/record.ts';

/** Why a record was refused: a word from a closed list, and a sentence for people. */
export interface RefusalReason {
  readonly reason: string;
  readonly detail: string;
}

/** A refused record, as it was kept. */
export interface Letter extends RefusalReason {
  /** When it was refused, by our clock, in ms; undefined in letters of earlier versions. */
  readonly refusedAt: number | undefined;
  readonly position: Position;
  /** The last offset of a range that the source could not deliver. */
  readonly lastOffset?: number;
  readonly recordTime?: number;
  readonly key?: Uint8Array;
  readonly headers?: readonly (readonly [name: string, value: Uint8Array])[];
  /** Null for a tombstone. Shorter than `payloadLength` when it was cut. */
  readonly payload: Uint8Array | null;
  readonly payloadLength: number;
}

/**
 * A larger payload keeps its first bytes: sources refuse records above 1 MiB by their metadata
 * alone.
 */
export const PAYLOAD_KEPT_MAX: number = 1 << 20;
const DETAIL_MAX = 1000;
const KEY_KEPT_MAX = 4096;
const HEADERS_KEPT_MAX = 50;

/** The `source` of the position of an alert that a sink's peer did not take. */
export const ALERT_SOURCE = 'tidegate:alerts';

/** An alert in the form of a record, for the dead letter: its id as key, its document as payload. */
export function alertRecord(alert: Alert): RawRecord {
  return {
    key: Buffer.from(alert.id),
    payload: Buffer.from(JSON.stringify(alert.document ?? null)),
    position: { source: ALERT_SOURCE, partition: 0, offset: alert.state.version },
  };
}

export interface LetterOptions {
  readonly refusedAt: number;
  /** Bytes of the payload that are kept. */
  readonly payloadMax?: number;
}

/** The letter as one line of JSON. */
export function letterLine(
  record: RawRecord,
  problem: RefusalReason,
  { refusedAt, payloadMax = PAYLOAD_KEPT_MAX }: LetterOptions,
): string {
  const { payload, key, recordTime, headers, undelivered, position } = record;
  return JSON.stringify({
    reason: problem.reason,
    detail: problem.detail.slice(0, DETAIL_MAX),
    refused_at: new Date(refusedAt).toISOString(),
    position: {
      source: position.source,
      partition: position.partition,
      offset: position.offset,
    },
    last_offset: undelivered?.lastOffset,
    record_time: recordTime,
    key: key === undefined ? undefined : base64(key, KEY_KEPT_MAX),
    headers: headers
      ?.slice(0, HEADERS_KEPT_MAX)
      .map(([name, value]) => [name.slice(0, KEY_KEPT_MAX), base64(value, KEY_KEPT_MAX)]),
    payload_length: payload?.length ?? 0,
    payload: payload === null ? null : base64(payload, payloadMax),
  });
}

function base64(bytes: Uint8Array, keptMax: number): string {
  const kept = Math.min(bytes.length, keptMax);
  return Buffer.from(bytes.buffer, bytes.byteOffset, kept).toString('base64');
}

/** Reads a line; undefined when it is no letter (torn by a crash, somebody else's). */
export function readLetter(line: string): Letter | undefined {
  const value = parsed(line);
  if (!isRecord(value) || !isRecord(value['position'])) return undefined;
  const { reason, detail, payload, key, payload_length: payloadLength } = value;
  const { source, partition, offset } = value['position'];
  const isLetter =
    typeof reason === 'string' &&
    typeof detail === 'string' &&
    typeof source === 'string' &&
    typeof partition === 'number' &&
    typeof offset === 'number' &&
    typeof payloadLength === 'number' &&
    (payload === null || typeof payload === 'string');
  if (!isLetter) return undefined;
  const { record_time: recordTime, last_offset: lastOffset, headers } = value;
  return {
    reason,
    detail,
    refusedAt: timeOf(value['refused_at']),
    position: { source, partition, offset },
    ...(typeof lastOffset === 'number' ? { lastOffset } : {}),
    ...(typeof recordTime === 'number' ? { recordTime } : {}),
    ...(typeof key === 'string' ? { key: Buffer.from(key, 'base64') } : {}),
    ...(Array.isArray(headers) ? { headers: headersOf(headers) } : {}),
    payload: payload === null ? null : Buffer.from(payload, 'base64'),
    payloadLength,
  };
}

/** The record of a letter, to be read again where its bytes were kept whole. */
export function recordOf(letter: Letter): RawRecord {
  const { payload, key, recordTime, headers, position } = letter;
  return {
    payload,
    position,
    ...(key === undefined ? {} : { key }),
    ...(recordTime === undefined ? {} : { recordTime }),
    ...(headers === undefined ? {} : { headers }),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}

function headersOf(pairs: readonly unknown[]): readonly (readonly [string, Uint8Array])[] {
  return pairs.flatMap((pair) => {
    if (!Array.isArray(pair)) return [];
    const [name, value]: unknown[] = pair;
    const isHeader = typeof name === 'string' && typeof value === 'string';
    return isHeader ? [[name, Buffer.from(value, 'base64')] as const] : [];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
