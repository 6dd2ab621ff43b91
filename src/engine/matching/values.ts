import type { FieldValue, Scalar } from '../../event/event.ts';

/** The text by which a value compares: JSON's own for numbers and booleans; null has none. */
export function canonicalText(value: Scalar): string | undefined {
  return value === null ? undefined : String(value);
}

/** True if the value, or for an array any of its elements, nested ones too, passes the test. */
export function someScalar(value: FieldValue, test: (scalar: Scalar) => boolean): boolean {
  if (!isList(value)) return test(value);
  // An explicit stack: how deep an event nests its arrays is its author's choice.
  const pending: { readonly list: readonly FieldValue[]; next: number }[] = [
    { list: value, next: 0 },
  ];
  for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
    const element = top.list[top.next++];
    if (element === undefined) pending.pop();
    else if (isList(element)) pending.push({ list: element, next: 0 });
    else if (test(element)) return true;
  }
  return false;
}

/** Tells an array from a scalar; `Array.isArray` does not narrow read-only arrays. */
export function isList(value: FieldValue): value is readonly FieldValue[] {
  return typeof value === 'object' && value !== null;
}

const numeral = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const integer = /^-?\d+$/;
// No double has more digits before its point, so longer integers compare as infinities do.
const integerDigitsMax = 400;

/** A number, or text that is a decimal numeral; integers beyond 2^53 exactly. Else undefined. */
export function numberOf(value: Scalar): number | bigint | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !numeral.test(value)) return undefined;
  const isBig = value.length >= 16 && value.length <= integerDigitsMax && integer.test(value);
  return isBig ? BigInt(value) : Number(value);
}
