/** A value in the snapshot's tree, and the names and indexes that lead to it. */
export type Part = readonly [path: readonly (string | number)[], value: unknown];

/** A part is cut further while it weighs more: values count 1, texts one more per 16 characters. */
const WEIGHT_MAX = 16_384;

/**
 * Cuts JSON data into parts of bounded size, so that a state of any size can be written a piece at a
 * time. A container that is cut comes first, empty; its members follow.
 */
export function* partsOf(value: unknown, path: readonly (string | number)[] = []): Generator<Part> {
  if (typeof value !== 'object' || value === null || weigh(value, WEIGHT_MAX) <= WEIGHT_MAX) {
    yield [path, value];
    return;
  }
  const isList = Array.isArray(value);
  yield [path, isList ? [] : {}];
  if (!isList) {
    for (const [name, member] of Object.entries(value)) {
      if (member !== undefined) yield* partsOf(member, [...path, name]);
    }
    return;
  }
  for (const [index, member] of value.entries()) yield* partsOf(member, [...path, index]);
}

/** Puts the data together again. */
export function joinParts(parts: Iterable<Part>): unknown {
  const root: { value: unknown } = { value: undefined };
  for (const [path, value] of parts) {
    let holder: object = root;
    let name: string | number = 'value';
    for (const next of path) {
      holder = (holder as Record<string | number, object>)[name] as object;
      name = next;
    }
    // Defined, not assigned: a name in the data may be `__proto__`.
    Object.defineProperty(holder, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return root.value;
}

// Stops as soon as the limit is passed, so that weighing what is to be cut costs no more than a part.
function weigh(value: unknown, limit: number): number {
  if (typeof value === 'string') return 1 + value.length / 16;
  if (typeof value !== 'object' || value === null) return 1;
  let weight = 1;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const member of members) {
    weight += weigh(member, limit - weight);
    if (weight > limit) return weight;
  }
  return weight;
}
