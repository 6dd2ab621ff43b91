import type { EcsDocument, EcsValue } from './event.ts';
import type { EcsField } from './shape.ts';
import { isJsonArray, isJsonObject, plainObject } from '../base/json.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { isMeant } from './reader.ts';

/** Adds the fields that the data has; a field that is already there stays. */
export function addFields(
  document: EcsDocument,
  fields: readonly EcsField[],
  data: JsonObject,
): void {
  for (const { path, read } of fields) {
    const value = read(data);
    if (isMeant(value)) put(document, path, value);
  }
}

/** Puts a value at the end of these names. A name that holds a value already is left alone. */
export function put(document: EcsDocument, path: readonly string[], value: EcsValue): void {
  let inner = document;
  for (let depth = 0; depth < path.length - 1; depth++) {
    const name = path[depth] ?? '';
    let next: EcsValue | undefined = inner[name];
    if (next === undefined) {
      next = {};
      inner[name] = next;
    }
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return;
    inner = next as EcsDocument;
  }
  const last = path[path.length - 1] ?? '';
  inner[last] ??= value;
}

/** A copy that shares nothing with the record. Names of an object's own workings are left out. */
export function copyOf(object: JsonObject): EcsDocument {
  const copy: EcsDocument = {};
  const plain = plainObject(object);
  for (const name in plain) {
    const value = plain[name];
    if (value !== undefined && name !== '__proto__') copy[name] = copyOfValue(value);
  }
  return copy;
}

function copyOfValue(value: JsonValue): EcsValue {
  if (isJsonObject(value)) return copyOf(value);
  return isJsonArray(value) ? value.map(copyOfValue) : value;
}
