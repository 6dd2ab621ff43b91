import type { EcsDocument, FieldValue, TelemetryEvent } from '../event/event.ts';
import { hostHeaders, namedHost } from '../event/named-host.ts';
import type { EventTime, Position, RawRecord } from '../event/record.ts';
import type { Evidence } from './engine.ts';

/** Decodes one event of a record again. */
export type Revive = (record: RawRecord, index: number) => TelemetryEvent | undefined;

/** Where an event can be had again. */
export interface Origin {
  readonly record: RawRecord;
  readonly index: number;
  /** What enrichments had computed; not in the record. */
  readonly derived: readonly (readonly [string, FieldValue])[];
}

/**
 * A contributing event as a window remembers it: its bytes, which are a fraction of the decoded
 * event, and become a document only when an alert shows it.
 */
export interface Kept {
  readonly id: string;
  readonly host: string;
  readonly time: EventTime;
  /** When the log took the record, where it says so. */
  readonly recordTime?: EventTime;
  /** Orders the sample: nobody's arrival can change it. */
  readonly hash: number;
  readonly ruleId: string;
  readonly position: Position;
  /** Until there is a document. */
  origin: Origin | undefined;
  document: EcsDocument | undefined;
}

/** An event that a rule matched, with the time it was judged by and what was computed of it for the rule. */
export interface Judged {
  readonly event: TelemetryEvent;
  readonly time: EventTime;
  readonly ruleId: string;
  readonly computed: readonly (readonly [string, FieldValue])[];
}

/** Keeps an event. */
export function keepEvent({ event, time, ruleId, computed }: Judged): Kept {
  const { record, index } = event.origin;
  return {
    id: event.id,
    host: event.host,
    time,
    ...recordTimeOf(record.recordTime),
    hash: hashOf(event.id),
    ruleId,
    position: event.position,
    origin: { record: ownBytes(record), index, derived: computed },
    document: undefined,
  };
}

/** The event as evidence. */
export function evidenceOf(kept: Kept, revive: Revive): Evidence {
  const { id, time, recordTime, position, ruleId } = kept;
  if (kept.document === undefined) {
    const { origin } = kept;
    const event = origin === undefined ? undefined : revive(origin.record, origin.index);
    kept.document = documentOf(event?.document() ?? {}, origin?.derived ?? []);
    kept.origin = undefined;
  }
  return { id, time, ...recordTimeOf(recordTime), position, ruleId, document: kept.document };
}

/** The event that matched just now, as evidence. */
export function evidenceOfEvent({ event, time, ruleId, computed }: Judged): Evidence {
  const { id, position } = event;
  return {
    id,
    time,
    ...recordTimeOf(event.origin.record.recordTime),
    position,
    ruleId,
    document: documentOf(event.document(), computed),
  };
}

function recordTimeOf(recordTime: EventTime | undefined): { readonly recordTime?: EventTime } {
  return recordTime === undefined ? {} : { recordTime };
}

function documentOf(
  document: EcsDocument,
  derived: readonly (readonly [string, FieldValue])[],
): EcsDocument {
  // Spreading defines properties, so a `__proto__` in the input stays a plain property. The names
  // added are those of enrichments, which are constants of ours.
  const whole: EcsDocument = { ...document };
  for (const [name, value] of derived) whole[name] = value;
  return whole;
}

// A record is often a view into a whole fetched batch; keeping the view for the length of a window
// would keep the batch.
function ownBytes(record: RawRecord): RawRecord {
  const { payload, key, headers, ...rest } = record;
  if (isOwn(payload) && isOwn(key) && headers === undefined) return record;
  const host = namedHost(record);
  return {
    ...rest,
    payload: payload === null ? null : payload.slice(),
    ...(key === undefined ? {} : { key: key.slice() }),
    ...(host === undefined ? {} : { headers: hostHeaders(host) }),
  };
}

function isOwn(bytes: Uint8Array | null | undefined): boolean {
  return !bytes || bytes.byteLength === bytes.buffer.byteLength;
}

// FNV-1a, 32 bits. Who chooses ids can choose which of their events are in a sample, not whether
// they count.
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** True if the first comes before the second in the order of samples. */
export function isSampledBefore(one: Kept, other: Kept): boolean {
  if (one.hash !== other.hash) return one.hash < other.hash;
  return one.id < other.id;
}
