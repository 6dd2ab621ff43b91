import { expect } from 'chai';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteCheckpoints } from '../../src/checkpoints/sqlite.ts';
import { checkpointAt, describeStore } from '../conformance/checkpoints.ts';
import { expectFailure, inFolder } from '../conformance/sinks.ts';

const fileIn = (folder: string): string => join(folder, 'state', 'checkpoints.db');

function change(folder: string, sql: string): void {
  const database = new DatabaseSync(fileIn(folder));
  database.exec(sql);
  database.close();
}

describeStore({
  name: 'sqlite',
  open: async (folder) => openSqliteCheckpoints(fileIn(folder)),
  tearNewest: async (folder) =>
    change(folder, 'DELETE FROM manifest WHERE id = (SELECT max(id) FROM manifest)'),
  damageNewest: async (folder) =>
    change(
      folder,
      "UPDATE chunk SET data = CAST(x'00' || data AS BLOB) WHERE rowid = (SELECT max(rowid) FROM chunk)",
    ),
});

describe('the checkpoint file', () => {
  it('is for its owner alone: raw telemetry is in it', () =>
    inFolder(async (folder) => {
      await using _store = openSqliteCheckpoints(fileIn(folder));
      expect(statSync(fileIn(folder)).mode & 0o777).to.equal(0o600);
    }));

  it('a manifest that was changed or is from a later version is passed over, and why is said', () =>
    inFolder(async (folder) => {
      {
        await using store = openSqliteCheckpoints(fileIn(folder));
        await (await store.open('t')).write(checkpointAt(5));
      }
      change(folder, 'UPDATE manifest SET body = replace(body, \'"next":5\', \'"next":6\')');
      await using store = openSqliteCheckpoints(fileIn(folder));
      const { restored } = await store.open('t');
      expect(restored.checkpoint).to.equal(undefined);
      expect(restored.passedOver).to.deep.equal(['its manifest is damaged or cut short']);
    }));

  it('keeps the last three checkpoints and nothing of older ones', () =>
    inFolder(async (folder) => {
      {
        await using store = openSqliteCheckpoints(fileIn(folder));
        const log = await store.open('t');
        for (let next = 1; next <= 9; next++) {
          await log.append({ sequence: next, at: [], mark: { kind: 'elapse', silentMs: next } });
          await log.write(checkpointAt(next, { next }, next));
        }
      }
      const database = new DatabaseSync(fileIn(folder));
      const count = (table: string): unknown =>
        database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'];
      expect([count('manifest'), count('chunk'), count('mark')]).to.deep.equal([3, 3, 2]);
      database.close();
    }));

  it('an owner that has lost the task must stop', () =>
    inFolder(async (folder) => {
      await using store = openSqliteCheckpoints(fileIn(folder));
      const before = await store.open('t');
      await store.open('t');
      const failure = await expectFailure(() => before.write(checkpointAt(1)), 'store_locked');
      expect(failure.retryable).to.equal(false);
      expect(failure.message).to.contain('taken over');
    }));

  it('refuses a file of another program, and one that is no database', () =>
    inFolder(async (folder) => {
      const other = join(folder, 'other.db');
      const database = new DatabaseSync(other);
      database.exec('CREATE TABLE x (y)');
      database.close();
      await expectFailure(async () => openSqliteCheckpoints(other), 'store_corrupt');
      const text = join(folder, 'text.db');
      writeFileSync(text, 'no database, and long enough to be looked at as one'.repeat(40));
      await expectFailure(async () => openSqliteCheckpoints(text), 'store_corrupt');
    }));
});
