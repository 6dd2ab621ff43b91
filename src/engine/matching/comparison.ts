import type { Scalar } from '../../event/event.ts';
import type { Match } from '../../language/tree.ts';
import { datePart } from './dates.ts';
import { numberOf } from './values.ts';

/** A rule's `lt`, `lte`, `gt`, `gte` or equality, of a number or of a part of a date. */
export type Comparison = Extract<Match, { kind: 'compare' }>;

/**
 * True if the value is a number (or a date, when a part is asked for) for which the comparison
 * holds.
 */
export function comparesTo(value: Scalar, comparison: Comparison): boolean {
  const { part } = comparison;
  const number = part === undefined ? numberOf(value) : datePart(value, part);
  if (number === undefined) return false;
  // JavaScript compares a bigint with a number exactly.
  switch (comparison.operator) {
    case 'lt':
      return number < comparison.value;
    case 'lte':
      return number <= comparison.value;
    case 'gt':
      return number > comparison.value;
    case 'gte':
      return number >= comparison.value;
    case 'eq':
      return number >= comparison.value && number <= comparison.value;
  }
}
