import type { EventForm } from './event-form.ts';

/** What a member of a scanned object is. The numbers are those of the scanner. */
export const memberKinds = {
  string: 1,
  number: 2,
  array: 3,
  object: 4,
  true: 5,
  false: 6,
  null: 7,
} as const;

/** An object in a layout: its members by name, each an object or the number of a value. */
export interface LayoutObject {
  readonly members: ReadonlyMap<string, LayoutObject | number>;
}

/**
 * What records have in common whose members have the same names and kinds in the same order, values apart.
 */
export interface Layout {
  readonly root: LayoutObject;
  /** By number of the value, its kind (`memberKinds`). */
  readonly kinds: readonly number[];
  /** What was found of the outermost object. */
  readonly facts: Map<object, unknown>;
  /** The forms of events that were met in this layout. */
  readonly forms: EventForm[];
  /** The names that lead to the value of this number. */
  path(value: number): readonly string[];
  /** From now on this value is to be read while scanning. */
  want(value: number): void;
}
