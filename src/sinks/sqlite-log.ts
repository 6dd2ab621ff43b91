import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Alert } from '../alert/alert.ts';
import { levels } from '../alert/level.ts';
import { ChangeSignal } from './change-signal.ts';
import type { LogBatch, LogReader } from './sink.ts';

/**
 * The order in which the embedded store took its alerts, and the readers of it. It shares the
 * connection and the transactions of the sink that writes.
 */
export class SqliteLog {
  private readonly database: DatabaseSync;
  private readonly last: StatementSync;
  private readonly append: StatementSync;
  private readonly changes = new ChangeSignal();

  constructor(database: DatabaseSync) {
    this.database = database;
    this.last = database.prepare(
      `SELECT max(
         coalesce((SELECT max(sequence) FROM alert_log), 0),
         coalesce((SELECT max(position) FROM log_reader), 0)) AS place`,
    );
    this.append = database.prepare(
      `INSERT INTO alert_log (id, opened, sequence) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET
         opened = max(opened, excluded.opened), sequence = excluded.sequence`,
    );
  }

  /** The last place that is taken. Asked in the transaction that will take the next. */
  lastPlace(): number {
    return Number(this.last.get()?.['place'] ?? 0);
  }

  /** Gives an alert this place, also as the place of its document if that is new. */
  put(id: string, place: number, isNew: boolean): void {
    this.append.run(id, isNew ? place : 0, place);
  }

  /** Tells the readers that something was committed, or that the store is closed. */
  changed(): void {
    this.changes.changed();
  }

  async *follow(reader: LogReader): AsyncGenerator<LogBatch> {
    const place = reader.states ? 'sequence' : 'opened';
    const page = this.database.prepare(
      `SELECT a.id, a.time, a.level, a.rule_id, a.document, s.version, s.first_seen, s.last_seen,
         s.value, s.sentence, s.evidence, l.${place} AS place
       FROM alert_log l JOIN alerts a ON a.id = l.id JOIN alert_state s ON s.id = l.id
       WHERE l.${place} > ? ORDER BY l.${place} LIMIT ?`,
    );
    let position = this.positionOf(reader);
    while (!reader.signal.aborted && this.database.isOpen) {
      const rows = page.all(position, reader.alertsMax);
      const last = rows[rows.length - 1];
      if (last === undefined) {
        reader.onWell?.();
        await this.changes.wait(reader.signal);
        continue;
      }
      position = Number(last['place']);
      const reached = position;
      const acknowledge = async (): Promise<void> => this.store(reader.name, reached);
      yield { alerts: rows.map(alertOf), acknowledge };
    }
  }

  private positionOf({ name, from }: LogReader): number {
    const row = this.database.prepare('SELECT position FROM log_reader WHERE name = ?').get(name);
    if (row !== undefined) return Number(row['position']);
    // Kept from the first moment on, so that what comes while the sink is down is not skipped.
    const position = from === 'now' ? this.lastPlace() : 0;
    this.store(name, position);
    return position;
  }

  private store(name: string, position: number): void {
    if (!this.database.isOpen) return;
    this.database
      .prepare('INSERT OR REPLACE INTO log_reader (name, position) VALUES (?, ?)')
      .run(name, position);
  }
}

type Row = ReturnType<StatementSync['all']>[number];

function alertOf(row: Row): Alert {
  const id = String(row['id']);
  return {
    id,
    time: Number(row['time']),
    level: levels[Number(row['level'])] ?? 'informational',
    ruleId: String(row['rule_id']),
    document: JSON.parse(String(row['document'])),
    state: {
      id,
      version: Number(row['version']),
      firstSeen: Number(row['first_seen']),
      lastSeen: Number(row['last_seen']),
      value: row['value'] === null ? undefined : Number(row['value']),
      sentence: String(row['sentence']),
      evidence: JSON.parse(String(row['evidence'])),
    },
  };
}
