import type { EventForm } from './event-form.ts';
import type { Logsource } from './logsource.ts';
import type { EventTime, Position, RawRecord } from './record.ts';
import type { ScannedRecord } from './scanned-record.ts';

/** A single value. Integers of 16 digits and more arrive as their source text, not as a number. */
export type Scalar = string | number | boolean | null;

/** The value of a field; an array is matched by any of its elements. */
export type FieldValue = Scalar | readonly FieldValue[];

/** What an event tells of, for trackers and documents; rules use the log source instead. */
export type Activity =
  | 'process_start'
  | 'process_end'
  | 'file_read'
  | 'file_write'
  | 'file_delete'
  | 'connection'
  | 'dns'
  | 'clipboard'
  | 'other';

/** What an event says of one process. `guid` is the sensor's own identity, unique on its host. */
export interface ProcessFacts {
  readonly guid?: string;
  readonly pid?: number;
  /** When the process started, where the sensor says so. */
  readonly start?: EventTime;
  /** Full path of the image. */
  readonly executable?: string;
  readonly commandLine?: string;
  readonly signer?: string;
  readonly user?: string;
  readonly parent?: ProcessFacts;
}

/** A nested ECS document. */
export interface EcsDocument {
  [name: string]: EcsValue;
}
export type EcsValue = Scalar | readonly EcsValue[] | EcsDocument;

/** The record an event was decoded from, and which of its events it is; decoding is pure, so this revives it. */
export interface EventOrigin {
  readonly record: RawRecord;
  readonly index: number;
}

/** One normalised fact about an endpoint. */
export interface TelemetryEvent {
  /** Unique per host; built on demand (decisions: the sensor's own id with the time, else a digest). */
  readonly id: string;
  readonly time: EventTime;
  readonly host: string;
  readonly logsource: Logsource;
  readonly activity: Activity;
  /** Which decoder understood it, e.g. `sysmon`. */
  readonly sensor: string;
  readonly position: Position;
  /**
   * The record's bytes, if each text and boolean of the event stands in them as it is, but for JSON's
   * escapes of one letter (`\"`, `\n`) and `\u` escapes of `"`, `&`, `'`, `+`, `<`, `=` and `>`. Nothing
   * in them folds to ASCII that is not ASCII itself.
   */
  readonly plainBytes?: Uint8Array | undefined;
  readonly origin: EventOrigin;
  /** Fields that enrichments computed, by name. Rules read them in place of sensor fields of that name. */
  readonly derived: Map<string, FieldValue>;
  /**
   * A field by its Sigma taxonomy name, else by the sensor's own name, else by dotted path.
   * `undefined` means absent, `null` a JSON null.
   */
  get(field: string): FieldValue | undefined;
  /** Every scalar value of the raw event, nested ones too, for keyword rules. Stops when `visit` returns true. */
  someValue(visit: (value: Scalar) => boolean): boolean;
  /** Where the fields of the event stand, if it was scanned and not parsed; shared by all events of its form. */
  readonly form?: EventForm | undefined;
  /** Where the values are that the form names places of. */
  readonly scanned?: ScannedRecord | undefined;
  /** The process that acted (for a launch: the new one), or undefined when the sensor names none. */
  process(): ProcessFacts | undefined;
  /** Its image alone, where that can be had without the rest: it is asked of every event. */
  image?(): string | undefined;
  /** The event as an ECS document, without `tidegate.*`. */
  document(): EcsDocument;
}
