import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

import type { Alert } from '../../alert/alert.ts';
import { levels } from '../../alert/level.ts';
import type { AlertFilter, AlertGroup, AlertPage, AlertRow, SortKey } from '../api/shapes.ts';
import { entryOf, wordsOf } from './entry.ts';
import { metaOf, setMeta } from './index-schema.ts';
import { columnOf, conditionOf, orderOf, type Asker, type SqlValue } from './query.ts';
import { triageOf } from './triage.ts';

export interface ListQuery {
  readonly filter: AlertFilter;
  readonly sort: SortKey;
  readonly isDescending: boolean;
  readonly limit: number;
  /** Passes over this many. */
  readonly offset?: number;
  /** Continues behind this alert; for lists by time. */
  readonly after?: { readonly time: number; readonly id: string };
}

type Row = Readonly<Record<string, SQLOutputValue>>;

/** An alert with its places in the log of the store. */
export interface PlacedAlert {
  readonly alert: Alert;
  readonly opened: number;
  readonly changed: number;
}

export const FROM = 'FROM entry e LEFT JOIN triage t ON t.id = e.id';

/** The index of alerts: what lists, filters and search are answered from. */
export class AlertIndex {
  readonly database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  /** The place of the store's log up to which alerts are here. */
  place(): number {
    return Number(metaOf(this.database, 'place') ?? 0);
  }

