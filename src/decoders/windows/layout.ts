import type { JsonObject } from '../../base/json.ts';
import type { Reader } from '../../event/reader.ts';

/** How a shipper lays out a record of a Windows event log. Readers get the whole record. */
export interface WindowsLayout {
  readonly name: string;
  /** By the names that the record has, and which of them are objects; not by any other value. */
  recognises(record: JsonObject): boolean;
  /** The log that the event was written to. */
  readonly channel: Reader;
  /** What Sigma's services are held against; the same log, but for events about another one. */
  readonly sigmaChannel: Reader;
  readonly eventId: Reader;
  readonly host: Reader;
  readonly recordId: Reader;
  /** When the event was logged, for channels whose data have no time of their own. */
  time(record: JsonObject): TimeReading;
  /** The event's own fields. */
  data(record: JsonObject): EventData;
  /** What the envelope is asked for by Sigma names. */
  readonly headers: ReadonlyMap<string, Reader>;
  /** Id of the process that wrote the event. */
  readonly writerPid: Reader;
  /** Its image, where the envelope has it. */
  readonly writerImage?: Reader;
}

/** The event's fields, and whether they stood as text in a field of the record. */
export interface EventData {
  readonly fields: JsonObject;
  readonly isUnpacked: boolean;
}

/** A time as a sensor wrote it. */
export interface TimeReading {
  readonly text: string | undefined;
  /** How far the clock that wrote a time without a zone is ahead of UTC. */
  readonly zoneMs: number;
}

/** Data without fields. */
export const NO_FIELDS: JsonObject = Object.freeze({});
