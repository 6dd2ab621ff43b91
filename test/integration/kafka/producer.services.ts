import { expect } from 'chai';

import { openKafkaProducer } from '../../../src/kafka/producer.ts';
import type { KafkaConnection } from '../../../src/kafka/connection.ts';
import { openKafkaTopics } from '../../../src/kafka/topics.ts';
import { Member } from './member.ts';
import { sharedKafka, uniqueName } from '../services/shared.ts';

type Read = readonly [partition: number, key: string, value: string | undefined];

/** Reads so many messages of a topic from its beginning. */
async function readAll(
  connection: KafkaConnection,
  topic: string,
  count: number,
): Promise<readonly Read[]> {
  await using member = new Member({ connection, group: uniqueName('reader'), topics: [topic] });
  await member.until(() => member.records.length === count);
  return member.records.map(({ position, key, payload }) => [
    position.partition,
    Buffer.from(key ?? []).toString(),
    payload === null ? undefined : Buffer.from(payload).toString(),
  ]);
}

describe('integration: Kafka producer', () => {
  let connection: KafkaConnection = { brokers: [], clientId: 'test' };
  before(async function () {
    connection = { brokers: await sharedKafka(this), clientId: 'test' };
  });

  async function makeTopic(partitions: number): Promise<string> {
    const name = uniqueName('written');
    await using topics = openKafkaTopics(connection);
    await topics.create([{ name, partitions, replicas: 1 }]);
    return name;
  }

  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
    it(`writes in order with ${compression}, nulls too`, async () => {
      const topic = await makeTopic(1);
      await using producer = openKafkaProducer({ connection, compression });
      await Promise.all([
        producer.send(topic, [{ key: 'a', value: '1' }]),
        producer.send(topic, [{ key: 'a', value: '2' }]),
        producer.send(topic, [{ key: 'a', value: null }]),
      ]);
      expect(await readAll(connection, topic, 3)).to.deep.equal([
        [0, 'a', '1'],
        [0, 'a', '2'],
        [0, 'a', undefined],
      ]);
    });
  }

  it('chooses the partition that Java would for a key', async () => {
    const topic = await makeTopic(6);
    await using producer = openKafkaProducer({ connection });
    // murmur2 of Kafka's own UtilsTest: 21 gives -973932308, foobar -790332482, abc 479470107.
    const keys = { '21': -973932308, foobar: -790332482, abc: 479470107 };
    await producer.send(
      topic,
      Object.keys(keys).map((key) => ({ key, value: key })),
    );
    const found = await readAll(connection, topic, 3);
    const expected = Object.entries(keys).map(([key, hash]) => [(hash & 0x7fffffff) % 6, key]);
    expect(found.map(([partition, key]) => [partition, key])).to.have.deep.members(expected);
  });

  it('cuts what is more than a broker takes in one batch', async () => {
    const topic = await makeTopic(1);
    await using producer = openKafkaProducer({ connection, compression: 'none' });
    const messages = Array.from({ length: 30 }, (_, index) => ({
      key: String(index),
      value: 'x'.repeat(100_000),
    }));
    await producer.send(topic, messages);
    const found = await readAll(connection, topic, 30);
    expect(found.map(([, key]) => key)).to.deep.equal(messages.map(({ key }) => key));
  });

  it('says which topic is missing, and writes to another one afterwards', async () => {
    const topic = await makeTopic(1);
    await using producer = openKafkaProducer({ connection });
    const failure = await producer.send('no-such-topic', [{ key: null, value: 'x' }]).catch(String);
    expect(failure).to.match(/writing to topic no-such-topic: .*topic/);
    await producer.send(topic, [{ key: null, value: 'x' }]);
  });

  it('finds offsets and the clock of a topic', async () => {
    const name = uniqueName('timed');
    await using topics = openKafkaTopics(connection);
    const settings = { 'message.timestamp.type': 'LogAppendTime' };
    await topics.create([{ name, partitions: 1, replicas: 1, settings }]);
    await using producer = openKafkaProducer({ connection });
    await producer.send(name, [{ key: null, value: 'x' }]);
    expect(await topics.timestampType(name)).to.equal('LogAppendTime');
    expect(await topics.ends(name)).to.deep.equal([{ partition: 0, first: 0, next: 1 }]);
    expect([...(await topics.offsetsAt(name, 0))]).to.deep.equal([[0, 0]]);
    expect([...(await topics.offsetsAt(name, Date.now() + 60_000))]).to.deep.equal([[0, 1]]);
  });
});
