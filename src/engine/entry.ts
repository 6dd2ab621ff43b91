import type { FieldValue, Scalar } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { KeyPart } from './engine.ts';
import { hostFields } from './host-fields.ts';
import type { Kept } from './kept.ts';
import { numberOf } from './matching/values.ts';
import type { ConsumerPlan, Route } from './plan.ts';

/** What one event means to one consumer: its group and what its window takes of it. */
export interface Entry {
  readonly plan: ConsumerPlan;
  /** The group, unambiguous among all groups of the consumer. */
  readonly key: string;
  readonly parts: readonly KeyPart[];
  readonly sources: readonly number[];
  readonly value: number | string | undefined;
  readonly kept: Kept;
  /** For a suppressed rule: the selections that matched. */
  readonly matched: readonly string[] | undefined;
}

/** A match of a rule, or the opening of an inner correlation, as the consumers of it see it. */
export interface Hit {
  /** The host it is of; undefined for the alert of a correlation across hosts. */
  readonly host: string | undefined;
  readonly kept: Kept;
  readonly matched: readonly string[] | undefined;
  /** The value of a field of the event, or of the inner alert's group. */
  readonly field: (name: string) => FieldValue | undefined;
}

/** When and where an event takes its turn. */
export interface Turn {
  readonly time: EventTime;
  readonly id: string;
  readonly host: string;
}

/** Why a hit has no place in a correlation. */
export type EntryProblem = 'group' | 'value';

/** Beyond this a sum of a full window could overflow; no measure of an endpoint comes near. */
const NUMBER_MAX = 2 ** 900;

/** Works out the group and the value of a hit. */
export function entryOf({ plan, source }: Route, hit: Hit): Entry | EntryProblem {
  const fields = plan.sources[source]?.groupFields ?? [];
  const parts: KeyPart[] = [];
  let key = plan.isHostBound ? lengthPrefixed(hit.host ?? '') : '';
  for (const [index, name] of fields.entries()) {
    const found = hit.field(name) ?? (hostFields.has(name) ? hit.host : undefined);
    const value = canonicalText(found);
    if (value === null && plan.missingFields === 'drop') return 'group';
    parts.push({ field: plan.groupBy[index] ?? name, value });
    key += value === null ? '-' : lengthPrefixed(value);
  }
  const value = valueOf(plan, hit);
  if (value === undefined && plan.measure.reads !== 'nothing') return 'value';
  const { kept, matched } = hit;
  return { plan, key, parts, sources: [source], value, kept, matched };
}

/**
 * One event that reaches a group through several rules is one entry: that of the rule named first.
 */
export function mergeEntries(one: Entry, other: Entry): Entry {
  const sources = [...new Set([...one.sources, ...other.sources])].sort((a, b) => a - b);
  return sources[0] === one.sources[0] ? { ...one, sources } : { ...other, sources };
}

function valueOf(plan: ConsumerPlan, hit: Hit): number | string | undefined {
  if (plan.measure.reads === 'nothing') return undefined;
  if (plan.measure.reads === 'number') return finiteNumber(hit.field(plan.valueFields[0] ?? ''));
  let tuple = '';
  for (const field of plan.valueFields) {
    const value = canonicalText(hit.field(field));
    // As in SQL, a tuple with a missing part is not a value.
    if (value === null) return undefined;
    tuple += plan.valueFields.length === 1 ? value : lengthPrefixed(value);
  }
  return tuple;
}

function finiteNumber(value: FieldValue | undefined): number | undefined {
  const scalar = onlyElement(value);
  if (scalar === undefined || typeof scalar === 'object') return undefined;
  const number = Number(numberOf(scalar) ?? Number.NaN);
  return Math.abs(number) <= NUMBER_MAX ? number : undefined;
}

/** The text by which group and tuple values compare, case as it is; null for what is absent. */
function canonicalText(value: FieldValue | undefined): string | null {
  const element = onlyElement(value);
  if (element === undefined || element === null) return null;
  return typeof element === 'object' ? JSON.stringify(element) : String(element);
}

// Many sensors wrap single values in an array.
function onlyElement(value: FieldValue | undefined): FieldValue | undefined {
  let inner = value;
  while (isList(inner) && inner.length === 1) inner = inner[0];
  return inner;
}

function isList(value: FieldValue | undefined): value is readonly FieldValue[] {
  return typeof value === 'object' && value !== null;
}

function lengthPrefixed(text: string): string {
  return `${text.length}:${text}`;
}

/** A scalar of a group as a field value. */
export function partOf(parts: readonly KeyPart[], name: string): Scalar | undefined {
  return parts.find((part) => part.field === name)?.value ?? undefined;
}
