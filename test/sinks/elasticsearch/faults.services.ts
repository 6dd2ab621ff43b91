import { createServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Alert } from '../../../src/alert/alert.ts';
import type { EcsDocument } from '../../../src/event/event.ts';
import { deliver } from '../../../src/runtime/delivery.ts';
import { openDeadLetter } from '../../../src/sinks/dead-letter.ts';
import { openElasticsearchSink } from '../../../src/sinks/elasticsearch/sink.ts';
import type { SinkContext, SinkReceipt, SinkTrouble } from '../../../src/sinks/sink.ts';
import { expectFailure, inFolder } from '../../conformance/sinks.ts';
import { makeCertificates } from '../../integration/services/certificates.ts';
import {
  startElasticsearch,
  type Elasticsearch,
} from '../../integration/services/elasticsearch.ts';
import { startOrSkip } from '../../integration/services/shared.ts';
import { sampleAlert } from '../sample-alert.ts';
import { Cluster } from './cluster.ts';

/** How long a fault lasts; the long form is that of the requirement. */
const FAULT_MS = process.env['TIDEGATE_FULL'] === undefined ? 5000 : 60_000;
const BATCHES = 40;
const BATCH = 25;

/** Each batch opens alerts, and lets those of the batch before grow. */
function batches(): readonly (readonly Alert[])[] {
  return Array.from({ length: BATCHES }, (_, at) => {
    const opened = Array.from({ length: BATCH }, (__, index) => sampleAlert(at * BATCH + index));
    const grown = Array.from({ length: at === 0 ? 0 : BATCH }, (__, index) =>
      sampleAlert((at - 1) * BATCH + index, { version: 7, hasDocument: false }),
    );
    return [...opened, ...grown];
  });
}

/** What an uninterrupted run leaves: each alert once, with its last count. */
function expected(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const alert of batches().flat()) {
    counts.set(alert.id, Math.max(counts.get(alert.id) ?? 0, alert.state.version));
  }
  return counts;
}

interface Told {
  readonly failures: string[];
  readonly troubles: SinkTrouble[];
  recovered: number;
  readonly receipts: SinkReceipt[];
}

describe('faults of a real Elasticsearch', () => {
  let server: Elasticsearch;
  let cluster: Cluster;
  before(async function () {
    server = await startOrSkip(this, () => startElasticsearch({ isProxied: true }));
    cluster = new Cluster(server.url);
  });
  beforeEach(() => cluster.prepare());
  after(async () => {
    await cluster?.client.close();
    await server?.[Symbol.asyncDispose]();
  });

  /** Writes all batches; the fault begins before the given one and goes on beside the rest. */
  async function run(
    at: number,
    fault: () => Promise<void>,
    context: SinkContext = {},
  ): Promise<Told> {
    const told: Told = { failures: [], troubles: [], recovered: 0, receipts: [] };
    await using sink = openElasticsearchSink(
      { url: server.url, request_timeout_ms: 5000 },
      { ...context, observer: { retried: (_, reason) => void told.troubles.push(reason) } },
    );
    const signal = AbortSignal.timeout(300_000);
    let faulting: Promise<void> | undefined;
    for (const [index, batch] of batches().entries()) {
      if (index === at) faulting = fault();
      const receipt = await deliver(sink, batch, {
        signal,
        onTrouble: ({ message }) => void told.failures.push(message),
        onRecovered: () => told.recovered++,
      });
      told.receipts.push(receipt);
    }
    await faulting;
    return told;
  }

  async function expectEqual(): Promise<void> {
    const stored = await cluster.alerts();
    const counts = new Map(stored.map(({ id, state }) => [id, Number(state?.['count'])]));
    const wanted = expected();
    const missing = [...wanted.keys()].filter((id) => !counts.has(id));
    const extra = [...counts.keys()].filter((id) => !wanted.has(id));
    const duplicates = stored.length - counts.size;
    expect({ missing, extra, duplicates }).to.deep.equal({ missing: [], extra: [], duplicates: 0 });
    expect(Object.fromEntries(counts)).to.deep.equal(Object.fromEntries(wanted));
  }

  const proxy = (): NonNullable<Elasticsearch['proxy']> => {
    if (server.proxy === undefined) throw new Error('the server was started with a proxy');
    return server.proxy;
  };

  it('E1: stopped and started again, everything arrives once', async () => {
    const told = await run(5, async () => {
      await server.server.stop();
      await sleep(FAULT_MS);
      await server.server.start();
    });
    expect(told.recovered).to.be.above(0);
    await expectEqual();
  });

  it('E1: unreachable for a while, the sink says so and goes on by itself', async () => {
    const told = await run(5, async () => {
      proxy().refuse();
      await sleep(FAULT_MS);
      proxy().heal();
    });
    expect(told.failures.length).to.be.above(0);
    await expectEqual();
  });

  it('E1: a stalled network is no different', async () => {
    const told = await run(5, async () => {
      proxy().stall();
      await sleep(FAULT_MS + 3000);
      proxy().cut();
      proxy().heal();
    });
    expect(told.troubles).to.include('unreachable');
    await expectEqual();
  });

  it('E3: a flood-stage block is waited for, document by document', async () => {
    const block = (isBlocked: boolean | null): Promise<unknown> =>
      cluster.client.indices.putSettings({
        index: 'logs-tidegate.alerts-*,tidegate-alert-state',
        settings: { 'index.blocks.read_only_allow_delete': isBlocked },
      });
    const told = await run(5, async () => {
      // The server itself takes the block away whenever it sees that the disk has room.
      for (const end = Date.now() + FAULT_MS; Date.now() < end; await sleep(200)) await block(true);
      await block(null);
    });
    expect(told.troubles).to.include('blocked');
    expect(told.failures.join()).to.include('cluster_block_exception');
    await expectEqual();
  });

  it('E4: bad documents among 500 good ones arrive in reduced form, the rest as it is', () =>
    inFolder(async (folder) => {
      await using deadLetter = openDeadLetter({ path: join(folder, 'dead.ndjson') });
      await using sink = openElasticsearchSink({ url: server.url }, { deadLetter });
      const good = Array.from({ length: 500 }, (_, number) => sampleAlert(number));
      const bad = badAlerts();
      const receipt = await sink.write([...good, ...bad.values()]);
      expect(receipt).to.include({ created: good.length + bad.size });
      const stored = new Map((await cluster.alerts()).map((one) => [one.id, one.document]));
      expect(stored.size).to.equal(good.length + bad.size);
      const reduced = [...bad].flatMap(([name, { id }]) =>
        Object(stored.get(id)?.['tidegate']).reduced === undefined ? [] : [name],
      );
      expect(reduced).to.deep.equal(['an object for a name', 'a field without a name']);
      expect([receipt.reduced, deadLetter.count]).to.deep.equal([reduced.length, reduced.length]);
    }));

  it('E5: killed in the middle of its work, nothing that it acknowledged is missing', async () => {
    await run(8, async () => {
      await server.server.kill();
      await server.server.start();
    });
    await expectEqual();
  });

  it('E5: connections cut in the middle of bulk requests and of their answers', async () => {
    let isDone = false;
    const told = await run(2, async () => {
      for (let cuts = 0; cuts < 20 && !isDone; cuts++) {
        proxy().cutAfter(5000 + cuts * 7919);
        await sleep(150);
      }
      proxy().heal();
    });
    isDone = true;
    expect(told.troubles).to.include('unreachable');
    await expectEqual();
  });

  it('E6: a replay from the beginning writes nothing again, and nobody can roll over', async () => {
    await run(0, async () => undefined);
    const rolled = cluster.client.indices.rollover({ alias: 'tidegate-alerts' });
    const said = await rolled.then(String, (error: Error) => error.message);
    expect(said).to.match(/^illegal_argument_exception/);
    const { receipts } = await run(0, async () => undefined);
    const created = receipts.reduce((sum, receipt) => sum + receipt.created, 0);
    const there = receipts.reduce((sum, receipt) => sum + receipt.alreadyThere, 0);
    expect([created, there]).to.deep.equal([0, BATCHES * BATCH]);
    await expectEqual();
  });
});

