import { parseTimeBytes } from '../base/date.ts';
import {
  isJsonObject,
  lazyObject,
  MemberReader,
  ownValue,
  parseJson,
  valueAt,
} from '../base/json.ts';
import type { JsonObject, JsonValue, MemberFact } from '../base/json.ts';
import { assert } from '../base/assert.ts';
import { memberKinds } from './layout.ts';
import type { Layout, LayoutObject } from './layout.ts';
import { Value } from './value.ts';
import type { TextSource } from './value.ts';

// A mark at the beginning of a value is a part of it.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What a scan found of a record; see the fields of `ScannedRecord`. */
export interface ScannedParts {
  readonly layout: Layout;
  readonly payload: Uint8Array;
  readonly values: (Value | undefined)[];
  readonly spans: readonly number[];
}

// Numbers for each value in `spans`.
const SPAN = 3;

/** A record that was scanned and not parsed: its values are found by their numbers in its layout. */
export class ScannedRecord implements TextSource {
  readonly layout: Layout;
  readonly root: JsonObject;
  readonly #payload: Uint8Array;
  /** By number; undefined where it was not read yet. */
  readonly #values: (Value | undefined)[];
  /** Of values that no other record shares: number, place of the first byte, place behind the last. */
  readonly #spans: readonly number[];
  #text: string | undefined = undefined;
  #plain: JsonObject | undefined = undefined;

  constructor({ layout, payload, values, spans }: ScannedParts) {
    this.layout = layout;
    this.#payload = payload;
    this.#values = values;
    this.#spans = spans;
    this.root = lazyObject(new ScannedObject(this, layout.root));
  }

  /** The value of this number. */
  value(number: number): Value {
    return this.#values[number] ?? this.#unread(number);
  }

  read(start: number, end: number, isString: boolean): JsonValue {
    const text = (this.#text ??= utf8.decode(this.#payload));
    // Places of bytes are places of characters where all are ASCII.
    return text.length === this.#payload.length
      ? readSlice(text, start, end, isString)
      : readBytes(this.#payload, start, end, isString);
  }

  byteAt(start: number): number {
    return this.#payload[start] ?? 0;
  }

  bytesIn(start: number, end: number): Uint8Array {
    return this.#payload.subarray(start, end);
  }

  timeIn(start: number, end: number): number | undefined {
    return parseTimeBytes(this.#payload, start, end);
  }

  /** The record, parsed. */
  plain(): JsonObject {
    if (this.#plain === undefined) {
      const result = parseJson((this.#text ??= utf8.decode(this.#payload)));
      assert('value' in result, 'what the scanner takes is JSON');
      this.#plain = result.value as JsonObject;
    }
    return this.#plain;
  }

  #unread(number: number): Value {
    const value = this.#alone(number) ?? this.#missing(number);
    this.#values[number] = value;
    return value;
  }

  #alone(number: number): Value | undefined {
    const spans = this.#spans;
    for (let at = 0; at < spans.length; at += SPAN) {
      if (spans[at] !== number) continue;
      const isString = this.layout.kinds[number] === memberKinds.string;
      return Value.in(this, { start: spans[at + 1] ?? 0, end: spans[at + 2] ?? 0, isString });
    }
    return undefined;
  }

  // The name was not wanted when the record was scanned. From now on it is.
  #missing(number: number): Value {
    this.layout.want(number);
    return Value.of(valueAt(this.plain(), this.layout.path(number)) ?? null);
  }
}

/** An object of a scanned record. */
export class ScannedObject extends MemberReader {
  readonly record: ScannedRecord;
  readonly object: LayoutObject;

  constructor(record: ScannedRecord, object: LayoutObject) {
    super();
    this.record = record;
    this.object = object;
  }

  member(name: string): JsonValue | undefined {
    const member = this.object.members.get(name);
    if (member === undefined) return undefined;
    if (typeof member === 'number') return this.record.value(member).json;
    return lazyObject(new ScannedObject(this.record, member));
  }

  begins(name: string, letter: string): boolean {
    const member = this.object.members.get(name);
    return typeof member === 'number' && this.record.value(member).begins(letter);
  }

  time(name: string): number | undefined {
    const member = this.object.members.get(name);
    return typeof member === 'number' ? this.record.value(member).time() : undefined;
  }

  fact<T>(fact: MemberFact<T>): T {
    const { facts, root } = this.record.layout;
    if (this.object !== root) return fact.of(lazyObject(this));
    if (!facts.has(fact)) facts.set(fact, fact.of(lazyObject(this)));
    return facts.get(fact) as T;
  }

  plain(): JsonObject {
    return plainAt(this.record.plain(), this.record.layout.root, this.object) ?? {};
  }
}

function plainAt(
  plain: JsonObject,
  object: LayoutObject,
  sought: LayoutObject,
): JsonObject | undefined {
  if (object === sought) return plain;
  for (const [name, member] of object.members) {
    if (typeof member === 'number') continue;
    const inner = ownValue(plain, name);
    const found = isJsonObject(inner) ? plainAt(inner, member, sought) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value in these characters of a JSON text, which must be one; strings without their quotes. */
function readSlice(text: string, start: number, end: number, isString: boolean): JsonValue {
  if (!isString) return readOther(text.slice(start, end));
  const body = text.slice(start, end);
  return body.includes('\\') ? (JSON.parse(text.slice(start - 1, end + 1)) as string) : body;
}

/** The JSON value in these bytes, which keeps nothing of them; strings without their quotes. */
export function readBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  isString: boolean,
): JsonValue {
  return isString
    ? readTextBytes(bytes, start, end)
    : readOther(utf8.decode(bytes.subarray(start, end)));
}

/** The text in these bytes, which are a JSON string without its quotes. */
export function readTextBytes(bytes: Uint8Array, start: number, end: number): string {
  const body = utf8.decode(bytes.subarray(start, end));
  return body.includes('\\') ? (JSON.parse(`"${body}"`) as string) : body;
}

function readOther(text: string): JsonValue {
  const result = parseJson(text);
  assert('value' in result, 'what the scanner takes is JSON');
  return result.value;
}
