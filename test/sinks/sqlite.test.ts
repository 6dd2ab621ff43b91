import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openAlertStore, type StoredAlert } from '../../src/sinks/alert-store.ts';
import type { PrimarySink } from '../../src/sinks/sink.ts';
import { openSqliteSink } from '../../src/sinks/sqlite.ts';
import { asJson, describeAlertLog, readLog } from '../conformance/alert-log.ts';
import { describeSink, expectFailure, inFolder } from '../conformance/sinks.ts';
import { sampleAlert } from './sample-alert.ts';

const fileIn = (folder: string): string => join(folder, 'data', 'alerts.db');
const openIn = (folder: string): PrimarySink =>
  openSqliteSink({ path: fileIn(folder), now: () => 1_800_000_000_000, lockWaitMs: 0 });

function idsOf(alerts: readonly StoredAlert[]): readonly string[] {
  return alerts.map(({ id }) => id);
}

describeSink({
  name: 'sqlite',
  keepsStates: true,
  open: async (folder) => openIn(folder),
  content: async (folder) => {
    using store = openAlertStore(fileIn(folder));
    return store.list({ limit: 1000 }).map(({ id }) => store.get(id));
  },
});

describeAlertLog({ name: 'sqlite', open: async (folder) => openIn(folder) });

describe('the SQLite sink', () => {
  it('moves a state forward only, in whatever order states arrive', () =>
    inFolder(async (folder) => {
      await using sink = openIn(folder);
      const versions = [3, 9, 5, 9, 2];
      const advanced: number[] = [];
      for (const version of versions) {
        const receipt = await sink.write([sampleAlert(1, { version })]);
        advanced.push(receipt.advanced);
      }
      // The same version again is written again: Elasticsearch's external_gte does so too.
      expect(advanced).to.deep.equal([1, 1, 0, 1, 0]);
      using store = openAlertStore(fileIn(folder));
      const [alert] = store.list({ limit: 1 });
      expect(alert).to.include({ count: 9, value: 9 });
      expect(alert?.sentence).to.equal(sampleAlert(1, { version: 9 }).state.sentence);
    }));

  it('keeps its file and folder from other people', () =>
    inFolder(async (folder) => {
      await using sink = openIn(folder);
      expect((await stat(sink.name)).mode & 0o777).to.equal(0o600);
      expect((await stat(join(folder, 'data'))).mode & 0o777).to.equal(0o700);
    }));

  it('writes a batch whole or not at all', () =>
    inFolder(async (folder) => {
      await using sink = openIn(folder);
      await sink.write([sampleAlert(1)]);
      const broken = { ...sampleAlert(3), time: Number.NaN };
      await expectFailure(() => sink.write([sampleAlert(2), broken]), 'store_unwritable');
      using store = openAlertStore(fileIn(folder));
      expect(idsOf(store.list({ limit: 9 }))).to.deep.equal([sampleAlert(1).id]);
      // And goes on afterwards.
      expect(await sink.write([sampleAlert(2)])).to.include({ created: 1 });
    }));

  it('says that it is locked, and that trying again may help', () =>
    inFolder(async (folder) => {
      await using sink = openIn(folder);
      const other = new DatabaseSync(sink.name);
      other.exec('BEGIN IMMEDIATE');
      const failure = await expectFailure(() => sink.write([sampleAlert(1)]), 'store_locked');
      expect(failure.retryable).to.equal(true);
      other.exec('ROLLBACK');
      other.close();
      expect(await sink.write([sampleAlert(1)])).to.include({ created: 1 });
    }));

  it('says that the disk is full, keeps what it has, and goes on when there is space', () =>
    inFolder(async (folder) => {
      // A page limit stands in for the disk: SQLite answers both with SQLITE_FULL. It holds per
      // connection.
      const sink = openIn(folder);
      await sink.write([sampleAlert(0)]);
      const limited = Reflect.get(sink, 'database');
      expect(limited).to.be.instanceOf(DatabaseSync);
      if (!(limited instanceof DatabaseSync)) return;
      limited.exec('PRAGMA max_page_count = 20');
      const many = Array.from({ length: 200 }, (_, index) => sampleAlert(index));
      const failure = await expectFailure(() => sink.write(many), 'store_full');
      expect(failure.retryable).to.equal(true);
      limited.exec('PRAGMA max_page_count = 100000');
      expect(await sink.write(many)).to.include({ created: 199, alreadyThere: 1 });
      await sink[Symbol.asyncDispose]();
      const check = new DatabaseSync(fileIn(folder));
      expect(check.prepare('PRAGMA integrity_check').get()).to.deep.include({
        integrity_check: 'ok',
      });
      check.close();
    }));

  it('brings a store of version 1 up to date, and its alerts into the log', () =>
    inFolder(async (folder) => {
      {
        await using sink = openIn(folder);
        await sink.write([sampleAlert(1), sampleAlert(2)]);
      }
      const database = new DatabaseSync(fileIn(folder));
      database.exec(
        `DROP TABLE alert_log; DROP TABLE log_reader; DROP TABLE triage_log;
         ALTER TABLE triage DROP COLUMN seen;
         UPDATE meta SET value = '1' WHERE name = 'schema_version'`,
      );
      database.close();
      await using sink = openIn(folder);
      await sink.write([sampleAlert(3)]);
      expect(await readLog(sink, { alertsMax: 2 }, 2)).to.deep.equal([
        [sampleAlert(1), sampleAlert(2)].map(asJson),
        [sampleAlert(3)].map(asJson),
      ]);
    }));

  it('refuses a store of a later version, and leaves it as it is', () =>
    inFolder(async (folder) => {
      await openIn(folder)[Symbol.asyncDispose]();
      const database = new DatabaseSync(fileIn(folder));
      database.exec("UPDATE meta SET value = '4' WHERE name = 'schema_version'");
      database.close();
      const failure = await expectFailure(async () => openIn(folder), 'store_newer');
      expect(failure.message).to.include('version 4').and.to.include('up to 3');
      await expectFailure(async () => openAlertStore(fileIn(folder)), 'store_newer');
    }));

  it('refuses a file that is no store', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'data'));
      await writeFile(
        fileIn(folder),
        'this is a text and not a database, whatever its name says\n',
      );
      await expectFailure(async () => openIn(folder), 'store_corrupt');
    }));

  it('refuses the database of another program', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'data'));
      const database = new DatabaseSync(fileIn(folder));
      database.exec('CREATE TABLE theirs (x)');
      database.close();
      const failure = await expectFailure(async () => openIn(folder), 'store_corrupt');
      expect(failure.message).to.include('another program');
    }));

  it('refuses a place that cannot be', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'data'), '');
      const failure = await expectFailure(async () => openIn(folder), 'store_unopenable');
      expect(failure.retryable).to.equal(false);
    }));
});