function badAlerts(): ReadonlyMap<string, Alert> {
  const deep: EcsDocument = {};
  for (let inner = deep, depth = 0; depth < 30; depth++) {
    const next: EcsDocument = {};
    inner['deeper'] = next;
    inner = next;
  }
  const many: EcsDocument = {};
  for (let field = 0; field < 1500; field++) many[`field_${field}`] = field;
  const shapes: Readonly<Record<string, EcsDocument>> = {
    'an object for a name': { process: { name: { first: 'a', last: 'b' } } },
    'a field without a name': { process: { '': 1 } },
    'a text for a number': { process: { pid: 'not a number' } },
    'no address': { source: { ip: 'not an address' } },
    'a command line of 40 kB': { process: { command_line: 'x'.repeat(40_000) } },
    '1,500 fields': { process: many },
    'a depth of 30': { process: deep },
  };
  return new Map(
    Object.entries(shapes).map(([name, shape], at) => {
      const alert = sampleAlert(1000 + at);
      return [name, { ...alert, document: { ...alert.document, ...shape } }];
    }),
  );
}

describe('a real Elasticsearch under indexing pressure', () => {
  let server: Elasticsearch;
  before(async function () {
    const settings = { 'indexing_pressure.memory.limit': '60kb' };
    server = await startOrSkip(this, () => startElasticsearch({ settings }));
  });
  after(() => server?.[Symbol.asyncDispose]());

  it('E2: refuses whole requests with 429, and gets smaller ones until all is there', async () => {
    const cluster = new Cluster(server.url);
    await cluster.prepare();
    const troubles: SinkTrouble[] = [];
    const observer = { retried: (_: number, reason: SinkTrouble) => void troubles.push(reason) };
    await using sink = openElasticsearchSink({ url: server.url }, { observer });
    const alerts = Array.from({ length: 300 }, (_, number) => sampleAlert(number));
    await deliver(sink, alerts, { signal: AbortSignal.timeout(60_000) });
    expect(troubles).to.include('busy');
    expect(await cluster.alerts()).to.have.length(300);
    await cluster.close();
  });
});

describe('E7, S7: TLS in front of Elasticsearch', () => {
  it('is trusted by its authority alone, and refused by name otherwise', async function () {
    await inFolder(async (folder) => {
      const files = await startOrSkip(this, () => makeCertificates(folder));
      const https = createServer(
        { key: await readFile(files.serverKey), cert: await readFile(files.serverCertificate) },
        (_, response) => {
          response.writeHead(401, { 'x-elastic-product': 'Elasticsearch' }).end('{}');
        },
      );
      await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
      const url = `https://127.0.0.1:${(https.address() as AddressInfo).port}`;
      const failureWith = async (caFile: string | undefined): Promise<string> => {
        const settings = caFile === undefined ? { url } : { url, ca_file: caFile };
        await using sink = openElasticsearchSink(settings);
        return (await expectFailure(() => sink.write([sampleAlert(1)]), 'peer_refused')).message;
      };
      expect(await failureWith(files.authority)).to.include('does not accept the credentials');
      expect(await failureWith(files.strangeAuthority)).to.include('unknown authority');
      expect(await failureWith(undefined)).to.include('unknown authority');
      https.closeAllConnections();
      await new Promise((resolve) => https.close(resolve));
    });
  });
});
