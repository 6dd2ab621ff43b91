import { levels } from '../../alert/level.ts';
import {
  closeReasons,
  filterFields,
  sortKeys,
  triageStates,
  type AlertFilter,
  type FilterField,
  type SortKey,
} from './shapes.ts';

/** A parameter that says nothing that we know, and why. It is shown and never dropped in silence. */
export interface QueryProblem {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

export interface ReadQuery {
  readonly filter: AlertFilter;
  readonly sort: SortKey;
  readonly isDescending: boolean;
  readonly problems: readonly QueryProblem[];
}

/** Fields whose values are known; they may be written with commas. */
const WORDS: Readonly<Partial<Record<FilterField, readonly string[]>>> = {
  state: triageStates,
  severity: levels,
  reason: closeReasons.map(({ name }) => name),
};

const VALUES_MAX = 50;
const VALUE_LENGTH_MAX = 1024;
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Parameters that a list takes beside those of its filter. */
const OTHERS = new Set(['group', 'limit', 'offset', 'cursor', 'by']);

/** Reads the address of a list, of the page as of the API. Relative times count from `now`. */
export function readQuery(parameters: URLSearchParams, now: number): ReadQuery {
  const problems: QueryProblem[] = [];
  const include: Partial<Record<FilterField, string[]>> = {};
  const exclude: Partial<Record<FilterField, string[]>> = {};
  const rest: { -readonly [K in keyof AlertFilter]?: AlertFilter[K] } = {};
  let order: { readonly sort: SortKey; readonly isDescending: boolean } | undefined;
  for (const [name, value] of parameters) {
    const field = filterFields.find((known) => known === name.replace(/^-/, ''));
    const refuse = (reason: string): void => void problems.push({ name, value, reason });
    if (value.length > VALUE_LENGTH_MAX) refuse('is too long');
    else if (field !== undefined) {
      addValues(name.startsWith('-') ? exclude : include, field, value, refuse);
    } else if (name === 'q') rest.words = value;
    else if (name === 'from' || name === 'to') {
      const time = timeOf(value, now);
      if (time === undefined) refuse('is no time such as -24h or 2026-03-03T10:00:00Z');
      else rest[name] = time;
    } else if (name === 'count') {
      const bounds = /^(?:(>|<)(\d{1,9})|(\d{1,9})\.\.(\d{1,9}))$/.exec(value);
      if (bounds === null) refuse('is no count such as >40, <10 or 5..40');
      else Object.assign(rest, countOf(bounds));
    } else if (name === 'grown') rest.grown = value === '1';
    else if (name === 'since' || name === 'upTo') {
      if (/^\d{1,15}$/.test(value)) rest[name] = Number(value);
      else refuse('is no place in the log');
    } else if (name === 'sort') {
      const sort = sortKeys.find((key) => key === value.replace(/^-/, ''));
      if (sort === undefined) refuse(`is none of ${sortKeys.join(', ')}`);
      else order = { sort, isDescending: value.startsWith('-') };
    } else if (!OTHERS.has(name)) refuse('is no field of alerts');
  }
  const { sort, isDescending } = order ?? { sort: 'last', isDescending: true };
  return { filter: { include, exclude, ...rest }, sort, isDescending, problems };
}

function addValues(
  into: Partial<Record<FilterField, string[]>>,
  field: FilterField,
  value: string,
  refuse: (reason: string) => void,
): void {
  const known = WORDS[field];
  const values = known === undefined ? [value] : value.split(',');
  const unknown = values.filter((each) => known?.includes(each) === false);
  if (unknown.length > 0) return refuse(`is none of ${known?.join(', ') ?? ''}`);
  const list = (into[field] ??= []);
  if (list.length + values.length > VALUES_MAX) return refuse(`has more than ${VALUES_MAX} values`);
  list.push(...values);
  return undefined;
}

function countOf(bounds: RegExpExecArray): Pick<AlertFilter, 'countMin' | 'countMax'> {
  const [, sign, value, low, high] = bounds;
  if (sign === '>') return { countMin: Number(value) + 1 };
  if (sign === '<') return { countMax: Number(value) - 1 };
  return { countMin: Number(low), countMax: Number(high) };
}

function timeOf(value: string, now: number): number | undefined {
  const ago = /^-(\d{1,6})([smhdw])$/.exec(value);
  if (ago !== null) return now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0);
  const time = /^\d{10,15}$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isSafeInteger(time) ? time : undefined;
}
