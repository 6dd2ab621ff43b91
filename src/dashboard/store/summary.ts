import { levels, type Level } from '../../alert/level.ts';
import type {
  AlertFilter,
  AlertSummary,
  FacetValue,
  FilterField,
  Histogram,
} from '../api/shapes.ts';
import { FROM, type AlertIndex } from './alert-index.ts';
import { columnOf, conditionOf, type Asker } from './query.ts';

const FACET_FIELDS: readonly FilterField[] = [
  'severity',
  'agent',
  'assignee',
  'rule',
  'host',
  'user',
  'destination',
  'label',
];
/** More values of a field are found by typing. */
const FACET_VALUES_MAX = 50;
const BUCKETS = 48;
const DAY_MS = 86_400_000;

/** What stands around a list: tabs, the queue's sentence, facets, histogram. */
export function summaryOf(index: AlertIndex, filter: AlertFilter, asker: Asker): AlertSummary {
  const { tabs, ...queue } = queueOf(index, filter, asker);
  return {
    place: index.place(),
    tabs,
    ...queue,
    facets: facetsOf(index, filter, asker),
    histogram: histogramOf(index, filter, asker),
  };
}

// The tabs differ in state and assignee, so each counts without these two.
function queueOf(
  index: AlertIndex,
  filter: AlertFilter,
  asker: Asker,
): Pick<AlertSummary, 'tabs' | 'open' | 'unassigned' | 'oldestOpen'> {
  const { state: _state, assignee: _assignee, ...include } = filter.include;
  const { grown: _grown, since: _since, ...others } = filter;
  const { sql, values } = conditionOf({ ...others, include }, asker);
  const state = "coalesce(t.state, 'open')";
  const [row = {}] = index.all(
    `SELECT count(*) AS total,
       coalesce(sum(${state} <> 'closed'), 0) AS active,
       coalesce(sum(${state} <> 'closed' AND t.assignee = ?), 0) AS mine,
       coalesce(sum(${state} <> 'closed' AND t.assignee IS NULL), 0) AS unassigned,
       coalesce(sum(${state} = 'closed'), 0) AS closed,
       coalesce(sum(${state} = 'closed' AND e.count > t.seen), 0) AS grown,
       ${levels.map((_, level) => `coalesce(sum(${state} = 'open' AND e.level = ${level}), 0) AS level${level}`).join(', ')},
       min(CASE WHEN ${state} = 'open' AND e.level >= 3 THEN e.first END) AS oldest
     ${FROM} WHERE ${sql}`,
    [asker.person, ...values],
  );
  const number = (name: string): number => Number(row[name] ?? 0);
  return {
    tabs: {
      active: number('active'),
      mine: number('mine'),
      unassigned: number('unassigned'),
      closed: number('closed'),
      all: number('total'),
      grown: number('grown'),
    },
    open: Object.fromEntries(
      levels.map((level, place) => [level, number(`level${place}`)]),
    ) as Record<Level, number>,
    unassigned: number('unassigned'),
    oldestOpen: typeof row['oldest'] === 'number' ? row['oldest'] : null,
  };
}

/** Each field's values under the filter without that field, so that others can be added. */
function facetsOf(
  index: AlertIndex,
  filter: AlertFilter,
  asker: Asker,
): Partial<Record<FilterField, readonly FacetValue[]>> {
  const facets: Partial<Record<FilterField, readonly FacetValue[]>> = {};
  for (const field of FACET_FIELDS) {
    const { [field]: _own, ...include } = filter.include;
    const { sql, values } = conditionOf({ ...filter, include }, asker);
    const column = columnOf(field);
    const rows =
      column === undefined
        ? index.all(
            `SELECT l.value AS value, count(*) AS alerts
             FROM entry e LEFT JOIN triage t ON t.id = e.id, json_each(e.labels) l
             WHERE ${sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${FACET_VALUES_MAX}`,
            values,
          )
        : index.all(
            `SELECT ${column} AS value, max(e.rule) AS rule, count(*) AS alerts
             ${FROM} WHERE ${sql} GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT ${FACET_VALUES_MAX}`,
            values,
          );
    facets[field] = rows.map((row) => facetOf(field, row));
  }
  return facets;
}

function facetOf(field: FilterField, row: Readonly<Record<string, unknown>>): FacetValue {
  const count = Number(row['alerts']);
  if (field === 'severity') return { value: levels[Number(row['value'])] ?? '', count };
  const value = typeof row['value'] === 'string' ? row['value'] : '';
  return field === 'rule' ? { value, words: String(row['rule']), count } : { value, count };
}

/** The filter's time, or the day up to the newest alert. */
function histogramOf(index: AlertIndex, filter: AlertFilter, asker: Asker): Histogram {
  const { state: _state, assignee: _assignee, ...include } = filter.include;
  const open = { ...filter, include, exclude: {} };
  const { sql, values } = conditionOf(open, asker);
  const [bounds = {}] = index.all(`SELECT max(e.last) AS newest ${FROM} WHERE ${sql}`, values);
  const newest = Number(bounds['newest'] ?? 0);
  const to = filter.to ?? newest + 1;
  const from = filter.from ?? to - DAY_MS;
  const width = Math.max(1, (to - from) / BUCKETS);
  const buckets = Array.from({ length: BUCKETS }, () => levels.map(() => 0));
  const rows = index.all(
    `SELECT cast((e.last - ?) / ? AS INTEGER) AS bucket, e.level AS level, count(*) AS alerts
     ${FROM} WHERE e.last >= ? AND e.last < ? AND ${sql} GROUP BY 1, 2`,
    [from, width, from, to, ...values],
  );
  for (const row of rows) {
    const bucket = buckets[Math.min(BUCKETS - 1, Number(row['bucket']))];
    if (bucket !== undefined) bucket[Number(row['level'])] = Number(row['alerts']);
  }
  return { from, to, buckets };
}
