import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

import {
  closeReasons,
  triageStates,
  type Triage,
  type TriageChange,
  type TriageEntry,
  type TriageState,
} from '../api/shapes.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** What is known of an alert that nobody has touched. */
const UNTOUCHED: Triage = {
  version: 0,
  state: 'open',
  assignee: null,
  reason: null,
  comment: null,
  changedAt: null,
  changedBy: null,
  grewBy: 0,
};

/** The triage columns of a row; `count` are the alert's contributing events now. */
export function triageOf(row: Row, count: number): Triage {
  const state = stateOf(row['state']);
  if (state === undefined) return UNTOUCHED;
  const reason = closeReasons.find(({ name }) => name === row['reason']);
  return {
    version: Number(row['version']),
    state,
    assignee: textOrNull(row['assignee']),
    reason: reason?.name ?? null,
    comment: textOrNull(row['comment']),
    changedAt: Number(row['changed_at']),
    changedBy: String(row['changed_by']),
    grewBy: state === 'closed' ? Math.max(0, count - Number(row['seen'])) : 0,
  };
}

function stateOf(value: SQLOutputValue | undefined): TriageState | undefined {
  return triageStates.find((state) => state === value);
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A change with who made it, and what the alert had come to. */
export interface TriageDeed {
  readonly id: string;
  readonly change: TriageChange;
  readonly person: string;
  readonly at: number;
  /** Contributing events that the alert has. */
  readonly count: number;
}

/** What became of a change. */
export type TriageOutcome =
  | { readonly kind: 'done'; readonly triage: Triage }
  /** Somebody else was faster; this is what stands there. */
  | { readonly kind: 'conflict'; readonly triage: Triage };

/** The triage that a change leads to. A closed alert keeps its reason, an open one has none. */
export function changed(before: Triage, { change, person, at }: TriageDeed): Triage {
  const state = change.state ?? before.state;
  return {
    version: before.version + 1,
    state,
    assignee: change.assignee === undefined ? before.assignee : change.assignee,
    reason: state === 'closed' ? (change.reason ?? before.reason) : null,
    comment: change.comment ?? before.comment,
    changedAt: at,
    changedBy: person,
    grewBy: state === 'closed' && change.state === undefined ? before.grewBy : 0,
  };
}

/** The tables of triage: what people decided, and their log. Only people write them. */
export class TriageTables {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Makes a change, if the person saw what stands there. */
  change(deed: TriageDeed): TriageOutcome {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const before = this.current(deed.id, deed.count);
      if (before.version !== deed.change.version) {
        this.#database.exec('ROLLBACK');
        return { kind: 'conflict', triage: before };
      }
      const triage = changed(before, deed);
      this.put(deed, triage);
      this.#database.exec('COMMIT');
      return { kind: 'done', triage };
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  current(id: string, count: number): Triage {
    const row = this.#database.prepare('SELECT * FROM triage WHERE id = ?').get(id);
    return row === undefined ? UNTOUCHED : triageOf(row, count);
  }

  /** Stores what a change led to, and its line in the log. */
  put({ id, change, person, at, count }: TriageDeed, triage: Triage): void {
    const { version, state, assignee, reason, comment } = triage;
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO triage
           (id, version, state, assignee, reason, comment, changed_at, changed_by, seen)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(id, version, state, assignee, reason, comment, at, person, count - triage.grewBy);
    this.#database
      .prepare(
        `INSERT INTO triage_log (id, at, person, state, assignee, reason, comment)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(id, at, person, state, assignee, reason, change.comment ?? null);
  }

  log(id: string): readonly TriageEntry[] {
    return this.#database
      .prepare('SELECT * FROM triage_log WHERE id = ? ORDER BY sequence DESC LIMIT 200')
      .all(id)
      .map((row) => ({
        at: Number(row['at']),
        person: String(row['person']),
        state: stateOf(row['state']) ?? 'open',
        assignee: textOrNull(row['assignee']),
        reason: textOrNull(row['reason']),
        comment: textOrNull(row['comment']),
      }));
  }

  /** The number of the last change. */
  place(): number {
    const row = this.#database
      .prepare('SELECT coalesce(max(sequence), 0) AS place FROM triage_log')
      .get();
    return Number(row?.['place'] ?? 0);
  }
}
