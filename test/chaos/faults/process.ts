import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Fault, Outcome, Stage } from '../fault.ts';
import { configure, Instance, pause, runToEnd } from '../instance.ts';
import { alertsIn, compare } from '../verdict.ts';
import { launches } from '../workload.ts';

const SEVERAL = '{ kind: sqlite, every: 150ms }';

/** Writes the workload and gives the configuration and what an uninterrupted run finds. */
async function prepare(
  stage: Stage,
  checkpoints = SEVERAL,
): Promise<{ config: string; expected: ReturnType<typeof alertsIn> }> {
  const { folder, seed, events } = stage;
  const file = join(folder, 'events.ndjson');
  const lines = launches(String(seed), events).map(({ line }) => line);
  writeFileSync(file, `${lines.join('\n')}\n`);
  const source = `{ kind: file, paths: [${file}] }`;
  const config = configure(folder, { source, checkpoints });
  await runToEnd(config);
  const expected = alertsIn(folder);
  forget(folder);
  return { config, expected };
}

/** Empties alerts and checkpoints: the key stays, so that redacted texts are equal. */
function forget(folder: string): void {
  for (const name of ['alerts.db', 'checkpoints.db']) {
    const database = new DatabaseSync(join(folder, 'state', name));
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
      .all()
      .map((row) => String(row['name']))
      .filter((table) => table !== 'meta');
    for (const table of tables) database.exec(`DELETE FROM ${table}`);
    database.close();
  }
}

async function strike(stage: Stage, config: string, after?: () => void): Promise<void> {
  for (let kill = 0; kill < stage.strikes; kill++) {
    await using instance = new Instance(config);
    if (await instance.says('task begins')) await pause(stage.random.integer(0, 900));
    await instance.kill();
    after?.();
  }
}

async function finish(
  stage: Stage,
  config: string,
  expected: ReturnType<typeof alertsIn>,
): Promise<Outcome> {
  const log = await runToEnd(config);
  return {
    ...compare(expected, alertsIn(stage.folder)),
    also: { 'nothing was refused': !log.includes('"level":60') },
  };
}

/** Faults of the process itself; the input is a file. */
export const processFaults: readonly Fault[] = [
  {
    id: 'K1',
    fault: 'kill -9 at random moments',
    run: async (stage) => {
      const { config, expected } = await prepare(stage);
      await strike(stage, config);
      return finish(stage, config, expected);
    },
  },
  {
    id: 'K2',
    fault: 'kill -9 between the sink and the checkpoint: no checkpoint was ever written',
    run: async (stage) => {
      const { config, expected } = await prepare(stage, '{ kind: sqlite, every: 1h }');
      await strike({ ...stage, strikes: 2 }, config);
      const before = alertsIn(stage.folder).size;
      const outcome = await finish(stage, config, expected);
      return { ...outcome, also: { 'alerts were written before and written again': before > 0 } };
    },
  },
  {
    id: 'K3',
    fault: 'SIGTERM at full load',
    run: async (stage) => {
      const { config, expected } = await prepare(stage);
      let areInOrder = true;
      for (let stop = 0; stop < stage.strikes; stop++) {
        await using instance = new Instance(config);
        if (await instance.says('task begins')) await pause(stage.random.integer(0, 500));
        const began = performance.now();
        const code = await instance.kill('SIGTERM');
        const wasAtStart = !instance.log.includes('task begins');
        areInOrder &&= (code === 0 || wasAtStart) && performance.now() - began < 10_000;
      }
      const outcome = await finish(stage, config, expected);
      return { ...outcome, also: { 'ends with 0 within 10 s': areInOrder } };
    },
  },
  {
    id: 'K5',
    fault: 'the newest checkpoint is torn or has a flipped byte after each kill',
    run: async (stage) => {
      const { config, expected } = await prepare(stage);
      await strike(stage, config, () => damage(stage));
      return finish(stage, config, expected);
    },
  },
];

function damage({ folder, random }: Stage): void {
  const database = new DatabaseSync(join(folder, 'state', 'checkpoints.db'));
  const tear = 'DELETE FROM manifest WHERE id = (SELECT max(id) FROM manifest)';
  const flip = `UPDATE chunk SET data = CAST(x'ff' || substr(data, 2) AS BLOB)
    WHERE rowid = (SELECT max(rowid) FROM chunk)`;
  const cut = `UPDATE manifest SET body = substr(body, 1, length(body) / 2)
    WHERE id = (SELECT max(id) FROM manifest)`;
  database.exec(random.pick([tear, flip, cut]));
  database.close();
}
