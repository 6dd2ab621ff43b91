import { isJsonArray, isJsonObject, ownValue, plainObject } from '../base/json.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { FieldValue, Scalar } from './event.ts';

/** The object's own field of this name. */
export function ownField(object: JsonObject, name: string): FieldValue | undefined {
  const value = ownValue(object, name);
  return typeof value === 'object' && value !== null ? fieldValue(value) : value;
}

/**
 * The field at the end of these names. Arrays on the way are looked through: `answers.data` of a list of
 * answers is the list of their data.
 */
export function fieldAt(object: JsonObject, path: readonly string[]): FieldValue | undefined {
  return walk(object, path, 0);
}

function walk(
  value: JsonValue | undefined,
  path: readonly string[],
  at: number,
): FieldValue | undefined {
  const name = path[at];
  if (name === undefined) return fieldValue(value);
  if (isJsonObject(value)) return walk(ownValue(value, name), path, at + 1);
  if (!isJsonArray(value)) return undefined;
  const found: FieldValue[] = [];
  for (const element of value) {
    const field = isJsonObject(element) ? walk(element, path, at) : undefined;
    if (field !== undefined) found.push(field);
  }
  return found.length === 0 ? undefined : found;
}

/**
 * What rules may compare: a scalar, or an array of them. An object is no value, except for the `#text` that
 * converters of XML put beside an element's attributes.
 */
export function fieldValue(value: JsonValue | undefined): FieldValue | undefined {
  if (isJsonObject(value)) return fieldValue(ownValue(value, '#text'));
  if (!isJsonArray(value)) return value;
  if (value.every(isScalar)) return value;
  const fields: FieldValue[] = [];
  for (const element of value) {
    const field = fieldValue(element);
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

/** True if `visit` is for some scalar in this value, however deep. Stops there. */
export function someScalar(value: JsonValue, visit: (value: Scalar) => boolean): boolean {
  if (isJsonArray(value)) return value.some((element) => someScalar(element, visit));
  if (!isJsonObject(value)) return visit(value);
  for (const inner of Object.values(plainObject(value))) if (someScalar(inner, visit)) return true;
  return false;
}

/** The text of a string or number, or undefined. */
export function textOf(value: FieldValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

function isScalar(value: JsonValue): value is Scalar {
  return typeof value !== 'object' || value === null;
}
