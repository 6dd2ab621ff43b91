import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Alert } from '../alert/alert.ts';
import { textAt } from '../alert/ecs-path.ts';
import { levels } from '../alert/level.ts';
import { agentOf } from '../alert/subject.ts';
import type { EcsDocument } from '../event/event.ts';
import { prepareSchema } from './alert-schema.ts';
import { closedFailure, openFailure } from './file-failure.ts';
import { checkedSettings, settingsSchema } from './settings.ts';
import type { LogBatch, LogReader, PrimarySink, SinkKind, SinkReceipt } from './sink.ts';
import { sqliteFailure } from '../base/sqlite-failure.ts';
import { SqliteLog } from './sqlite-log.ts';

const SETTINGS = settingsSchema(
  { path: { type: 'string', minLength: 1, description: 'the file of the store' } },
  ['path'],
);

/** The embedded alert store. */
export const sqlite: SinkKind = {
  name: 'sqlite',
  description: 'the embedded alert store, a file; the dashboard reads it',
  settings: SETTINGS,
  canBePrimary: true,
  keepsStates: true,
  open: async (settings) =>
    openSqliteSink(checkedSettings<{ readonly path: string }>(SETTINGS, settings)),
};

export interface SqliteSinkOptions {
  readonly path: string;
  /** When a row was written, for people; no verdict depends on it. */
  readonly now?: () => number;
  /** How long to wait for another process that is writing, in ms. */
  readonly lockWaitMs?: number;
}

const LOCK_WAIT_MS = 2000;

/** Opens the embedded alert store for writing. One writer; any number of readers. */
export function openSqliteSink(options: SqliteSinkOptions): PrimarySink {
  const { path } = options;
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw openFailure(path, cause);
  }
  try {
    // Made before SQLite opens it: the files beside it (-wal, -shm) take over its mode.
    closeSync(openSync(path, 'a', 0o600));
    database = new DatabaseSync(path, { timeout: options.lockWaitMs ?? LOCK_WAIT_MS });
    // Write-ahead: readers never wait. FULL: an acknowledged batch survives a power cut, which the
    // checkpoint that follows it relies on.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    prepareSchema(database, path);
    // Command lines and paths of people's machines are in it.
    chmodSync(path, 0o600);
    return new SqliteSink(path, database, options.now ?? Date.now);
  } catch (cause) {
    if (database?.isOpen === true) database.close();
    throw sqliteFailure(path, cause);
  }
}

class SqliteSink implements PrimarySink {
  readonly name: string;
  private readonly database: DatabaseSync;
  private readonly now: () => number;
  private readonly create: StatementSync;
  private readonly advance: StatementSync;
  private readonly log: SqliteLog;

  constructor(path: string, database: DatabaseSync, now: () => number) {
    this.name = path;
    this.database = database;
    this.now = now;
    this.create = database.prepare(
      `INSERT INTO alerts
         (id, time, rule_id, rule_title, level, host, user, agent, document, written_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    );
    this.advance = database.prepare(
      `INSERT INTO alert_state (id, version, first_seen, last_seen, value, sentence, evidence)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET
         version = excluded.version, first_seen = excluded.first_seen,
         last_seen = excluded.last_seen, value = excluded.value,
         sentence = excluded.sentence, evidence = excluded.evidence
       WHERE excluded.version >= version`,
    );
    this.log = new SqliteLog(database);
  }

  // Synchronous inside: node:sqlite has no other way, and a batch of 50 takes about 0.1 ms plus the
  // commit.
  async write(batch: readonly Alert[]): Promise<SinkReceipt> {
    if (!this.database.isOpen) throw closedFailure(this.name);
    try {
      this.database.exec('BEGIN IMMEDIATE');
      const receipt = this.writeAll(batch);
      this.database.exec('COMMIT');
      this.log.changed();
      return receipt;
    } catch (cause) {
      // SQLite rolls back by itself on a full disk, and then there is nothing to undo.
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw sqliteFailure(this.name, cause);
    }
  }

  async *follow(reader: LogReader): AsyncGenerator<LogBatch> {
    if (!this.database.isOpen) throw closedFailure(this.name);
    try {
      yield* this.log.follow(reader);
    } catch (cause) {
      throw sqliteFailure(this.name, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.database.isOpen) return;
    try {
      this.database.close();
      this.log.changed();
    } catch (cause) {
      throw sqliteFailure(this.name, cause);
    }
  }

  private writeAll(batch: readonly Alert[]): SinkReceipt {
    const now = this.now();
    let documents = 0;
    let created = 0;
    let advanced = 0;
    let place = this.log.lastPlace();
    for (const alert of batch) {
      let isNew = false;
      if (alert.document !== undefined) {
        documents++;
        isNew = this.create.run(...rowOf(alert, alert.document), now).changes === 1;
        if (isNew) created++;
      }
      const hasAdvanced = this.advance.run(...stateOf(alert)).changes === 1;
      if (hasAdvanced) advanced++;
      if (isNew || hasAdvanced) this.log.put(alert.id, ++place, isNew);
    }
    return {
      created,
      alreadyThere: documents - created,
      advanced,
      passed: batch.length - advanced,
      reduced: 0,
    };
  }
}

function stateOf({ state }: Alert): (string | number | null)[] {
  return [
    state.id,
    state.version,
    state.firstSeen,
    state.lastSeen,
    state.value ?? null,
    state.sentence,
    JSON.stringify(state.evidence),
  ];
}

function rowOf(alert: Alert, document: EcsDocument): (string | number | null)[] {
  return [
    alert.id,
    alert.time,
    alert.ruleId,
    textAt(document, 'rule.name') ?? alert.ruleId,
    levels.indexOf(alert.level),
    textAt(document, 'host.name') ?? '',
    textAt(document, 'user.name') ?? null,
    agentOf(document) ?? null,
    JSON.stringify(document),
  ];
}
