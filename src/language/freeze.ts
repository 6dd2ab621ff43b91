/** Freezes plain data all the way down. Maps keep their type's promise of being read-only. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) freezeObject(value);
  return value;
}

function freezeObject(value: object): void {
  if (value instanceof Map) {
    for (const each of value.values()) freeze(each);
  } else if (Array.isArray(value)) {
    for (const each of value) freeze(each);
    Object.freeze(value);
  } else if (!Object.isFrozen(value)) {
    // Own keys only: everything in a rule is a plain object, or has no prototype.
    for (const key in value) freeze((value as Readonly<Record<string, unknown>>)[key]);
    Object.freeze(value);
  }
}
