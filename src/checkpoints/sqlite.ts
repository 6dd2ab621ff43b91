import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { Failure } from '../base/failure.ts';
import { sqliteFailure } from '../base/sqlite-failure.ts';
import type {
  Checkpoint,
  CheckpointReceipt,
  CheckpointStore,
  Restored,
  TaskLog,
} from './checkpoint.ts';
import type { Chunk } from './chunks.ts';
import { sealManifest, type Manifest } from './manifest.ts';
import type { PlacedMark } from './mark.ts';
import { manifestOf, packState } from './pack.ts';
import { GENERATIONS_KEPT, orderManifests, restoreTask } from './restore.ts';

/** Marks the file as ours (`PRAGMA application_id`): "TDGC". */
const APPLICATION_ID = 0x54444743;
const LOCK_WAIT_MS = 2000;

// Chunks keep their rowid: large rows make a WITHOUT ROWID table slow (sqlite.org/withoutrowid.html).
const TABLES = `
  CREATE TABLE task (
    name TEXT PRIMARY KEY, owner TEXT NOT NULL, term INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE chunk (
    task TEXT NOT NULL, digest TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (task, digest)
  ) STRICT;
  CREATE TABLE manifest (
    task TEXT NOT NULL, id INTEGER PRIMARY KEY, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX manifest_by_task ON manifest (task);
  CREATE TABLE mark (
    task TEXT NOT NULL, sequence INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (task, sequence)
  ) STRICT, WITHOUT ROWID;
`;

/** Opens the checkpoint file of one machine; it is made if it is not there. */
export function openSqliteCheckpoints(path: string): CheckpointStore {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
    // FULL: what was acknowledged survives a power cut, which the commit that follows relies on.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    prepareTables(database, path);
    // Raw telemetry is in it.
    chmodSync(path, 0o600);
    return new SqliteCheckpoints(path, database);
  } catch (cause) {
    if (database?.isOpen === true) database.close();
    throw sqliteFailure(path, cause);
  }
}

