import { expect } from 'chai';

import type { KafkaConnection } from '../../src/kafka/connection.ts';
import { openKafkaProducer, type OutgoingMessage } from '../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../src/kafka/topics.ts';
import type { KafkaClientName } from '../../src/sources/kafka/options.ts';
import { deleteBefore, grow } from '../integration/kafka/admin.ts';
import { FAST, Member, type MemberOptions, type Positions } from '../integration/kafka/member.ts';
import { uniqueName } from '../integration/services/shared.ts';

/** Makes a topic of so many partitions. */
export async function makeTopic(
  connection: KafkaConnection,
  partitions: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = uniqueName('topic');
  await using topics = openKafkaTopics(connection);
  await topics.create([{ name, partitions, settings }]);
  return name;
}

/** Writes messages `0`, `1`, ... to the partitions of a topic by turns. */
export async function writeCounted(
  connection: KafkaConnection,
  topic: string,
  range: { readonly from?: number; readonly to: number; readonly partitions: number },
): Promise<void> {
  const { from = 0, to, partitions } = range;
  const messages = Array.from({ length: to - from }, (_, index) => ({
    key: null,
    value: String(from + index),
    partition: (from + index) % partitions,
  }));
  await write(connection, topic, messages);
}

/** Writes messages with a producer of its own. */
export async function write(
  connection: KafkaConnection,
  topic: string,
  messages: readonly OutgoingMessage[],
  compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd' = 'none',
): Promise<void> {
  await using producer = openKafkaProducer({ connection, compression });
  await producer.send(topic, messages);
}

/** Writes large messages, a few in each batch: a broker delivers whole batches. */
async function writeLarge(
  connection: KafkaConnection,
  topic: string,
  size: { readonly count: number; readonly bytes: number; readonly partitions: number },
): Promise<void> {
  await using producer = openKafkaProducer({ connection, compression: 'none' });
  const value = 'x'.repeat(size.bytes);
  for (let from = 0; from < size.count; from += 4) {
    const messages = [0, 1, 2, 3].map((index) => ({
      key: null,
      value,
      partition: (from + index) % size.partitions,
    }));
    await producer.send(topic, messages);
  }
}

