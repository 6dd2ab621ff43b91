import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../base/failure.ts';

/**
 * Raised whenever the tables change; every earlier version has a step below that leads to the next.
 */
export const ALERT_SCHEMA_VERSION = 3;

/** Marks the file as ours (`PRAGMA application_id`): "TDGT". */
const APPLICATION_ID = 0x54444754;

/**
 * The order in which alerts were taken, for the other sinks: the place of an alert's document, and
 * of its latest state. A reader's position is the last place that it has dealt with.
 */
const LOG_TABLES = `
  CREATE TABLE alert_log (
    id TEXT PRIMARY KEY,
    opened INTEGER NOT NULL,
    sequence INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alert_log_by_opened ON alert_log (opened);
  CREATE INDEX alert_log_by_sequence ON alert_log (sequence);
  CREATE TABLE log_reader (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/**
 * What people did, in its order, and how many events they had seen when they decided. The random
 * name of the store tells those who keep an index of it that it is another one.
 */
const TRIAGE_STEP = `
  ALTER TABLE triage ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE triage_log (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    state TEXT NOT NULL,
    assignee TEXT,
    reason TEXT,
    comment TEXT
  ) STRICT;
  CREATE INDEX triage_log_by_id ON triage_log (id, sequence);
  INSERT OR IGNORE INTO meta VALUES ('store_id', lower(hex(randomblob(16))));
`;

/** What leads from each version to the next, the first from version 1. */
const STEPS: readonly string[] = [
  `${LOG_TABLES}
   INSERT INTO alert_log SELECT a.id, a.rowid, a.rowid FROM alerts a JOIN alert_state USING (id);`,
  TRIAGE_STEP,
];

/**
 * One row per alert and never changed; what changes stands in `alert_state`, which only the
 * detector writes; what people decide stands in `triage`, which only they write. So neither can
 * undo the other's work. Rows with whole documents keep their rowid: in a WITHOUT ROWID table,
 * large rows make every look-up slow (sqlite.org/withoutrowid.html). The long text stands last, so
 * that reading the rest stops before it.
 */
const TABLES = `
  CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    time INTEGER NOT NULL,
    rule_id TEXT NOT NULL,
    rule_title TEXT NOT NULL,
    level INTEGER NOT NULL,
    host TEXT NOT NULL,
    user TEXT,
    agent TEXT,
    written_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alerts_by_rule ON alerts (level, rule_id, rule_title, id);
  CREATE TABLE alert_state (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    value REAL,
    sentence TEXT NOT NULL,
    evidence TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_state_by_last_seen ON alert_state (last_seen DESC, id);
  CREATE TABLE triage (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'closed')),
    assignee TEXT,
    reason TEXT,
    comment TEXT,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  ${LOG_TABLES}
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  ${TRIAGE_STEP}
`;

/**
 * Creates the tables in an empty file, brings those of an earlier version up to this one, and
 * refuses a file that is not ours or is from a later version.
 */
export function prepareSchema(database: DatabaseSync, path: string): void {
  const version = schemaVersion(database, path);
  if (version === ALERT_SCHEMA_VERSION) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have made the tables while we waited for the lock.
    const found = schemaVersion(database, path);
    if (found === undefined) {
      database.exec(TABLES);
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    } else {
      for (const step of STEPS.slice(found - 1)) database.exec(step);
    }
    database.exec(
      `INSERT OR REPLACE INTO meta VALUES ('schema_version', '${ALERT_SCHEMA_VERSION}')`,
    );
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * The version of the tables, undefined for an empty file. Throws a Failure for a file that we must
 * not touch.
 */
export function schemaVersion(database: DatabaseSync, path: string): number | undefined {
  const { tables } = { ...database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() };
  if (tables === 0) return undefined;
  const { application_id: application } = { ...database.prepare('PRAGMA application_id').get() };
  if (application !== APPLICATION_ID) {
    throw new Failure('store_corrupt', {
      message: `${path}: is a database of another program, not an alert store`,
      retryable: false,
    });
  }
  const row = database.prepare("SELECT value FROM meta WHERE name = 'schema_version'").get();
  const version = Number(row?.['value']);
  if (version > ALERT_SCHEMA_VERSION) {
    throw new Failure('store_newer', {
      message:
        `${path}: was written by a later Tidegate (tables of version ${version}, this one knows ` +
        `up to ${ALERT_SCHEMA_VERSION}); start that one, or name another file`,
      retryable: false,
    });
  }
  return version;
}
