import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { levels, type Level } from '../alert/level.ts';
import { Failure } from '../base/failure.ts';
import type { EcsDocument } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import { schemaVersion } from './alert-schema.ts';
import { sqliteFailure } from '../base/sqlite-failure.ts';

/** Reads the embedded alert store, next to the detector that writes it. */
export interface AlertStore extends Disposable {
  /** Alerts, the one last seen most recently first. */
  list(query: AlertQuery): readonly StoredAlert[];
  /** One alert with its document and evidence. */
  get(id: string): StoredAlertInFull | undefined;
  /** How many alerts each rule has raised, the most urgent first. */
  counts(): readonly AlertCount[];
}

export interface AlertQuery {
  /** At most `LIST_LIMIT_MAX`. */
  readonly limit: number;
  /** Continue behind this alert: its `lastSeen` and `id`. */
  readonly after?: { readonly lastSeen: EventTime; readonly id: string };
  readonly levels?: readonly Level[];
  readonly triage?: readonly TriageState[];
  readonly ruleId?: string;
  readonly host?: string;
  readonly agent?: string;
  /** Last seen at or after this time. */
  readonly since?: EventTime;
}

/** Where people are with an alert. One that nobody touched is open. */
export type TriageState = 'open' | 'acknowledged' | 'closed';

/** An alert as a list shows it: what it is, how it grew, and who takes care. */
export interface StoredAlert {
  readonly id: string;
  readonly time: EventTime;
  readonly ruleId: string;
  readonly ruleTitle: string;
  readonly level: Level;
  readonly host: string;
  readonly user: string | undefined;
  readonly agent: string | undefined;
  readonly writtenAt: number;
  /** Contributing events. */
  readonly count: number;
  readonly firstSeen: EventTime;
  readonly lastSeen: EventTime;
  readonly value: number | undefined;
  readonly sentence: string;
  readonly triage: Triage;
}

/** What people decided. */
export interface Triage {
  /** Raised with each change; 0 when nobody has touched it. */
  readonly version: number;
  readonly state: TriageState;
  readonly assignee: string | undefined;
  readonly reason: string | undefined;
  readonly comment: string | undefined;
}

export interface StoredAlertInFull extends StoredAlert {
  readonly document: EcsDocument;
  readonly evidence: readonly EcsDocument[];
}

export interface AlertCount {
  readonly ruleId: string;
  readonly ruleTitle: string;
  readonly level: Level;
  readonly alerts: number;
  /** Contributing events of all of them. */
  readonly events: number;
}

/** A page of a list; more is read by continuing behind the last alert. */
export const LIST_LIMIT_MAX = 1000;

/** Opens the store for reading; the file must exist. */
export function openAlertStore(path: string): AlertStore {
  if (!existsSync(path)) {
    throw new Failure('source_unreadable', {
      message: `${path}: no such alert store`,
      retryable: false,
    });
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: LOCK_WAIT_MS });
    const version = schemaVersion(database, path);
    if (version === undefined) {
      const message = `${path}: is empty, no detector has written to it yet`;
      throw new Failure('source_unreadable', { message, retryable: true });
    }
    return new SqliteAlertStore(path, database);
  } catch (cause) {
    if (database?.isOpen === true) database.close();
    throw sqliteFailure(path, cause);
  }
}

const LOCK_WAIT_MS = 2000;

const COLUMNS = `
  a.id, a.time, a.rule_id, a.rule_title, a.level, a.host, a.user, a.agent, a.written_at,
  s.version, s.first_seen, s.last_seen, s.value, s.sentence,
  t.version AS triage_version, t.state AS triage_state, t.assignee, t.reason, t.comment`;
// CROSS keeps SQLite on the order of the states, which is the order of the list.
const JOINED = `
  FROM alert_state s CROSS JOIN alerts a ON a.id = s.id LEFT JOIN triage t ON t.id = s.id`;

class SqliteAlertStore implements AlertStore {
  private readonly path: string;
  private readonly database: DatabaseSync;

  constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.database = database;
  }

  list(query: AlertQuery): readonly StoredAlert[] {
    const { sql, values } = filterOf(query);
    const limit = Math.min(Math.max(Math.trunc(query.limit), 0), LIST_LIMIT_MAX);
    return this.rows(
      `SELECT ${COLUMNS} ${JOINED} WHERE ${sql} ORDER BY s.last_seen DESC, s.id LIMIT ?`,
      [...values, limit],
    ).map(alertOf);
  }

  get(id: string): StoredAlertInFull | undefined {
    const [row] = this.rows(`SELECT ${COLUMNS}, a.document, s.evidence ${JOINED} WHERE s.id = ?`, [
      id,
    ]);
    if (row === undefined) return undefined;
    return {
      ...alertOf(row),
      document: JSON.parse(text(row['document'])),
      evidence: JSON.parse(text(row['evidence'])),
    };
  }

  counts(): readonly AlertCount[] {
    return this.rows(
      `SELECT a.rule_id, max(a.rule_title) AS rule_title, a.level, count(*) AS alerts,
         sum(s.version) AS events
       FROM alerts a JOIN alert_state s ON s.id = a.id
       GROUP BY a.rule_id, a.level ORDER BY a.level DESC, alerts DESC, a.rule_id`,
      [],
    ).map((row) => ({
      ruleId: text(row['rule_id']),
      ruleTitle: text(row['rule_title']),
      level: levelOf(row['level']),
      alerts: Number(row['alerts']),
      events: Number(row['events']),
    }));
  }

  [Symbol.dispose](): void {
    if (this.database.isOpen) this.database.close();
  }

  private rows(sql: string, values: readonly (string | number)[]): readonly Row[] {
    try {
      return this.database.prepare(sql).all(...values);
    } catch (cause) {
      throw sqliteFailure(this.path, cause);
    }
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>;

interface Filter {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

function filterOf(query: AlertQuery): Filter {
  const terms: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...added: readonly (string | number)[]): void => {
    terms.push(sql);
    values.push(...added);
  };
  const marks = (list: readonly unknown[]): string => list.map(() => '?').join(', ');
  const { after, ruleId, host, agent, since } = query;
  if (after !== undefined) {
    // The first term alone lets the index find the place.
    add(
      's.last_seen <= ? AND (s.last_seen < ? OR s.id > ?)',
      after.lastSeen,
      after.lastSeen,
      after.id,
    );
  }
  if (since !== undefined) add('s.last_seen >= ?', since);
  if (query.levels !== undefined) {
    const numbers = query.levels.map((level) => levels.indexOf(level));
    add(`a.level IN (${marks(numbers)})`, ...numbers);
  }
  if (query.triage !== undefined) {
    add(`coalesce(t.state, 'open') IN (${marks(query.triage)})`, ...query.triage);
  }
  if (ruleId !== undefined) add('a.rule_id = ?', ruleId);
  if (host !== undefined) add('a.host = ?', host);
  if (agent !== undefined) add('a.agent = ?', agent);
  return { sql: terms.length === 0 ? 'TRUE' : terms.join(' AND '), values };
}

function alertOf(row: Row): StoredAlert {
  return {
    id: text(row['id']),
    time: Number(row['time']),
    ruleId: text(row['rule_id']),
    ruleTitle: text(row['rule_title']),
    level: levelOf(row['level']),
    host: text(row['host']),
    user: optionalText(row['user']),
    agent: optionalText(row['agent']),
    writtenAt: Number(row['written_at']),
    count: Number(row['version']),
    firstSeen: Number(row['first_seen']),
    lastSeen: Number(row['last_seen']),
    value: row['value'] === null ? undefined : Number(row['value']),
    sentence: text(row['sentence']),
    triage: {
      version: Number(row['triage_version'] ?? 0),
      state: triageState(row['triage_state']),
      assignee: optionalText(row['assignee']),
      reason: optionalText(row['reason']),
      comment: optionalText(row['comment']),
    },
  };
}

function text(value: SQLOutputValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function optionalText(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function levelOf(value: SQLOutputValue | undefined): Level {
  return levels[Number(value)] ?? 'informational';
}

function triageState(value: SQLOutputValue | undefined): TriageState {
  return value === 'acknowledged' || value === 'closed' ? value : 'open';
}
