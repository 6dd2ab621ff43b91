import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Alerts as a reader finds them: id and everything about it that must be equal. */
export type Found = ReadonlyMap<string, string>;

/** What a run has against the uninterrupted one. An alert that differs is both missing and extra. */
export interface Verdict {
  readonly missing: number;
  readonly extra: number;
  readonly duplicates: number;
}

/** What is compared: everything, or ids and counts alone where places in files differ. */
export type Depth = 'everything' | 'counts';

/** The alerts in a store of a run. */
export function alertsIn(folder: string, depth: Depth = 'everything'): Found {
  const path = join(folder, 'state', 'alerts.db');
  return existsSync(path) ? alertsOf(path, depth) : new Map();
}

/** The alerts of one store file, without those of some rules. */
export function alertsOf(
  path: string,
  depth: Depth = 'everything',
  without: readonly string[] = [],
): Found {
  const columns = 's.version, s.first_seen, s.last_seen, s.value, s.sentence, a.document';
  const all = `SELECT a.id, ${columns} FROM alerts a LEFT JOIN alert_state s ON s.id = a.id`;
  const rows = query(path, `${all} WHERE a.rule_id NOT IN (SELECT value FROM json_each(?))`, [
    JSON.stringify(without),
  ]);
  return new Map(
    rows.map(({ id, version, ...rest }): [string, string] => [
      String(id),
      JSON.stringify(depth === 'counts' ? [version] : [version, rest]),
    ]),
  );
}

/** The rules whose alerts are in a store file. */
export function rulesIn(path: string): ReadonlySet<string> {
  return new Set(
    query(path, 'SELECT DISTINCT rule_id FROM alerts').map((row) => String(row['rule_id'])),
  );
}

/** What the alerts in a store file say. */
export function sentencesIn(path: string): readonly string[] {
  return query(path, 'SELECT sentence FROM alert_state').map((row) => String(row['sentence']));
}

function query(
  path: string,
  sql: string,
  values: readonly string[] = [],
): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}

/** Compares alerts by id and content. */
export function compare(expected: Found, found: Found, duplicates = 0): Verdict {
  const lacking = (one: Found, other: Found): number =>
    [...one].filter(([id, content]) => other.get(id) !== content).length;
  return { missing: lacking(expected, found), extra: lacking(found, expected), duplicates };
}
