import type { DatabaseSync } from 'node:sqlite';

/** Raised whenever these tables change: an index of another form is built anew. */
const FORM = '1';

/**
 * What lists, filters and search need of each alert, in one narrow row. The index is a copy that can
 * be thrown away; it lies in a file of its own, so that writing it holds up no detector.
 */
const TABLES = `
  CREATE TABLE entry (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    level INTEGER NOT NULL,
    rule_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    host TEXT NOT NULL,
    user TEXT,
    agent TEXT,
    count INTEGER NOT NULL,
    value REAL,
    bound REAL,
    sentence TEXT NOT NULL,
    key TEXT NOT NULL,
    destination TEXT,
    labels TEXT NOT NULL,
    lineage TEXT,
    opened INTEGER NOT NULL,
    changed INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX entry_by_last ON entry (last DESC, id);
  CREATE INDEX entry_by_first ON entry (first DESC, id);
  CREATE INDEX entry_by_lineage ON entry (lineage, first) WHERE lineage IS NOT NULL;
  CREATE INDEX entry_by_host ON entry (host, last);
  CREATE INDEX entry_by_rule ON entry (rule_id, last);
  CREATE INDEX entry_by_agent ON entry (agent, last);
  CREATE INDEX entry_by_changed ON entry (changed);
  CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Makes the tables, or makes them anew when they are of another form or of another store. */
export function prepareIndex(database: DatabaseSync, storeId: string): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  database.exec('BEGIN IMMEDIATE');
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'meta'").all();
  const form = tables.length === 0 ? undefined : metaOf(database, 'form');
  if (form !== FORM || metaOf(database, 'store') !== storeId) {
    for (const { name, type } of database.prepare(OWN).all()) {
      database.exec(`DROP ${String(type)} IF EXISTS "${String(name)}"`);
    }
    database.exec(TABLES);
    setMeta(database, 'form', FORM);
    setMeta(database, 'store', storeId);
  }
  database.exec('COMMIT');
}

const OWN = `
  SELECT name, type FROM sqlite_schema
  WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'words\\_%' ESCAPE '\\'`;

/** A value that the index keeps of itself. */
export function metaOf(database: DatabaseSync, name: string): string | undefined {
  const row = database.prepare('SELECT value FROM main.meta WHERE name = ?').get(name);
  return row === undefined ? undefined : String(row['value']);
}

export function setMeta(database: DatabaseSync, name: string, value: string): void {
  database.prepare('INSERT OR REPLACE INTO main.meta VALUES (?, ?)').run(name, value);
}