function prepareTables(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have made the tables while we waited for the lock.
    const { tables } = {
      ...database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get(),
    };
    if (tables === 0) database.exec(`${TABLES} PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
  const { application_id: application } = { ...database.prepare('PRAGMA application_id').get() };
  if (application !== APPLICATION_ID) {
    throw new Failure('store_corrupt', {
      message: `${path}: is a database of another program, not a checkpoint store`,
      retryable: false,
    });
  }
}

class SqliteCheckpoints implements CheckpointStore {
  readonly name: string;
  readonly #database: DatabaseSync;

  constructor(path: string, database: DatabaseSync) {
    this.name = path;
    this.#database = database;
  }

  async open(task: string): Promise<TaskLog> {
    const owner = randomUUID();
    try {
      this.#database
        .prepare(
          `INSERT INTO task VALUES (?, ?, 1)
           ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, term = term + 1`,
        )
        .run(task, owner);
      return new SqliteTaskLog({ path: this.name, database: this.#database, task, owner });
    } catch (cause) {
      throw sqliteFailure(this.name, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

interface SqliteTaskOptions {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly task: string;
  readonly owner: string;
}

class SqliteTaskLog implements TaskLog {
  readonly restored: Restored;
  readonly #options: SqliteTaskOptions;
  readonly #term: number;
  /** Chunks of the checkpoint before, by digest: they are whole, and need not be written again. */
  #kept: ReadonlyMap<string, number>;
  #number = 0;

  constructor(options: SqliteTaskOptions) {
    this.#options = options;
    this.#term = this.#claimedTerm();
    const { restored, chunks } = restoreTask({
      manifests: this.#manifests().map(({ body }) => body),
      marks: this.#rows('SELECT body FROM mark WHERE task = ? ORDER BY sequence').map(
        ({ body }) => JSON.parse(String(body)) as PlacedMark,
      ),
      chunk: (digest) => this.#chunk(digest),
    });
    this.restored = restored;
    this.#kept = new Map(
      chunks.map((digest): [string, number] => [digest, this.#chunk(digest)?.length ?? 0]),
    );
  }

  async append(mark: PlacedMark): Promise<void> {
    const { database, task } = this.#options;
    this.#write(() => {
      database
        .prepare('INSERT OR REPLACE INTO mark VALUES (?, ?, ?)')
        .run(task, mark.sequence, JSON.stringify(mark));
    });
  }

  // Chunks come in transactions of their own, so that no lock is held while the state is packed.
  async write(checkpoint: Checkpoint): Promise<CheckpointReceipt> {
    const { task } = this.#options;
    const packed = await packState(checkpoint, this.#kept, async (chunk) =>
      this.#write(() => this.#keep(chunk)),
    );
    this.#number += 1;
    const owner = { task, term: this.#term, number: this.#number };
    this.#write(() => this.#seal(manifestOf(checkpoint, packed, owner)));
    this.#kept = packed.sizes;
    return packed;
  }

  async forget(): Promise<void> {
    const { database, task } = this.#options;
    this.#kept = new Map();
    this.#write(() => {
      for (const table of ['manifest', 'mark', 'chunk']) {
        database.prepare(`DELETE FROM ${table} WHERE task = ?`).run(task);
      }
    });
  }

  #keep({ digest, data }: Chunk): void {
    const { database, task } = this.#options;
    database.prepare('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?)').run(task, digest, data);
  }

  // The manifest, and then the end of what only older ones than the last few refer to.
  #seal(manifest: Manifest): void {
    const { database, task } = this.#options;
    const body = sealManifest(manifest);
    database.prepare('INSERT INTO manifest (task, body) VALUES (?, ?)').run(task, body);
    const stored = this.#manifests();
    const { manifests } = orderManifests(stored.map((row) => row.body));
    const kept = manifests.slice(0, GENERATIONS_KEPT);
    const bodies = new Set(kept.map(sealManifest));
    for (const row of stored) {
      if (!bodies.has(row.body)) database.prepare('DELETE FROM manifest WHERE id = ?').run(row.id);
    }
    const oldest = Math.min(...kept.map(({ marks }) => marks));
    database.prepare('DELETE FROM mark WHERE task = ? AND sequence <= ?').run(task, oldest);
    const used = new Set(kept.flatMap(({ chunks }) => chunks));
    for (const { digest } of this.#rows('SELECT digest FROM chunk WHERE task = ?')) {
      if (used.has(String(digest))) continue;
      database.prepare('DELETE FROM chunk WHERE task = ? AND digest = ?').run(task, digest ?? '');
    }
  }

  #manifests(): readonly { readonly id: number; readonly body: string }[] {
    return this.#rows('SELECT id, body FROM manifest WHERE task = ? ORDER BY id').map((row) => ({
      id: Number(row['id']),
      body: String(row['body']),
    }));
  }

  #chunk(digest: string): Uint8Array | undefined {
    const { database, task } = this.#options;
    const row = database
      .prepare('SELECT data FROM chunk WHERE task = ? AND digest = ?')
      .get(task, digest);
    const data = row?.['data'];
    return data instanceof Uint8Array ? data : undefined;
  }

  #rows(sql: string): ReturnType<ReturnType<DatabaseSync['prepare']>['all']> {
    const { database, task } = this.#options;
    return database.prepare(sql).all(task);
  }

  #claimedTerm(): number {
    const { database, task } = this.#options;
    const row = database.prepare('SELECT term FROM task WHERE name = ?').get(task);
    return Number(row?.['term']);
  }

  #write(action: () => void): void {
    const { database, path, task, owner } = this.#options;
    try {
      database.exec('BEGIN IMMEDIATE');
      const row = database.prepare('SELECT owner FROM task WHERE name = ?').get(task);
      if (row?.['owner'] !== owner) {
        throw new Failure('store_locked', {
          message: `${path}: another process has taken over task ${task}; this one must stop`,
          retryable: false,
        });
      }
      action();
      database.exec('COMMIT');
    } catch (cause) {
      // SQLite rolls back by itself on a full disk, and then there is nothing to undo.
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
      throw sqliteFailure(path, cause);
    }
  }
}
