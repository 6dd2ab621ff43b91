import type { JsonObject } from '../base/json.ts';
import type { FieldValue } from './event.ts';
import { fieldAt, ownField } from './field-value.ts';

/** Reads one field of a sensor's data. Readers are made when decoders load and shared by all events. */
export interface Reader {
  (data: JsonObject): FieldValue | undefined;
  /** The names that lead to what it reads, if it reads what stands there and nothing else. */
  readonly path?: readonly string[];
}

/** Reads a field of the data, or of the record with its envelope. */
export interface AliasReader {
  (data: JsonObject, whole: JsonObject): FieldValue | undefined;
  readonly path?: readonly string[];
  /** The names lead through the record, not through its data. */
  readonly isHeader?: boolean;
}

/** Reads a field of the record with its envelope. */
export function header(read: Reader): AliasReader {
  const alias = (_data: JsonObject, whole: JsonObject): FieldValue | undefined => read(whole);
  return read.path === undefined
    ? alias
    : Object.assign(alias, { path: read.path, isHeader: true });
}

/** The first of these names that has a meaning (sensors write nothing, `-` and the like for a missing one). */
export function first(...names: readonly string[]): Reader {
  return (data) => {
    for (const name of names) {
      const value = ownField(data, name);
      if (isMeant(value)) return value;
    }
    return undefined;
  };
}

/** The field of this name, as it stands. */
export function field(name: string): Reader {
  return Object.assign((data: JsonObject) => ownField(data, name), { path: [name] });
}

/** The field at a dotted path. */
export function at(path: string): Reader {
  const names = path.split('.');
  return Object.assign((data: JsonObject) => fieldAt(data, names), { path: names });
}

/** Always this value. */
export function constant(value: FieldValue): Reader {
  return () => value;
}

/** The first reader that finds something. */
export function either(...readers: readonly Reader[]): Reader {
  return (data) => {
    for (const reader of readers) {
      const value = reader(data);
      if (isMeant(value)) return value;
    }
    return undefined;
  };
}

/** What another reader finds, converted; the conversion may refuse it with undefined. */
export function converted(
  reader: Reader,
  convert: (value: FieldValue) => FieldValue | undefined,
): Reader {
  return (data) => {
    const value = reader(data);
    return isMeant(value) ? convert(value) : undefined;
  };
}

/** A whole number: from a number, decimal digits, or hexadecimal behind `0x` (Windows Security). */
export function integer(reader: Reader): Reader {
  return converted(reader, integerOf);
}

/** The whole number that a sensor wrote as number, digits or `0x…`. */
export function integerOf(value: FieldValue | undefined): number | undefined {
  if (typeof value === 'string') {
    return INTEGER.test(value) ? integerOf(Number(value)) : undefined;
  }
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

const INTEGER = /^(?:-?\d{1,16}|0x[0-9a-fA-F]{1,14})$/;

/** True unless the sensor left the field out or says that it knows no value. */
export function isMeant(value: FieldValue | undefined): value is FieldValue {
  if (value === undefined || value === null) return false;
  return typeof value !== 'string' || value.length > NOTHING_LENGTH_MAX || !NOTHING.has(value);
}

// How sensors write "no value", as recorded from Sysmon, Windows Security and Defender.
const NOTHING: ReadonlySet<string> = new Set(['', '-', 'N/A', '<unknown process>']);
// Looking a text up takes reading it.
const NOTHING_LENGTH_MAX = Math.max(...[...NOTHING].map((text) => text.length));
