import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { levels } from '../../alert/level.ts';
import { Failure } from '../../base/failure.ts';
import type { Level } from '../../language/tree.ts';

/** An alert that a pipeline wrote, as far as it is looked at. */
export interface WrittenAlert {
  readonly ruleId: string;
  readonly host: string;
  readonly level: Level;
}

/** What a running pipeline has written so far: its SQLite store, or its NDJSON file. */
export function readWrittenAlerts(path: string): readonly WrittenAlert[] {
  try {
    return path.endsWith('.db') ? fromStore(path) : fromLines(readFileSync(path, 'utf8'));
  } catch (cause) {
    const message = `${path}: alerts can not be read there (the store of SQLite, *.db, or NDJSON)`;
    throw new Failure('source_unreadable', { message, retryable: false, cause });
  }
}

function fromStore(path: string): readonly WrittenAlert[] {
  const store = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = store.prepare('SELECT rule_id, host, level FROM alerts').all();
    return rows.map((row) => ({
      ruleId: String(row['rule_id']),
      host: String(row['host']),
      level: levels[Number(row['level'])] ?? 'informational',
    }));
  } finally {
    store.close();
  }
}

function fromLines(text: string): readonly WrittenAlert[] {
  // The last line may still be being written.
  const lines = text.split('\n').slice(0, -1);
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const alert = JSON.parse(line) as {
        readonly rule?: { readonly id?: string };
        readonly host?: { readonly name?: string; readonly id?: string; readonly ip?: string };
        readonly tidegate?: { readonly level?: Level };
      };
      const { name, id, ip } = alert.host ?? {};
      return {
        ruleId: alert.rule?.id ?? '',
        host: name ?? id ?? ip ?? '',
        level: alert.tidegate?.level ?? 'informational',
      };
    });
}
