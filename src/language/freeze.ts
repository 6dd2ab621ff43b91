/** Freezes plain data all the way down. Maps keep their type's promise of being read-only. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const each of value.values()) freeze(each);
    return value;
  }
  for (const each of Object.values(value)) freeze(each);
  return Object.freeze(value);
}