/** The numbers from 0 on. */
export function counted(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** The numbers that were read, whatever the order of the partitions. */
export function inOrder(texts: readonly unknown[]): readonly number[] {
  return texts.map(Number).toSorted((a, b) => a - b);
}

/** The promises that every source keeps that several processes share. */
export function describeSharedSource(
  client: KafkaClientName,
  connect: () => KafkaConnection,
): void {
  const open = (options: Omit<MemberOptions, 'connection' | 'client'>): Member =>
    new Member({ connection: connect(), client, limits: FAST, ...options });

  describe(`${client} keeps the promises of a shared source`, function () {
    this.timeout(120_000);

    it('delivers every record once, in the order of its partition, with all that belongs to it', async () => {
      const topic = await makeTopic(connect(), 3);
      await write(connect(), topic, [
        { key: 'k', value: 'a', partition: 0, headers: { source: 'osquery', empty: '' } },
        { key: 'k', value: null, partition: 0 },
        { key: null, value: 'b', partition: 0 },
      ]);
      await using member = open({ group: uniqueName('group'), topics: [topic] });
      await member.until(() => member.records.length === 3);
      const position = (offset: number): object => ({ source: topic, partition: 0, offset });
      const [first, second, third] = member.records;
      expect(first).to.deep.include({ position: position(0) });
      expect(first?.headers?.map(([name, value]) => [name, String(value)])).to.deep.equal([
        ['source', 'osquery'],
        ['empty', ''],
      ]);
      expect(String(first?.key)).to.equal('k');
      expect(second).to.deep.include({ payload: null, position: position(1) });
      expect(second?.undelivered, 'a tombstone is delivered').to.equal(undefined);
      expect(third).not.to.have.any.keys('key', 'headers', 'recordTime');
    });

    it('gives task n partition n of each topic, and every task all of the references', async () => {
      const [one, two] = [await makeTopic(connect(), 2), await makeTopic(connect(), 2)];
      const reference = await makeTopic(connect(), 2);
      await writeCounted(connect(), reference, { to: 6, partitions: 2 });
      await using member = open({
        group: uniqueName('group'),
        topics: [one, two],
        references: [reference],
      });
      await member.until(() => member.records.length === 12);
      for (const { task, inputs } of member.tasks) {
        const places = inputs.map(({ kind, source, partition }) => [kind, source, partition]);
        expect(places).to.have.deep.members([
          ['keyed', one, task],
          ['keyed', two, task],
          ['reference', reference, 0],
          ['reference', reference, 1],
        ]);
      }
      expect(inOrder(member.texts)).to.deep.equal([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    });

    it('stopped in the middle and resumed, loses nothing and reads nothing twice', async () => {
      const topic = await makeTopic(connect(), 2);
      const [group, positions]: [string, Positions] = [uniqueName('group'), new Map()];
      await writeCounted(connect(), topic, { to: 500, partitions: 2 });
      const texts: unknown[] = [];
      {
        await using member = open({ group, topics: [topic], positions });
        await member.until(() => member.records.length > 0);
        await member[Symbol.asyncDispose]();
        texts.push(...member.texts);
      }
      await writeCounted(connect(), topic, { from: 500, to: 1000, partitions: 2 });
      await using member = open({ group, topics: [topic], positions });
      await member.until(() => texts.length + member.records.length >= 1000);
      texts.push(...member.texts);
      expect(inOrder(texts)).to.deep.equal(counted(1000));
    });

    it('begins where it is told: earliest, latest, a time, an offset', async () => {
      const topic = await makeTopic(connect(), 1);
      const begin = Date.now() - 60_000;
      const at = (seconds: number, value: string): OutgoingMessage => ({
        key: null,
        value,
        timestamp: begin + seconds * 1000,
      });
      const messages = [at(0, 'old'), at(10, 'middle'), at(20, 'new')];
      await write(connect(), topic, messages);
      const read = async (options: Pick<MemberOptions, 'start' | 'from'>): Promise<unknown> => {
        await using member = open({ group: uniqueName('group'), topics: [topic], ...options });
        await member.until(() => member.source.progress()[0]?.position !== undefined);
        await write(connect(), topic, [at(30, 'last')]);
        await member.until(() => member.texts.includes('last'));
        return member.texts.filter((text) => text !== 'last');
      };
      expect(await read({ start: 'earliest' })).to.deep.equal(['old', 'middle', 'new']);
      expect(await read({ start: 'latest' })).to.deep.equal([]);
      expect(await read({ start: { time: begin + 10_000 } })).to.deep.equal(['middle', 'new']);
      expect(await read({ from: { time: begin + 10_001 } })).to.deep.equal(['new']);
      expect(await read({ from: { offset: 1 } })).to.deep.equal(['middle', 'new']);
    });

    it('reads every codec, mixed in one topic', async () => {
      const topic = await makeTopic(connect(), 1);
      const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
      for (const codec of codecs) {
        const messages = Array.from({ length: 50 }, () => ({ key: null, value: codec }));
        await write(connect(), topic, messages, codec);
      }
      await using member = open({ group: uniqueName('group'), topics: [topic] });
      await member.until(() => member.records.length === 250);
      expect(member.texts).to.deep.equal(codecs.flatMap((codec) => Array(50).fill(codec)));
    });

    it('trusts the time of a record only where the broker gave it', async () => {
      const settings = { 'message.timestamp.type': 'LogAppendTime' };
      const [own, brokers] = [
        await makeTopic(connect(), 1),
        await makeTopic(connect(), 1, settings),
      ];
      const before = Date.now();
      for (const topic of [own, brokers]) {
        await write(
          connect(),
          topic,
          [{ key: null, value: topic, timestamp: before - 5000 }],
          'zstd',
        );
      }
      await using member = open({ group: uniqueName('group'), topics: [own, brokers] });
      await member.until(() => member.records.length === 2);
      const times = new Map(
        member.records.map(({ position, recordTime }) => [position.source, recordTime]),
      );
      expect(times.get(own)).to.equal(undefined);
      expect(times.get(brokers)).to.be.within(before - 1000, Date.now() + 1000);
      expect(member.noticesOf('producer_time').map(({ source }) => source)).to.deep.equal([own]);
    });

    it('holds a bounded amount of what nobody asks for, and no other partition waits for it', async () => {
      const topic = await makeTopic(connect(), 2);
      await writeLarge(connect(), topic, { count: 600, bytes: 10_000, partitions: 2 });
      const limits = { ...FAST, bufferBytesMax: 200_000, partitionBytesMax: 100_000 };
      const held = Promise.withResolvers<void>();
      const onBatch = ([record]: readonly { position: { partition: number } }[]): Promise<void> =>
        record?.position.partition === 0 ? held.promise : Promise.resolve();
      await using member = open({ group: uniqueName('group'), topics: [topic], limits, onBatch });
      const of = (partition: number): number =>
        member.records.filter(({ position }) => position.partition === partition).length;
      await member.until(() => of(1) === 300);
      const [slow] = member.source.progress().filter(({ partition }) => partition === 0);
      expect(slow).to.include({ isPaused: true });
      expect(slow?.bufferedBytes).to.be.within(200_000, 300_000);
      expect(slow?.lag).to.equal(300 - of(0));
      held.resolve();
      await member.until(() => of(0) === 300);
    });

    it('reports position, end, lag and rate as numbers', async () => {
      const topic = await makeTopic(connect(), 1);
      await writeCounted(connect(), topic, { to: 100, partitions: 1 });
      await using member = open({ group: uniqueName('group'), topics: [topic] });
      await member.until(() => member.records.length === 100);
      const [progress] = member.source.progress();
      expect(progress).to.include({ position: 100, end: 100, lag: 0, records: 100, task: 0 });
      expect(progress?.recordsPerSecond).to.be.greaterThan(0);
      expect(member.source.isReady).to.equal(true);
    });

    it('waits for a topic that is not there yet, says so, and reads it when it is', async () => {
      const topic = uniqueName('late');
      await using member = open({ group: uniqueName('group'), topics: [topic] });
      await member.until(() => member.noticesOf('waiting').length >= 2);
      expect(member.noticesOf('waiting')[0]?.cause).to.equal(`no topic ${topic} yet`);
      expect(member.source.isReady).to.equal(false);
      await using topics = openKafkaTopics(connect());
      await topics.create([{ name: topic, partitions: 1 }]);
      await writeCounted(connect(), topic, { to: 1, partitions: 1 });
      await member.until(() => member.records.length === 1);
    });

    it('reads a new topic that its pattern selects', async () => {
      const stem = uniqueName('pattern');
      await using topics = openKafkaTopics(connect());
      await topics.create([{ name: `${stem}.a`, partitions: 1 }]);
      await writeCounted(connect(), `${stem}.a`, { to: 1, partitions: 1 });
      const pattern = new RegExp(`${stem}\\..*`);
      const positions: Positions = new Map();
      await using member = open({ group: uniqueName('group'), topics: [{ pattern }], positions });
      await member.until(() => member.records.length === 1);
      await topics.create([{ name: `${stem}.b`, partitions: 1 }]);
      await writeCounted(connect(), `${stem}.b`, { from: 1, to: 2, partitions: 1 });
      await member.until(() => member.records.length === 2);
      expect(member.texts).to.deep.equal(['0', '1']);
    });

    it('refuses topics whose numbers of partitions differ', async () => {
      const [one, two] = [await makeTopic(connect(), 1), await makeTopic(connect(), 2)];
      await using member = open({ group: uniqueName('group'), topics: [one, two] });
      const failure = await member.failed();
      expect(failure).to.have.property('code', 'source_misconfigured');
      expect(String(failure)).to.contain(`${one} has 1, ${two} has 2`);
    });

    it('refuses to go on when the number of partitions has changed', async () => {
      const topic = await makeTopic(connect(), 1);
      await using member = open({ group: uniqueName('group'), topics: [topic] });
      await member.until(() => member.held.length === 1);
      await grow(connect(), topic, 3);
      expect(String(await member.failed())).to.match(/changed from 1 to 3/);
    });

    it('reports records that are gone before they were read', async () => {
      const topic = await makeTopic(connect(), 1);
      await writeCounted(connect(), topic, { to: 100, partitions: 1 });
      await deleteBefore(connect(), topic, 40);
      const from = { offset: 10 };
      await using member = open({ group: uniqueName('group'), topics: [topic], from });
      await member.until(() => member.records.length === 60);
      const place = { source: topic, partition: 0 };
      expect(member.noticesOf('gap')).to.deep.equal([
        { kind: 'gap', ...place, firstOffset: 10, lastOffset: 39 },
      ]);
    });

    it('reports records that go while it stands before them', async () => {
      const topic = await makeTopic(connect(), 1);
      await writeLarge(connect(), topic, { count: 100, bytes: 20_000, partitions: 1 });
      const held = Promise.withResolvers<void>();
      const limits = { ...FAST, bufferBytesMax: 100_000, partitionBytesMax: 50_000 };
      const onBatch = (): Promise<void> => held.promise;
      await using member = open({ group: uniqueName('group'), topics: [topic], limits, onBatch });
      await member.until(() => member.source.progress()[0]?.isPaused === true);
      await deleteBefore(connect(), topic, 60);
      held.resolve();
      await member.until(() => member.records.at(-1)?.position.offset === 99);
      const [gap, ...others] = member.noticesOf('gap');
      expect(others).to.deep.equal([]);
      expect(gap?.lastOffset).to.equal(59);
      const read = member.records.map(({ position }) => position.offset);
      const missing = counted(100).filter((offset) => !read.includes(offset));
      expect([missing[0], missing.at(-1)]).to.deep.equal([gap?.firstOffset, 59]);
    });

    it('closes twice, ends what iterates, and leaves the group', async () => {
      const topic = await makeTopic(connect(), 1);
      const group = uniqueName('group');
      const member = open({ group, topics: [topic] });
      await member.until(() => member.held.length === 1);
      await member[Symbol.asyncDispose]();
      await member[Symbol.asyncDispose]();
      expect(member.tasks[0]?.revoked.reason).to.equal('closed');
      expect(member.source.isReady).to.equal(false);
      // The next member has the task at once: it need not wait for a session to run out.
      await using next = open({ group, topics: [topic] });
      await next.until(() => next.held.length === 1, FAST.sessionMsMax - 1000);
    });
  });
}
