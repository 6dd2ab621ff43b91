import { expect } from 'chai';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openKafkaProducer } from '../../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../../src/kafka/topics.ts';
import { configure, Instance, pause, runToEnd, until } from '../../chaos/instance.ts';
import { alertsIn, compare } from '../../chaos/verdict.ts';
import { launches } from '../../chaos/workload.ts';
import { isShort, sharedKafka, uniqueName } from '../services/shared.ts';

const LAUNCHES = launches('across', 4_000);

/** One user on many hosts, a program on the whole fleet for the first time, and hosts in a row. */
const ACROSS = `
---
title: One User on Many Hosts
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3b0
correlation:
  type: value_count
  rules: [tool, other]
  group-by: [User]
  timespan: 10s
  condition: { field: Computer, gte: 5 }
level: high
---
title: Command Line Not Seen on the Fleet Before
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3b1
correlation:
  type: first_seen
  rules: [other]
  group-by: [Image]
  timespan: 20s
  condition: { field: CommandLine }
level: low
---
title: Bursts on Several Hosts
id: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3b2
correlation:
  type: value_count
  rules: [7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3a0]
  group-by: [User]
  timespan: 60s
  condition: { field: Computer, gte: 2 }
level: high
`;

describe('integration: rules across hosts, hosts dealt out over partitions', () => {
  let brokers: readonly string[] = [];
  let folder = '';
  before(async function () {
    brokers = await sharedKafka(this);
    folder = mkdtempSync(join(tmpdir(), 'tidegate-across-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('killed in the middle, see every host: the alerts of one run over all of them', async () => {
    const [alone, shared] = ['alone', 'shared'].map((name) => join(folder, name));
    if (alone === undefined || shared === undefined) throw new Error('two folders');
    for (const place of [alone, shared]) mkdirSync(place);
    const events = join(alone, 'events.ndjson');
    writeFileSync(events, `${LAUNCHES.map(({ line }) => line).join('\n')}\n`);
    const single = configure(alone, { source: `{ kind: file, paths: [${events}] }` });
    appendFileSync(join(alone, 'rules.yml'), ACROSS);
    await runToEnd(single);
    const expected = alertsIn(alone, 'counts');
    expect(expected.size).to.be.greaterThan(400);

    const topic = uniqueName('across');
    await using topics = openKafkaTopics({ brokers, clientId: 'test' });
    await topics.create([{ name: topic, partitions: 4 }]);
    await using producer = openKafkaProducer({ connection: { brokers, clientId: 'test' } });
    await producer.send(
      topic,
      LAUNCHES.map(({ host, line }) => ({ key: host, value: line })),
    );
    const names = `brokers: [${brokers.map((broker) => `"${broker}"`).join(', ')}]`;
    const config = configure(shared, {
      source: `{ kind: kafka, name: telemetry, ${names}, group: ${topic}, topics: [${topic}] }`,
      more: `across_hosts: { ${names}, topic: ${topic}-hits, group: ${topic}-hits, partitions: 3 }\n`,
    });
    appendFileSync(join(shared, 'rules.yml'), ACROSS);
    for (let kill = 0; kill < (isShort ? 1 : 3); kill++) {
      await using instance = new Instance(config);
      await instance.says('"task":"across-hosts/0"', 90_000);
      await pause(300 * kill);
      await instance.kill();
    }
    await using instance = new Instance(config);
    // Windows of the last events close by themselves ten minutes later; here they need not.
    await until(() => compare(expected, alertsIn(shared, 'counts')).missing <= 0, 120_000).catch(
      () => undefined,
    );
    const found = alertsIn(shared, 'counts');
    const { missing, extra } = compare(expected, found);
    expect({ missing, extra, log: missing + extra > 0 ? instance.log : '' }).to.deep.equal({
      missing: 0,
      extra: 0,
      log: '',
    });
    expect(await instance.kill('SIGTERM')).to.equal(0);
  }).timeout(300_000);
});
