import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { readTopic } from '../../../src/kafka/follow.ts';
import { keyPartitioner } from '../../../src/kafka/partitioner.ts';
import { openKafkaProducer } from '../../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../../src/kafka/topics.ts';
import { alertsIn } from '../../chaos/verdict.ts';
import { configure, Instance, until } from '../../chaos/instance.ts';
import { sharedKafka, uniqueName } from '../services/shared.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/cli/main.ts');
const START = Date.UTC(2026, 2, 3, 10) / 1000;
const CLIENTS = 5;
const RECORDS = 2_000;
const PARTITIONS = 4;

/** Half way every address is leased to another host. */
const hostOf = (client: number, second: number): string =>
  `LAP-${String(second < RECORDS / 2 ? client : client + CLIENTS)}`;

const leases = [0, RECORDS / 2].flatMap((second) =>
  Array.from({ length: CLIENTS }, (_, client) =>
    JSON.stringify({
      _path: 'dhcp',
      ts: START + second,
      'id.orig_h': '10.0.0.1',
      assigned_addr: `10.0.0.${String(100 + client)}`,
      host_name: hostOf(client, second),
    }),
  ),
);

const requests = Array.from({ length: RECORDS }, (_, second) => {
  const client = second % CLIENTS;
  return {
    host: hostOf(client, second),
    line: `${START + second}.500 42 10.0.0.${String(100 + client)} TCP_MISS/200 ${String(second)} GET http://example.net/${String(second)} - HIER_DIRECT/192.0.2.7 text/html`,
  };
});

/** Requests of a host within ten minutes: no address has so many, and no partition of the proxy. */
const RULE = `title: Many Requests
id: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a77
name: request
logsource: { category: proxy }
detection: { it: { cs-host: example.net }, condition: it }
level: informational
---
title: Many Requests of a Host
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a377
correlation:
  { type: event_count, rules: [request], group-by: [Computer], timespan: 1h, condition: { gte: 200 } }
level: medium
`;

interface Written {
  readonly partition: number;
  readonly key: string;
}

describe('integration: tidegate repartition', () => {
  let brokers: readonly string[] = [];
  let folder = '';
  before(async function () {
    brokers = await sharedKafka(this);
    folder = mkdtempSync(join(tmpdir(), 'tidegate-repartition-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('killed in the middle, gives each record of an address to the host that had it, and windows count by host', async () => {
    const topic = uniqueName('proxy');
    const target = `${topic}-telemetry`;
    await using topics = openKafkaTopics({ brokers, clientId: 'test' });
    await topics.create([
      { name: topic, partitions: 1 },
      { name: `${topic}-leases`, partitions: 1 },
      { name: target, partitions: PARTITIONS },
    ]);
    await using producer = openKafkaProducer({ connection: { brokers, clientId: 'test' } });
    await producer.send(
      `${topic}-leases`,
      leases.map((value) => ({ key: null, value })),
    );
    // As a proxy does: without a key.
    await producer.send(
      topic,
      requests.map(({ line }) => ({ key: null, value: line })),
    );
    const names = `brokers: [${brokers.map((broker) => `"${broker}"`).join(', ')}]`;
    const config = configure(folder, {
      source: `{ kind: kafka, ${names}, group: ${target}, topics: [${target}] }`,
      more: `repartition:
  listen: "off"
  to: { ${names}, topic: ${target} }
  sources:
    - { kind: kafka, name: proxies, ${names}, group: ${topic}, topics: [${topic}], references: [${topic}-leases] }
`,
    });
    writeFileSync(join(folder, 'rules.yml'), RULE);
    const written = async (): Promise<number> =>
      (await topics.ends(target)).reduce((sum, { next }) => sum + next, 0);
    await using first = new Repartition(config);
    await first.until(async () => (await written()) > 0);
    await first.end('SIGKILL');
    await using second = new Repartition(config);
    let found: ReadonlyMap<string, readonly Written[]> = new Map();
    await second.until(async () => {
      if ((await written()) >= RECORDS) found = await readAll(brokers, target);
      return found.size === RECORDS;
    });
    expect(await second.end('SIGTERM')).to.equal(0);
    const partitionOf = keyPartitioner(PARTITIONS);
    const wrong = requests.filter(({ host, line }) =>
      (found.get(line) ?? []).some(
        ({ key, partition }) => key !== host || partition !== partitionOf(host),
      ),
    );
    expect([found.size, wrong.length]).to.deep.equal([RECORDS, 0]);

    // The header names the host: the line itself names the address alone.
    await using instance = new Instance(config);
    await until(() => alertsIn(folder, 'counts').size === 2 * CLIENTS, 90_000);
    expect(await instance.kill('SIGTERM')).to.equal(0);
    expect([...alertsIn(folder, 'counts').values()]).to.deep.equal(
      Array.from({ length: 2 * CLIENTS }, () => '[200]'),
    );
  }).timeout(300_000);
});

/** A process of `tidegate repartition`; it ends with its test. */
class Repartition implements AsyncDisposable {
  readonly #child: ChildProcess;
  #log = '';

  constructor(config: string) {
    this.#child = spawn(process.execPath, [MAIN, 'repartition', '-c', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => (this.#log += bytes.toString()));
  }

  /** Waits for something; where it does not come to be, the log says why. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    await until(isSo, 60_000).catch(() => {
      throw new Error(`it did not come to be: ${this.#log}`);
    });
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return this.#child.exitCode;
    }
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    await closed;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}

/** Everything that is in a topic now, by value. */
async function readAll(
  brokers: readonly string[],
  topic: string,
): Promise<ReadonlyMap<string, readonly Written[]>> {
  const found = new Map<string, Written[]>();
  const text = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('utf8');
  for await (const { partition, key, value } of readTopic({ brokers, clientId: 'test' }, topic)) {
    found.set(text(value), [...(found.get(text(value)) ?? []), { partition, key: text(key) }]);
  }
  return found;
}
