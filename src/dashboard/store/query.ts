import { levels } from '../../alert/level.ts';
import type { AlertFilter, FilterField, SortKey } from '../api/shapes.ts';

export type SqlValue = string | number;

/** A condition with the values of its marks, in their order. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Who asks: "me" among the assignees is this person. */
export interface Asker {
  readonly person: string;
}

const COLUMNS: Readonly<Record<Exclude<FilterField, 'severity' | 'label'>, string>> = {
  state: "coalesce(t.state, 'open')",
  agent: 'e.agent',
  host: 'e.host',
  user: 'e.user',
  rule: 'e.rule_id',
  assignee: 't.assignee',
  destination: 'e.destination',
  lineage: 'e.lineage',
  reason: 't.reason',
};

/** The SQL expression that a field stands for; labels are a list and have none. */
export function columnOf(field: FilterField): string | undefined {
  if (field === 'label') return undefined;
  return field === 'severity' ? 'e.level' : COLUMNS[field];
}

/** The condition that a filter stands for, over `entry e LEFT JOIN triage t`. */
export function conditionOf(filter: AlertFilter, { person }: Asker): Condition {
  const terms: string[] = [];
  const values: SqlValue[] = [];
  const add = (sql: string, ...added: readonly SqlValue[]): void => {
    terms.push(sql);
    values.push(...added);
  };
  for (const isExcluded of [false, true]) {
    const wanted = isExcluded ? filter.exclude : filter.include;
    for (const [field, list] of Object.entries(wanted) as [FilterField, readonly string[]][]) {
      if (list.length === 0) continue;
      const { sql, values: added } = oneOf(field, list, person);
      add(isExcluded ? `NOT coalesce(${sql}, FALSE)` : sql, ...added);
    }
  }
  if (filter.from !== undefined) add('e.last >= ?', filter.from);
  if (filter.to !== undefined) add('e.last < ?', filter.to);
  if (filter.countMin !== undefined) add('e.count >= ?', filter.countMin);
  if (filter.countMax !== undefined) add('e.count <= ?', filter.countMax);
  if (filter.since !== undefined) add('e.changed > ?', filter.since);
  if (filter.upTo !== undefined) add('e.opened <= ?', filter.upTo);
  if (filter.grown === true) add("t.state = 'closed' AND e.count > t.seen");
  const words = matchOf(filter.words ?? '');
  if (words !== undefined) {
    add('e.number IN (SELECT rowid FROM words WHERE words MATCH ?)', words);
  }
  return { sql: terms.length === 0 ? 'TRUE' : terms.join(' AND '), values };
}

function oneOf(field: FilterField, list: readonly string[], person: string): Condition {
  const marks = (of: readonly unknown[]): string => of.map(() => '?').join(', ');
  if (field === 'label') {
    const sql = `EXISTS (SELECT 1 FROM json_each(e.labels) WHERE value IN (${marks(list)}))`;
    return { sql, values: list };
  }
  if (field === 'severity') {
    const numbers = list.map((level) => levels.findIndex((known) => known === level));
    return { sql: `e.level IN (${marks(numbers)})`, values: numbers };
  }
  const column = COLUMNS[field];
  const named = list
    .filter((value) => value !== '')
    .map((value) => (field === 'assignee' && value === 'me' ? person : value));
  const isIn = named.length === 0 ? 'FALSE' : `${column} IN (${marks(named)})`;
  const sql = list.includes('') ? `(${isIn} OR ${column} IS NULL)` : isIn;
  return { sql, values: named };
}

/** The words as a query of the full-text index: each in quotes, so that none is an operator. */
function matchOf(words: string): string | undefined {
  const parts = words.match(/[\p{L}\p{N}]+/gu)?.slice(0, WORDS_MAX) ?? [];
  return parts.length === 0 ? undefined : parts.map((part) => `"${part}"*`).join(' ');
}

const WORDS_MAX = 16;

const SORTS: Readonly<Record<SortKey, string>> = {
  last: 'e.last',
  first: 'e.first',
  count: 'e.count',
  severity: 'e.level',
  host: 'e.host',
  agent: 'e.agent',
  rule: 'e.rule',
};

/** The order of a list; alerts of equal rank follow by last activity. */
export function orderOf(key: SortKey, isDescending: boolean): string {
  const direction = isDescending ? 'DESC' : 'ASC';
  if (key === 'last' || key === 'first') return `${SORTS[key]} ${direction}, e.id`;
  return `${SORTS[key]} ${direction}, e.last DESC, e.id`;
}
