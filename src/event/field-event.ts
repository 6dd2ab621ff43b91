import { digestParts } from '../base/sha256.ts';
import { memberReader, plainObject } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import { addFields, copyOf, put } from './ecs-document.ts';
import type {
  Activity,
  EcsDocument,
  EventOrigin,
  FieldValue,
  ProcessFacts,
  Scalar,
  TelemetryEvent,
} from './event.ts';
import { formIn } from './event-form.ts';
import type { EventForm } from './event-form.ts';
import { fieldAt, ownField, someScalar } from './field-value.ts';
import type { Logsource } from './logsource.ts';
import { readImage, readProcess } from './process-facts.ts';
import type { EventTime, Position, RawRecord } from './record.ts';
import { ScannedObject } from './scanned-record.ts';
import type { ScannedRecord } from './scanned-record.ts';
import type { EventShape } from './shape.ts';

// What Kafka allows as the name of a topic. Paths of files have slashes; `-` is standard input.
const TOPIC = /^(?!-$)[A-Za-z0-9._-]{1,249}$/;
const NO_BYTES = new Uint8Array(0);
const HOST_NAME: readonly string[] = ['host', 'name'];

/** What a decoder knows of one event. */
export interface FieldEventParts {
  readonly shape: EventShape;
  /** The fields that the sensor reports. */
  readonly data: JsonObject;
  /** The data with the envelope around it; the same object where there is no envelope. */
  readonly whole: JsonObject;
  readonly time: EventTime;
  readonly host: string;
  /**
   * The sensor's own id of the event, unique on its host together with the time; or what makes it of the
   * whole, if it is asked for.
   */
  readonly sensorId: string | undefined | ((whole: JsonObject) => string | undefined);
  /** The data stood as text in a field of the envelope, so the whole does not hold them. */
  readonly isUnpacked: boolean;
  /** The payload is what `plainBytes` promises, and no value of the event comes from elsewhere. */
  readonly isPlain: boolean;
  readonly record: RawRecord;
  /** Which of the record's events this is. */
  readonly index: number;
}

/**
 * The event that all decoders make: one class, so that all events have one hidden shape. Nothing is copied
 * out of the parsed record; fields are looked up when they are asked for.
 */
export class FieldEvent implements TelemetryEvent {
  readonly time: EventTime;
  readonly host: string;
  readonly #shape: EventShape;
  readonly #data: JsonObject;
  readonly #whole: JsonObject;
  readonly #sensorId: FieldEventParts['sensorId'];
  readonly #isUnpacked: boolean;
  readonly #isPlain: boolean;
  readonly #record: RawRecord;
  readonly #index: number;
  #id: string | undefined;
  #derived: Map<string, FieldValue> | undefined;
  #process: ProcessFacts | undefined;
  #unspaced: ReadonlyMap<string, string> | undefined;

  constructor(parts: FieldEventParts) {
    this.time = parts.time;
    this.host = parts.host;
    this.#shape = parts.shape;
    this.#data = parts.data;
    this.#whole = parts.whole;
    this.#sensorId = parts.sensorId;
    this.#isUnpacked = parts.isUnpacked;
    this.#isPlain = parts.isPlain;
    this.#record = parts.record;
    this.#index = parts.index;
    this.#id = undefined;
    this.#derived = undefined;
    this.#process = undefined;
    this.#unspaced = undefined;
  }

  get id(): string {
    this.#id ??= this.#identify();
    return this.#id;
  }

  get logsource(): Logsource {
    return this.#shape.logsource;
  }

  get activity(): Activity {
    return this.#shape.activity;
  }

  get sensor(): string {
    return this.#shape.sensor;
  }

  get position(): Position {
    return this.#record.position;
  }

  get plainBytes(): Uint8Array | undefined {
    return this.#isPlain ? (this.#record.payload ?? undefined) : undefined;
  }

