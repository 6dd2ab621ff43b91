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

/** The alerts of one store file. */
export function alertsOf(path: string, depth: Depth = 'everything'): Found {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    const columns = 's.version, s.first_seen, s.last_seen, s.value, s.sentence, a.document';
    const rows = database
      .prepare(`SELECT a.id, ${columns} FROM alerts a LEFT JOIN alert_state s ON s.id = a.id`)
      .all();
    return new Map(
      rows.map(({ id, version, ...rest }): [string, string] => [
        String(id),
        JSON.stringify(depth === 'counts' ? [version] : [version, rest]),
      ]),
    );
  } finally {
    database.close();
  }
}

export function compare(expected: Found, found: Found, duplicates = 0): Verdict {
  const lacking = (one: Found, other: Found): number =>
    [...one].filter(([id, content]) => other.get(id) !== content).length;
  return { missing: lacking(expected, found), extra: lacking(found, expected), duplicates };
}
