import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Alert } from '../../src/alert/alert.ts';
import { deliver } from '../../src/runtime/delivery.ts';
import { openDeadLetter, readDeadLetter, type DeadLetter } from '../../src/sinks/dead-letter.ts';
import { openSink } from '../../src/sinks/index.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { expectFailure, inFolder } from '../conformance/sinks.ts';
import { startOrSkip } from '../integration/services/shared.ts';
import { ServicesUnavailable } from '../integration/services/unavailable.ts';
import { sampleAlert } from './sample-alert.ts';

const run = promisify(execFile);

/** A disk of 8 MiB in a folder, which only root can make. */
async function mountDisk(folder: string): Promise<AsyncDisposable> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tidegate-test', folder]);
  } catch (cause) {
    throw new ServicesUnavailable('a small disk (tmpfs) can not be mounted here', { cause });
  }
  return { [Symbol.asyncDispose]: async () => void (await run('umount', [folder])) };
}

async function onSmallDisk(
  context: Mocha.Context,
  action: (folder: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    await using _ = await startOrSkip(context, () => mountDisk(folder));
    await action(folder);
  });
}

const ballast = (folder: string): string => join(folder, 'ballast');
const alerts: readonly Alert[] = Array.from({ length: 400 }, (_, n) => sampleAlert(n));

/** Writes all alerts while a ballast keeps the disk nearly full, until it is thrown out. */
async function fill(folder: string, sink: Sink): Promise<readonly string[]> {
  await writeFile(ballast(folder), Buffer.alloc(7600 << 10));
  const codes = new Set<string>();
  for (let from = 0; from < alerts.length; from += 20) {
    await deliver(sink, alerts.slice(from, from + 20), {
      signal: AbortSignal.timeout(60_000),
      onTrouble: ({ code }) => void codes.add(code),
      // What people do meanwhile.
      wait: () => rm(ballast(folder), { force: true }),
    });
  }
  return [...codes];
}

describe('D1: a disk that is full', () => {
  it('SQLite says so, and goes on whole when there is room', async function () {
    await onSmallDisk(this, async (folder) => {
      const path = join(folder, 'alerts.db');
      {
        await using sink = await openSink('sqlite', { path });
        expect(await fill(folder, sink)).to.deep.equal(['store_full']);
      }
      const database = new DatabaseSync(path);
      const check = database.prepare('PRAGMA integrity_check').get();
      const { alerts: count } = {
        ...database.prepare('SELECT count(*) AS alerts FROM alerts').get(),
      };
      database.close();
      expect(check).to.deep.include({ integrity_check: 'ok' });
      expect(count).to.equal(alerts.length);
    });
  });

  it('an NDJSON file has no torn line, and nothing twice', async function () {
    await onSmallDisk(this, async (folder) => {
      const path = join(folder, 'alerts.ndjson');
      await using sink = await openSink('ndjson', { path });
      expect(await fill(folder, sink)).to.deep.equal(['store_full']);
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
      const ids = lines.map((line) => Object(JSON.parse(line)).event.id);
      expect(ids).to.deep.equal(alerts.map(({ id }) => id));
    });
  });

  it('the dead letter takes nothing that it can not keep, and goes on', async function () {
    await onSmallDisk(this, async (folder) => {
      const path = join(folder, 'dead.ndjson');
      await writeFile(ballast(folder), Buffer.alloc(8000 << 10));
      await using letters = openDeadLetter({ path });
      const add = (offset: number): void => {
        const position = { source: 's', partition: 0, offset };
        letters.add({ payload: Buffer.alloc(30_000, 0x61), position }, REASON);
      };
      let offset = 0;
      const failure = await expectFailure(async () => {
        for (; offset < 20; offset++) await addAndFlush(letters, () => add(offset));
      }, 'store_full');
      expect([failure.retryable, failure.message]).to.deep.equal([
        true,
        `${path}: no space left on the disk`,
      ]);
      await rm(ballast(folder));
      await letters.flush();
      for (offset++; offset < 10; offset++) await addAndFlush(letters, () => add(offset));
      const offsets: unknown[] = [];
      for await (const letter of readDeadLetter(path)) offsets.push(letter?.position.offset);
      expect(offsets).to.deep.equal(Array.from({ length: 10 }, (_, index) => index));
    });
  });
});

const REASON = { reason: 'invalid_json', detail: '' };

async function addAndFlush(letters: DeadLetter, add: () => void): Promise<void> {
  add();
  await letters.flush();
}
