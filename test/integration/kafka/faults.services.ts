import { expect } from 'chai';

import { Failure } from '../../../src/base/failure.ts';
import type { KafkaConnection } from '../../../src/kafka/connection.ts';
import { counted, inOrder, makeTopic, writeCounted } from '../../conformance/shared-source.ts';
import { startKafka, type KafkaCluster } from '../services/kafka.ts';
import { isShort, startOrSkip, uniqueName } from '../services/shared.ts';
import { FAST, Member, type MemberOptions, type Positions } from './member.ts';

const PARTITIONS = 6;
// Three brokers and killed ones take minutes on a small machine.
const describeLong = isShort ? () => undefined : describe;
const itLong = isShort ? () => undefined : it;

/** Every number once or more, none missing; gives how many came more than once. */
function expectAll(members: readonly Member[], count: number): number {
  const numbers = inOrder(members.flatMap(({ texts }) => texts));
  expect([...new Set(numbers)]).to.deep.equal(counted(count));
  return numbers.length - count;
}

function total(members: readonly Member[]): number {
  return new Set(members.flatMap(({ texts }) => texts)).size;
}

/** Writes until it succeeds, as whoever uses a producer does after a retryable failure. */
async function writePatiently(...args: Parameters<typeof writeCounted>): Promise<void> {
  for (;;) {
    try {
      await writeCounted(...args);
      return;
    } catch (error) {
      if (!(error instanceof Failure) || !error.retryable) throw error;
    }
  }
}

for (const client of ['kafkajs', 'platformatic'] as const) {
  describe(`integration: Kafka source by ${client}, members come and go`, function () {
    this.timeout(120_000);
    let cluster: KafkaCluster | undefined;
    let connection: KafkaConnection = { brokers: [], clientId: 'test' };
    before(async function () {
      cluster = await startOrSkip(this, () => startKafka({ isProxied: true }));
      connection = { brokers: cluster.bootstrap, clientId: 'test' };
    });
    after(() => cluster?.[Symbol.asyncDispose]());
    afterEach(() => cluster?.proxies[0]?.heal());

    const open = (options: Omit<MemberOptions, 'connection' | 'client'>): Member =>
      new Member({ connection, client, limits: FAST, ...options });

    it('shares tasks evenly, moves as few as it must, and hands each over in good order', async () => {
      const topic = await makeTopic(connection, PARTITIONS);
      const shared = { group: uniqueName('group'), topics: [topic], positions: new Map() };
      await writeCounted(connection, topic, { to: 3000, partitions: PARTITIONS });
      await using first = open(shared);
      await first.until(() => first.held.length === PARTITIONS);
      await using second = open(shared);
      await second.until(() => second.held.length === 3 && first.held.length === 3);
      const kept = first.held;
      await using third = open(shared);
      await third.until(() => [first, second, third].every(({ held }) => held.length === 2));
      expect(kept).to.include.members([...first.held]);
      expect(
        first.tasks.map(({ task }) => task),
        'nothing is begun anew',
      ).to.have.length(6);
      await writeCounted(connection, topic, { from: 3000, to: 6000, partitions: PARTITIONS });
      await second.until(() => total([first, second, third]) === 6000);
      await second[Symbol.asyncDispose]();
      await first.until(() => first.held.length === 3 && third.held.length === 3);
      await writeCounted(connection, topic, { from: 6000, to: 9000, partitions: PARTITIONS });
      await first.until(() => total([first, second, third]) === 9000);
      expect(expectAll([first, second, third], 9000), 'read twice').to.equal(0);
      const reasons = [first, second].flatMap(({ tasks }) =>
        tasks.map(({ revoked }) => revoked.reason as unknown),
      );
      expect(new Set(reasons)).to.deep.equal(new Set(['moving', 'closed', undefined]));
    });

    it('a task that is not released in time moves all the same', async () => {
      const topic = await makeTopic(connection, 2);
      const shared = { group: uniqueName('group'), topics: [topic] };
      await writeCounted(connection, topic, { to: 100, partitions: 2 });
      const never = new Promise<void>(() => undefined);
      await using first = open({ ...shared, onBatch: () => never });
      await first.until(() => first.held.length === 2);
      await using second = open(shared);
      await second.until(() => second.held.length === 1, 30_000);
    });

    it('a member that was cut off for longer than the session has lost its tasks, and knows', async () => {
      const topic = await makeTopic(connection, 2);
      const shared = { group: uniqueName('group'), topics: [topic], positions: new Map() };
      const direct = { ...connection, brokers: cluster?.addressesOf('plaintext') ?? [] };
      await using first = open(shared);
      await first.until(() => first.held.length === 2);
      cluster?.proxies[0]?.stall();
      // The broker still tells everyone the proxy's address, so the second waits as well.
      await first.until(() => first.tasks[0]?.revoked.aborted === true, 60_000);
      expect(first.tasks[0]?.revoked.reason).to.equal('lost');
      expect(first.source.isReady).to.equal(false);
      cluster?.proxies[0]?.heal();
      await first.until(() => first.held.length === 2);
      expect(first.noticesOf('restarted').map(({ restarts }) => restarts)).to.include(1);
      await writeCounted(direct, topic, { to: 100, partitions: 2 });
      await first.until(() => total([first]) === 100);
    });

    it('goes on after connections were cut, again and again', async () => {
      const topic = await makeTopic(connection, PARTITIONS);
      const positions: Positions = new Map();
      const count = 30_000;
      await writeCounted(connection, topic, { to: count, partitions: PARTITIONS });
      const limits = { ...FAST, partitionBytesMax: 10_000, fetchBytesMax: 60_000 };
      await using member = open({ group: uniqueName('group'), topics: [topic], positions, limits });
      for (let cut = 1; cut <= 5; cut++) {
        await member.until(() => member.records.length >= (count / 8) * cut);
        cluster?.proxies[0]?.cut();
      }
      await member.until(() => total([member]) === count);
      expect(expectAll([member], count)).to.equal(0);
    });

    it('waits for brokers that refuse, says so, and begins when they come', async () => {
      const topic = await makeTopic(connection, 1);
      await writeCounted(connection, topic, { to: 10, partitions: 1 });
      cluster?.proxies[0]?.refuse();
      await using member = open({ group: uniqueName('group'), topics: [topic] });
      await member.until(() => member.noticesOf('waiting').length >= 2);
      expect(member.source.isReady).to.equal(false);
      cluster?.proxies[0]?.heal();
      await member.until(() => member.records.length === 10);
      expect(member.source.isReady).to.equal(true);
    });

    itLong('survives a broker that is killed, twice, and is back after a while', async () => {
      const topic = await makeTopic(connection, PARTITIONS);
      const positions: Positions = new Map();
      await writeCounted(connection, topic, { to: 20_000, partitions: PARTITIONS });
      const limits = { ...FAST, partitionBytesMax: 10_000, fetchBytesMax: 60_000 };
      await using member = open({ group: uniqueName('group'), topics: [topic], positions, limits });
      for (const share of [5000, 12_000]) {
        await member.until(() => member.records.length >= share);
        await cluster?.brokers[0]?.kill();
        await cluster?.brokers[0]?.start();
      }
      await member.until(() => total([member]) === 20_000);
      expectAll([member], 20_000);
      await writeCounted(connection, topic, { from: 20_000, to: 20_100, partitions: PARTITIONS });
      await member.until(() => total([member]) === 20_100);
    });
  });
}