  get origin(): EventOrigin {
    return { record: this.#record, index: this.#index };
  }

  get derived(): Map<string, FieldValue> {
    this.#derived ??= new Map();
    return this.#derived;
  }

  get(name: string): FieldValue | undefined {
    if (this.#derived !== undefined) {
      const value = this.#derived.get(name);
      if (value !== undefined) return value;
    }
    const alias = this.#shape.aliases.get(name);
    if (alias !== undefined) {
      const value = alias(this.#data, this.#whole);
      if (value !== undefined) return value;
    }
    const own = ownField(this.#data, name);
    return own === undefined ? this.#elsewhere(name) : own;
  }

  someValue(visit: (value: Scalar) => boolean): boolean {
    return someScalar(this.#whole, visit) || (this.#isUnpacked && someScalar(this.#data, visit));
  }

  get form(): EventForm | undefined {
    const data = memberReader(this.#data);
    const whole = memberReader(this.#whole);
    if (!(data instanceof ScannedObject && whole instanceof ScannedObject)) return undefined;
    if (data.record !== whole.record) return undefined;
    return formIn(data.record.layout, this.#shape, data.object, whole.object);
  }

  get scanned(): ScannedRecord | undefined {
    const whole = memberReader(this.#whole);
    return whole instanceof ScannedObject ? whole.record : undefined;
  }

  process(): ProcessFacts | undefined {
    const { process, processHeader } = this.#shape;
    if (process !== undefined) {
      this.#process ??= readProcess(process, this.#data, this.time);
    } else if (processHeader !== undefined) {
      this.#process ??= readProcess(processHeader, this.#whole, this.time);
    }
    return this.#process;
  }

  image(): string | undefined {
    if (this.#process !== undefined) return this.#process.executable;
    const { process, processHeader } = this.#shape;
    if (process !== undefined) return readImage(process, this.#data);
    return processHeader === undefined ? undefined : readImage(processHeader, this.#whole);
  }

  document(): EcsDocument {
    const document = this.#shape.isEcs ? copyOf(this.#whole) : {};
    document['@timestamp'] = new Date(this.time).toISOString();
    put(document, this.#shape.hostPath ?? HOST_NAME, this.host);
    if (this.time === 0) put(document, ['tags'], ['tidegate.no_event_time']);
    addFields(document, this.#shape.ecsHeaders, this.#whole);
    addFields(document, this.#shape.ecs, this.#data);
    const { dataPath } = this.#shape;
    const isShown = this.#data !== this.#whole || this.#shape.showsWhole === true;
    if (dataPath !== undefined && isShown) {
      put(document, dataPath, copyOf(this.#data));
    }
    return document;
  }

  #elsewhere(name: string): FieldValue | undefined {
    if (name === 'Computer') return this.host;
    if (this.#whole !== this.#data) {
      const value = ownField(this.#whole, name);
      if (value !== undefined) return value;
    }
    if (name.includes('.')) return this.#atPath(name);
    return this.#shape.hasSpacedNames ? this.#spaced(name) : undefined;
  }

  #atPath(name: string): FieldValue | undefined {
    const path = pathOf(name);
    const value = fieldAt(this.#data, path);
    return value === undefined && this.#whole !== this.#data ? fieldAt(this.#whole, path) : value;
  }

  #spaced(name: string): FieldValue | undefined {
    this.#unspaced ??= unspacedNames(this.#data);
    const spaced = this.#unspaced.get(name);
    return spaced === undefined ? undefined : ownField(this.#data, spaced);
  }

  /**
   * The sensor's own id with the time, since numbers restart when a log is cleared; else a digest. A line of
   * a file is delivered once, so its place tells equal lines apart; a topic may deliver a record again.
   */
  #identify(): string {
    const index = this.#index === 0 ? '' : `#${this.#index}`;
    const own = this.#sensorId;
    const sensorId = typeof own === 'function' ? own(this.#whole) : own;
    if (sensorId !== undefined) return `${this.host}/${sensorId}/${this.time}${index}`;
    const parts = [this.host, withoutMark(this.#record.payload ?? NO_BYTES)];
    const { source, partition, offset } = this.#record.position;
    if (!TOPIC.test(source)) parts.push(source, String(partition), String(offset));
    return `${digestParts(parts)}${index}`;
  }
}

/** The bytes of the text: a byte order mark is no part of it. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

// Field names come from rules, so there are few; the limit only guards against a caller that invents them.
const PATHS_MAX = 4096;
const paths = new Map<string, readonly string[]>();

function pathOf(name: string): readonly string[] {
  let path = paths.get(name);
  if (path === undefined) {
    path = name.split('.');
    if (paths.size >= PATHS_MAX) paths.clear();
    paths.set(name, path);
  }
  return path;
}

/** The names that hold spaces, by their form without. */
function unspacedNames(data: JsonObject): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const name in plainObject(data)) {
    if (name.includes(' ')) names.set(name.replaceAll(' ', ''), name);
  }
  return names;
}
