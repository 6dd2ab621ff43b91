import { readQuery } from '../../api/filter-query.ts';
import { filterFields, type AlertSummary, type FilterField } from '../../api/shapes.ts';

/** A part of the filter, as it stands in the address. */
export interface Chip {
  readonly name: string;
  readonly value: string;
  /** Why it says nothing; it is shown in red. */
  readonly trouble: string | undefined;
}

const NOT_SHOWN = new Set(['sort', 'group', 'from', 'to']);

/** All parts of the filter that stand in its box. */
export function chipsOf(parameters: URLSearchParams): readonly Chip[] {
  const { problems } = readQuery(parameters, Date.now());
  return [...parameters]
    .map(([name, value]) => ({
      name,
      value,
      trouble: problems.find((each) => each.name === name && each.value === value)?.reason,
    }))
    .filter(({ name, trouble }) => trouble !== undefined || !NOT_SHOWN.has(name));
}

export function withoutChip(parameters: URLSearchParams, chip: Chip): URLSearchParams {
  return new URLSearchParams(
    [...parameters].filter(([name, value]) => name !== chip.name || value !== chip.value),
  );
}

export function withChip(
  parameters: URLSearchParams,
  name: string,
  value: string,
): URLSearchParams {
  const next = new URLSearchParams(parameters);
  const isSingle = ['q', 'count', 'from', 'to', 'grown'].includes(name);
  if (isSingle || name === 'state' || name === 'severity') next.set(name, value);
  else if (!next.getAll(name).includes(value)) next.append(name, value);
  return next;
}

/** Something that the filter could be, for what has been typed. */
export interface Suggestion {
  readonly name: string;
  readonly value: string;
  readonly words: string;
  readonly count: number | undefined;
}

const SUGGESTIONS_MAX = 10;

/** What typed text can mean: `field:value`, a value of any field, or words to search for. */
export function suggestionsFor(
  typed: string,
  summary: AlertSummary | undefined,
): readonly Suggestion[] {
  const text = typed.trim();
  const [, minus = '', field, rest = ''] = /^(-?)([a-z]+):(.*)$/i.exec(text) ?? [];
  const found: Suggestion[] = [];
  const known = filterFields.find((name) => name === field);
  const direct = directOf(minus, field, rest);
  if (direct !== undefined) found.push(direct);
  const isExcluding = minus === '-' || text.startsWith('-');
  const wanted = (known === undefined ? text.replace(/^-/, '') : rest).toLowerCase();
  for (const [name, values] of Object.entries(summary?.facets ?? {})) {
    if (known !== undefined && name !== known) continue;
    for (const { value, words, count } of values) {
      const shown = words ?? (value === '' ? 'none' : value);
      if (!shown.toLowerCase().includes(wanted)) continue;
      found.push({ name: isExcluding ? `-${name}` : name, value, words: shown, count });
    }
  }
  const search = { name: 'q', value: text, words: text, count: undefined };
  return [
    ...found.slice(0, SUGGESTIONS_MAX),
    ...(text === '' || direct !== undefined ? [] : [search]),
  ];
}

function directOf(minus: string, field: string | undefined, rest: string): Suggestion | undefined {
  if (field === undefined || rest === '') return undefined;
  const made = (name: string, value: string): Suggestion => ({
    name,
    value,
    words: value,
    count: undefined,
  });
  if (field === 'count') return made('count', rest);
  if (field === 'last') return made('from', `-${rest.replace(/^[<-]/, '')}`);
  const known = filterFields.find((name): name is FilterField => name === field);
  return known === undefined ? undefined : made(`${minus}${known}`, rest);
}
