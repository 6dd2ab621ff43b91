import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createLog } from '../../../src/runtime/log.ts';
import { Supervisor } from '../../../src/runtime/workers/supervisor.ts';
import { inFolder } from '../../conformance/sinks.ts';

const PROGRAM = resolve(import.meta.dirname, 'fake-worker-process.ts');

/** A supervisor of two fake workers, and what they have noted. */
class Stage {
  readonly supervisor: Supervisor;
  readonly ended: Promise<boolean>;
  readonly stop = new AbortController();
  readonly #journal: string;
  readonly #port: number;

  constructor(folder: string, behaviour: string, port: number) {
    this.#journal = join(folder, 'journal');
    this.#port = port;
    writeFileSync(this.#journal, '');
    this.supervisor = new Supervisor({
      workers: 2,
      program: PROGRAM,
      argsOf: (worker) => [String(worker), this.#journal, behaviour],
      listen: { host: '127.0.0.1', port },
      log: createLog('silent'),
      stop: this.stop.signal,
    });
    this.ended = this.supervisor.run();
  }

  get journal(): readonly string[] {
    return readFileSync(this.#journal, 'utf8').split('\n').filter(Boolean).toSorted();
  }

  async notes(text: string, times = 1): Promise<void> {
    for (let tries = 0; tries < 1000; tries++) {
      if (this.journal.filter((line) => line.includes(text)).length >= times) return;
      await new Promise((later) => setTimeout(later, 20));
    }
    throw new Error(`${text} was not noted: ${this.journal.join(', ')}`);
  }

  async get(path: string): Promise<readonly [number, string]> {
    const response = await fetch(`http://127.0.0.1:${String(this.#port)}${path}`);
    return [response.status, await response.text()];
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function withWorkers(
  behaviour: string,
  act: (stage: Stage) => Promise<void>,
): (this: Mocha.Context) => Promise<void> {
  return async function () {
    this.timeout(60_000);
    await inFolder(async (folder) => {
      const stage = new Stage(folder, behaviour, await freePort());
      try {
        await act(stage);
      } finally {
        stage.stop.abort();
        await stage.ended;
      }
    });
  };
}

describe('workers of a supervisor', () => {
  it(
    'are told to end in order, once',
    withWorkers('', async (stage) => {
      await stage.notes('began', 2);
      stage.stop.abort();
      expect(await stage.ended).to.equal(true);
      expect(stage.journal).to.deep.equal(['1 SIGTERM', '1 began', '2 SIGTERM', '2 began']);
    }),
  );

  it(
    'are one to whoever asks: numbers are added up, and one that is not ready is named',
    withWorkers('waits', async (stage) => {
      await stage.notes('began', 2);
      expect(await stage.get('/healthz')).to.deep.equal([200, 'ok\n']);
      expect(await stage.get('/readyz')).to.deep.equal([503, 'worker 2: starting\n']);
      const [, metrics] = await stage.get('/metrics');
      expect(metrics).to.match(/^records_total 3$/m);
      expect(metrics).to.match(/^tidegate_worker_restarts_total 0$/m);
    }),
  );

  it(
    'are all asked to read their rules again',
    withWorkers('', async (stage) => {
      await stage.notes('began', 2);
      stage.supervisor.signal('SIGHUP');
      await stage.notes('SIGHUP', 2);
    }),
  );

  it(
    'one that is killed is started again',
    withWorkers('', async (stage) => {
      await stage.notes('began', 2);
      stage.supervisor.signal('SIGUSR2');
      await stage.notes('began', 4);
      const [, metrics] = await stage.get('/metrics');
      expect(metrics).to.match(/^tidegate_worker_restarts_total 2$/m);
    }),
  );

  it(
    'one that gives up ends the others in order, and the whole is a failure',
    withWorkers('gives up', async (stage) => {
      await stage.notes('began', 2);
      stage.supervisor.signal('SIGUSR2');
      expect(await stage.ended).to.equal(false);
      expect(stage.journal).to.include.members(['1 SIGTERM', '2 gave up']);
    }),
  );

  it(
    'one whose input has ended is not missed',
    withWorkers('is done', async (stage) => {
      await stage.notes('done');
      await stage.notes('1 began');
      for (let tries = 0; (await stage.get('/readyz'))[0] !== 200 && tries < 100; tries++);
      expect(await stage.get('/readyz')).to.deep.equal([200, 'ready\n']);
    }),
  );
});
