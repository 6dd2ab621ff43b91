import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import type { Alert } from '../../alert/alert.ts';
import { levels } from '../../alert/level.ts';
import { Failure } from '../../base/failure.ts';
import { sqliteFailure } from '../../base/sqlite-failure.ts';
import { prepareSchema } from '../../sinks/alert-schema.ts';
import { openAlertStore, type AlertStore } from '../../sinks/alert-store.ts';
import type { TriageEntry } from '../api/shapes.ts';
import { AlertIndex, type PlacedAlert } from './alert-index.ts';
import { prepareIndex } from './index-schema.ts';
import type { AlertPlace, WholeAlert } from './place.ts';
import { TriageTables, type TriageDeed, type TriageOutcome } from './triage.ts';

/** Alerts that are taken in one transaction; between two, questions are answered. */
const BATCH = 200;
const LOCK_WAIT_MS = 5000;

/** The embedded alert store, read through connections of our own; only triage is written. */
export class SqlitePlace implements AlertPlace {
  readonly index: AlertIndex;
  readonly #store: AlertStore;
  readonly #triageDatabase: DatabaseSync;
  readonly #triage: TriageTables;

  /** @param path The alert store, which must exist. @param indexPath A file that can be lost. */
  constructor(path: string, indexPath: string) {
    if (!existsSync(path)) {
      throw new Failure('source_unreadable', {
        message: `${path}: no such alert store; \`tidegate demo\` or \`tidegate run\` makes one`,
        retryable: false,
      });
    }
    try {
      this.#triageDatabase = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
      // Brings a store of an earlier version up to date; what alerts say stays as it is.
      prepareSchema(this.#triageDatabase, path);
      const store = this.#triageDatabase
        .prepare("SELECT value FROM meta WHERE name = 'store_id'")
        .get();
      const database = new DatabaseSync(indexPath, { timeout: LOCK_WAIT_MS });
      prepareIndex(database, String(store?.['value']));
      database.prepare('ATTACH ? AS store').run(path);
      this.index = new AlertIndex(database);
    } catch (cause) {
      throw sqliteFailure(path, cause);
    }
    this.#store = openAlertStore(path);
    this.#triage = new TriageTables(this.#triageDatabase);
  }

  async pull(): Promise<boolean> {
    const { database } = this.index;
    const rows = database
      .prepare(
        `SELECT l.id, l.opened, l.sequence, a.time, a.level, a.rule_id, s.version, s.first_seen,
           s.last_seen, s.value, s.sentence,
           CASE WHEN e.id IS NULL THEN a.document END AS document,
           CASE WHEN e.id IS NULL THEN s.evidence END AS evidence
         FROM store.alert_log l
           JOIN store.alerts a ON a.id = l.id JOIN store.alert_state s ON s.id = l.id
           LEFT JOIN main.entry e ON e.id = l.id
         WHERE l.sequence > ? ORDER BY l.sequence LIMIT ?`,
      )
      .all(this.index.place(), BATCH);
    if (rows.length === 0) return false;
    this.index.absorb(rows.map(placedAlert), Number(rows.at(-1)?.['sequence']));
    return rows.length === BATCH;
  }

  async document(id: string): Promise<WholeAlert | undefined> {
    const alert = this.#store.get(id);
    return alert === undefined ? undefined : { document: alert.document, evidence: alert.evidence };
  }

  async change(deed: TriageDeed): Promise<TriageOutcome> {
    return this.#triage.change(deed);
  }

  async log(id: string): Promise<readonly TriageEntry[]> {
    return this.#triage.log(id);
  }

  triagePlace(): number {
    return this.#triage.place();
  }

  behind(): number {
    const [row] = this.index.all(
      'SELECT count(*) AS alerts FROM store.alert_log WHERE sequence > ?',
      [this.index.place()],
    );
    return Number(row?.['alerts'] ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#store[Symbol.dispose]();
    this.index.database.close();
    this.#triageDatabase.close();
  }
}

type Row = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>[number];

function placedAlert(row: Row): PlacedAlert {
  const id = String(row['id']);
  const { document, evidence } = row;
  const alert: Alert = {
    id,
    time: Number(row['time']),
    level: levels[Number(row['level'])] ?? 'informational',
    ruleId: String(row['rule_id']),
    document: typeof document === 'string' ? JSON.parse(document) : undefined,
    state: {
      id,
      version: Number(row['version']),
      firstSeen: Number(row['first_seen']),
      lastSeen: Number(row['last_seen']),
      value: row['value'] === null ? undefined : Number(row['value']),
      sentence: String(row['sentence']),
      evidence: typeof evidence === 'string' ? JSON.parse(evidence) : [],
    },
  };
  return { alert, opened: Number(row['opened']), changed: Number(row['sequence']) };
}