  /** Takes alerts, and notes the place behind them in the same transaction. */
  absorb(alerts: readonly PlacedAlert[], place: number): void {
    // Deferred: an immediate one would lock the attached alert store too, and hold up the detector.
    this.database.exec('BEGIN');
    try {
      for (const each of alerts) this.#put(each);
      setMeta(this.database, 'place', String(place));
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  #put({ alert, opened, changed }: PlacedAlert): void {
    const { state, document } = alert;
    const moved = this.database
      .prepare(
        `UPDATE entry SET first = ?, last = ?, count = ?, value = ?, sentence = ?, changed = ?
         WHERE id = ?`,
      )
      .run(
        state.firstSeen,
        state.lastSeen,
        state.version,
        state.value ?? null,
        state.sentence,
        changed,
        alert.id,
      );
    if (moved.changes > 0 || document === undefined) return;
    const entry = entryOf(alert, document);
    const { lastInsertRowid } = this.database
      .prepare(
        `INSERT INTO entry (id, first, last, level, rule_id, rule, host, user, agent, count, value,
           bound, sentence, key, destination, labels, lineage, opened, changed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        alert.id,
        state.firstSeen,
        state.lastSeen,
        entry.level,
        entry.rule_id,
        entry.rule,
        entry.host,
        entry.user,
        entry.agent,
        state.version,
        state.value ?? null,
        entry.bound,
        state.sentence,
        entry.key,
        entry.destination,
        entry.labels,
        entry.lineage,
        opened,
        changed,
      );
    this.database
      .prepare('INSERT INTO words (rowid, text) VALUES (?, ?)')
      .run(lastInsertRowid, wordsOf(alert, entry, document));
  }

  list(query: ListQuery, asker: Asker): AlertPage {
    const { filter, sort, isDescending, limit, after } = query;
    const { sql, values } = conditionOf(filter, asker);
    const behind = after === undefined ? undefined : this.#behind(sort, isDescending, after);
    const rows = this.all(
      `SELECT e.*, t.version, t.state, t.assignee, t.reason, t.comment, t.changed_at,
         t.changed_by, t.seen, ${IN_LINEAGE} AS in_lineage
       ${FROM} WHERE ${sql} ${behind === undefined ? '' : `AND ${behind.sql}`}
       ORDER BY ${orderOf(sort, isDescending)} LIMIT ? OFFSET ?`,
      [...values, ...(behind?.values ?? []), limit + 1, query.offset ?? 0],
    );
    const alerts = rows.slice(0, limit).map(rowOf);
    const last = alerts.at(-1);
    const isTime = sort === 'last' || sort === 'first';
    const next = rows.length > limit && last !== undefined && isTime;
    return {
      alerts,
      total: this.count(filter, asker),
      place: this.place(),
      next: next ? `${String(last[sort])}.${last.id}` : null,
    };
  }

  #behind(
    sort: SortKey,
    isDescending: boolean,
    { time, id }: { readonly time: number; readonly id: string },
  ): { readonly sql: string; readonly values: readonly SqlValue[] } {
    const column = sort === 'first' ? 'e.first' : 'e.last';
    const sign = isDescending ? '<' : '>';
    // The first term alone lets the index find the place.
    const sql = `${column} ${sign}= ? AND (${column} ${sign} ? OR e.id > ?)`;
    return { sql, values: [time, time, id] };
  }

  count(filter: AlertFilter, asker: Asker): number {
    const { sql, values } = conditionOf(filter, asker);
    const [row] = this.all(`SELECT count(*) AS alerts ${FROM} WHERE ${sql}`, values);
    return Number(row?.['alerts'] ?? 0);
  }

  /** Ids that match, for an action on all of them. */
  ids(filter: AlertFilter, asker: Asker, limit: number): readonly string[] {
    const { sql, values } = conditionOf(filter, asker);
    const rows = this.all(`SELECT e.id ${FROM} WHERE ${sql} LIMIT ?`, [...values, limit]);
    return rows.map((row) => String(row['id']));
  }

  row(id: string): AlertRow | undefined {
    const [row] = this.all(
      `SELECT e.*, t.version, t.state, t.assignee, t.reason, t.comment, t.changed_at,
         t.changed_by, t.seen, ${IN_LINEAGE} AS in_lineage ${FROM} WHERE e.id = ?`,
      [id],
    );
    return row === undefined ? undefined : rowOf(row);
  }

  groups(filter: AlertFilter, by: GroupField, asker: Asker): readonly AlertGroup[] {
    const { sql, values } = conditionOf(filter, asker);
    const column = columnOf(by) ?? 'e.host';
    return this.all(
      `SELECT g.*, latest.sentence FROM (
         SELECT ${column} AS value, max(e.rule) AS rule, count(*) AS alerts, max(e.last) AS last,
           sum(coalesce(t.state, 'open') = 'open') AS open, max(e.level) AS level,
           max(e.number) AS number
         ${FROM} WHERE ${sql} GROUP BY 1
       ) g JOIN entry latest ON latest.number = g.number
       ORDER BY g.level DESC, g.last DESC LIMIT ${String(GROUPS_MAX)}`,
      values,
    ).map((row) => ({
      value: String(row['value'] ?? ''),
      ...(by === 'rule' ? { words: String(row['rule']) } : {}),
      count: Number(row['alerts']),
      open: Number(row['open']),
      last: Number(row['last']),
      level: levels[Number(row['level'])] ?? 'informational',
      sentence: String(row['sentence'] ?? ''),
    }));
  }

  /** The alerts of a lineage before and after one, by first seen. */
  neighbours(row: AlertRow): { readonly older: string | null; readonly newer: string | null } {
    if (row.lineage === null) return { older: null, newer: null };
    const next = (sign: string, order: string): string | null => {
      const [found] = this.all(
        `SELECT id FROM entry WHERE lineage = ? AND (first, id) ${sign} (?, ?)
         ORDER BY first ${order}, id ${order} LIMIT 1`,
        [row.lineage ?? '', row.first, row.id],
      );
      return found === undefined ? null : String(found['id']);
    };
    return { older: next('<', 'DESC'), newer: next('>', 'ASC') };
  }

  all(sql: string, values: readonly SqlValue[]): readonly Row[] {
    return this.database.prepare(sql).all(...values);
  }
}

/** More groups are a list of their own. */
const GROUPS_MAX = 500;

export type GroupField = 'lineage' | 'rule' | 'host' | 'user' | 'agent' | 'destination';

const IN_LINEAGE = `
  CASE WHEN e.lineage IS NULL THEN 1
  ELSE (SELECT count(*) FROM entry o WHERE o.lineage = e.lineage) END`;

function rowOf(row: Row): AlertRow {
  const count = Number(row['count']);
  return {
    id: String(row['id']),
    first: Number(row['first']),
    last: Number(row['last']),
    level: levels[Number(row['level'])] ?? 'informational',
    ruleId: String(row['rule_id']),
    rule: String(row['rule']),
    host: String(row['host']),
    user: textOrNull(row['user']),
    agent: textOrNull(row['agent']),
    count,
    value: numberOrNull(row['value']),
    limit: numberOrNull(row['bound']),
    sentence: String(row['sentence']),
    key: String(row['key']),
    destination: textOrNull(row['destination']),
    labels: JSON.parse(String(row['labels'])) as readonly string[],
    lineage: textOrNull(row['lineage']),
    inLineage: Number(row['in_lineage']),
    triage: triageOf(row, count),
  };
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