describeLong('integration: Kafka source on three brokers', function (this: Mocha.Suite) {
  this.timeout(180_000);
  let cluster: KafkaCluster | undefined;
  before(async function () {
    cluster = await startOrSkip(this, () => startKafka({ brokers: 3 }));
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  for (const client of ['kafkajs', 'platformatic'] as const) {
    it(`${client} follows the leaders when a broker is killed and comes back`, async () => {
      const connection = { brokers: cluster?.bootstrap ?? [], clientId: 'test' };
      const topic = await makeTopic(connection, PARTITIONS, { 'min.insync.replicas': '2' });
      const positions: Positions = new Map();
      const group = uniqueName('group');
      const limits = { ...FAST, partitionBytesMax: 10_000, fetchBytesMax: 60_000 };
      await writeCounted(connection, topic, { to: 12_000, partitions: PARTITIONS });
      await using member = new Member({
        connection,
        client,
        group,
        topics: [topic],
        positions,
        limits,
      });
      await member.until(() => member.records.length >= 3000);
      await cluster?.brokers[1]?.kill();
      await writePatiently(connection, topic, { from: 12_000, to: 13_000, partitions: PARTITIONS });
      await member.until(() => total([member]) === 13_000);
      await cluster?.brokers[1]?.start();
      await writePatiently(connection, topic, { from: 13_000, to: 14_000, partitions: PARTITIONS });
      await member.until(() => total([member]) === 14_000);
      expectAll([member], 14_000);
    });
  }
});
