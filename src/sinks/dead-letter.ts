import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Alert } from '../alert/alert.ts';
import type { Position, RawRecord } from '../event/record.ts';
import { readFailure } from './file-failure.ts';
import { openLineFile, type LineFile } from './line-file.ts';

export interface DeadLetterOptions {
  readonly path: string;
  /** Start an empty file instead of appending to what an earlier run refused. */
  readonly truncate?: boolean;
}

/** Why a record was refused: a word from a closed list, and a sentence for people. */
export interface RefusalReason {
  readonly reason: string;
  readonly detail: string;
}

/** Keeps what was refused, with its reason, so that no input is lost in silence. */
export interface DeadLetter extends AsyncDisposable {
  /** Records kept since opening. */
  readonly count: number;
  /**
   * Takes a record; it is on disk after `flush`. Throws a Failure and takes nothing when the disk
   * is full.
   */
  add(record: RawRecord, problem: RefusalReason): void;
  /** Returns when everything added so far would survive a power cut. */
  flush(): Promise<void>;
  /** Flushes and closes; again does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}

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

/** A kept record, as read back. */
export interface DeadRecord extends RefusalReason {
  readonly position: Position;
  readonly recordTime?: number;
  readonly key?: Uint8Array;
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

/**
 * Opens a dead-letter file, NDJSON, one refused record a line. It holds raw telemetry: owner-only.
 */
export function openDeadLetter(options: DeadLetterOptions): DeadLetter {
  return new DeadLetterFile(
    openLineFile({ path: options.path, truncate: options.truncate ?? false }),
  );
}

class DeadLetterFile implements DeadLetter {
  count = 0;
  private readonly file: LineFile;

  constructor(file: LineFile) {
    this.file = file;
  }

  add(record: RawRecord, problem: RefusalReason): void {
    const { payload, key, recordTime, position } = record;
    const line = JSON.stringify({
      reason: problem.reason,
      detail: problem.detail.slice(0, DETAIL_MAX),
      position: {
        source: position.source,
        partition: position.partition,
        offset: position.offset,
      },
      record_time: recordTime,
      key: key === undefined ? undefined : base64(key, KEY_KEPT_MAX),
      payload_length: payload?.length ?? 0,
      payload: payload === null ? null : base64(payload, PAYLOAD_KEPT_MAX),
    });
    this.file.add(line);
    this.count++;
  }

  flush(): Promise<void> {
    return this.file.flush();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.file[Symbol.asyncDispose]();
  }
}

function base64(bytes: Uint8Array, keptMax: number): string {
  const kept = Math.min(bytes.length, keptMax);
  return Buffer.from(bytes.buffer, bytes.byteOffset, kept).toString('base64');
}

/**
 * Reads a dead-letter file back; a line that is no letter (torn by a crash) is given as undefined.
 */
export async function* readDeadLetter(path: string): AsyncGenerator<DeadRecord | undefined> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  try {
    for await (const line of lines) {
      if (line !== '') yield parse(line);
    }
  } catch (cause) {
    throw readFailure(path, cause);
  }
}

function parse(line: string): DeadRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
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
  const recordTime = value['record_time'];
  return {
    reason,
    detail,
    position: { source, partition, offset },
    ...(typeof recordTime === 'number' ? { recordTime } : {}),
    ...(typeof key === 'string' ? { key: Buffer.from(key, 'base64') } : {}),
    payload: payload === null ? null : Buffer.from(payload, 'base64'),
    payloadLength,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