describe('openAlertStore', () => {
  async function filled(action: (folder: string) => void): Promise<void> {
    await inFolder(async (folder) => {
      await using sink = openIn(folder);
      await sink.write([
        sampleAlert(1, { level: 'low', ruleId: 'a' }),
        sampleAlert(2, { level: 'critical', ruleId: 'b', version: 5 }),
        sampleAlert(3, { level: 'critical', ruleId: 'b' }),
        sampleAlert(4, { level: 'low', ruleId: 'a' }),
      ]);
      const people = new DatabaseSync(sink.name);
      people.exec(
        `INSERT INTO triage
           (id, version, state, assignee, reason, comment, changed_at, changed_by)
         VALUES ('${idOf(3)}', 2, 'closed', 'kurz', 'expected', 'ok', 1, 'kurz')`,
      );
      people.close();
      action(folder);
    });
  }
  const options = [
    {},
    { level: 'low', ruleId: 'a' },
    { level: 'critical', ruleId: 'b', version: 5 },
    { level: 'critical', ruleId: 'b' },
    { level: 'low', ruleId: 'a' },
  ] as const;
  const idOf = (number: number): string => sampleAlert(number, options[number]).id;

  const table: readonly (readonly [
    string,
    Parameters<ReturnType<typeof openAlertStore>['list']>[0],
    readonly number[],
  ])[] = [
    ['everything, last seen first', { limit: 10 }, [4, 3, 2, 1]],
    ['no more than asked for', { limit: 2 }, [4, 3]],
    ['nothing', { limit: 0 }, []],
    ['one level', { limit: 10, levels: ['critical'] }, [3, 2]],
    ['no level', { limit: 10, levels: [] }, []],
    ['one rule', { limit: 10, ruleId: 'a' }, [4, 1]],
    ['one host', { limit: 10, host: 'LAP-3' }, [3]],
    ['another host', { limit: 10, host: "LAP-7' OR 1=1 --" }, []],
    ['an agent', { limit: 10, agent: 'claude_code' }, [4, 3, 2, 1]],
    ['what nobody closed', { limit: 10, triage: ['open', 'acknowledged'] }, [4, 2, 1]],
    ['what was closed', { limit: 10, triage: ['closed'] }, [3]],
    ['since a time', { limit: 10, since: sampleAlert(3, options[3]).state.lastSeen }, [4, 3]],
  ];
  for (const [name, query, expected] of table) {
    it(`lists ${name}`, () =>
      filled((folder) => {
        using store = openAlertStore(fileIn(folder));
        expect(idsOf(store.list(query))).to.deep.equal(expected.map(idOf));
      }));
  }

  it('continues behind an alert, also among alerts of one moment', () =>
    inFolder(async (folder) => {
      await using sink = openIn(folder);
      const alerts = ['a', 'b', 'c', 'd'].map((ruleId) => sampleAlert(1, { ruleId }));
      await sink.write([...alerts, sampleAlert(2)]);
      using store = openAlertStore(fileIn(folder));
      const walked: string[] = [];
      for (let page = store.list({ limit: 2 }); page.length > 0;) {
        walked.push(...idsOf(page));
        const last = page[page.length - 1];
        if (last === undefined) break;
        page = store.list({ limit: 2, after: last });
      }
      expect(walked).to.deep.equal([sampleAlert(2).id, ...alerts.map(({ id }) => id).toSorted()]);
    }));

  it('joins what people decided', () =>
    filled((folder) => {
      using store = openAlertStore(fileIn(folder));
      expect(store.get(idOf(3))?.triage).to.deep.equal({
        version: 2,
        state: 'closed',
        assignee: 'kurz',
        reason: 'expected',
        comment: 'ok',
      });
      expect(store.get(idOf(1))?.triage).to.include({ version: 0, state: 'open' });
    }));

  it('gives one alert in full', () =>
    filled((folder) => {
      using store = openAlertStore(fileIn(folder));
      const alert = sampleAlert(2, options[2]);
      expect(store.get(alert.id)).to.deep.include({
        level: 'critical',
        user: 'ana',
        agent: 'claude_code',
        writtenAt: 1_800_000_000_000,
        document: JSON.parse(JSON.stringify(alert.document)),
        evidence: JSON.parse(JSON.stringify(alert.state.evidence)),
      });
      expect(store.get('no such id')).to.equal(undefined);
    }));

  it('counts by rule and level, the most urgent first', () =>
    filled((folder) => {
      using store = openAlertStore(fileIn(folder));
      expect(store.counts()).to.deep.equal([
        { ruleId: 'b', ruleTitle: 'Title of b', level: 'critical', alerts: 2, events: 7 },
        { ruleId: 'a', ruleTitle: 'Title of a', level: 'low', alerts: 2, events: 4 },
      ]);
    }));

  it('sees what is written after it was opened', () =>
    inFolder(async (folder) => {
      await using sink = openIn(folder);
      using store = openAlertStore(fileIn(folder));
      expect(store.list({ limit: 10 })).to.deep.equal([]);
      await sink.write([sampleAlert(1)]);
      expect(store.list({ limit: 10 })).to.have.length(1);
    }));

  it('reads a list in its order from the index, without sorting', () =>
    inFolder(async (folder) => {
      await openIn(folder)[Symbol.asyncDispose]();
      const database = new DatabaseSync(fileIn(folder));
      const plan = database
        .prepare(
          `EXPLAIN QUERY PLAN SELECT a.id FROM alert_state s CROSS JOIN alerts a ON a.id = s.id
           ORDER BY s.last_seen DESC, s.id LIMIT 1`,
        )
        .all();
      database.close();
      expect(JSON.stringify(plan)).to.include('alert_state_by_last_seen').and.not.include('SORT');
      expect(JSON.stringify(plan)).to.not.include('TEMP B-TREE');
    }));

  it('names a store that is not there', () =>
    inFolder(async (folder) => {
      const failure = await expectFailure(
        async () => openAlertStore(fileIn(folder)),
        'source_unreadable',
      );
      expect(failure.message).to.include('no such alert store');
    }));
});
