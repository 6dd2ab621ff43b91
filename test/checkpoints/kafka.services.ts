import { expect } from 'chai';
import { openKafkaCheckpoints } from '../../src/checkpoints/kafka.ts';
import type { KafkaConnection } from '../../src/kafka/connection.ts';
import { readPartition, type KeyedRecord } from '../../src/kafka/partition-reader.ts';
import { openKafkaProducer } from '../../src/kafka/producer.ts';
import { checkpointAt, describeStore } from '../conformance/checkpoints.ts';
import { sharedKafka, uniqueName } from '../integration/services/shared.ts';

describe('integration: checkpoints in Kafka', () => {
  let connection: KafkaConnection = { brokers: [], clientId: 'test' };
  before(async function () {
    connection = { brokers: await sharedKafka(this), clientId: 'test' };
  });

  const open = (topic: string) => openKafkaCheckpoints({ connection, topic, partitions: 1 });

  async function recordsOf(topic: string): Promise<readonly KeyedRecord[]> {
    const records: KeyedRecord[] = [];
    await readPartition(connection, { topic, partition: 0 }, (record) => records.push(record));
    return records;
  }

  /** Overwrites the newest record of a kind. */
  async function overwrite(topic: string, kind: string, value: string | null): Promise<void> {
    const records = await recordsOf(topic);
    const newest = records.findLast(({ key, value: held }) => key.includes(kind) && held !== null);
    await using producer = openKafkaProducer({ connection });
    await producer.send(topic, [{ key: newest?.key ?? '', value, partition: 0 }]);
  }

  describeStore({
    name: 'kafka',
    open,
    inPlace: (action) => action(uniqueName('checkpoints')),
    tearNewest: (topic) => overwrite(topic, '"manifest"', null),
    damageNewest: (topic) => overwrite(topic, '"chunk"', 'garbage'),
  });

  it('deletes what nothing needs any more, of owners before too', async () => {
    const topic = uniqueName('checkpoints');
    for (let owner = 0; owner < 3; owner++) {
      await using store = await open(topic);
      const log = await store.open('t');
      for (let next = 1; next <= 5; next++) {
        const sequence = owner * 5 + next;
        await log.append({ sequence, at: [], mark: { kind: 'elapse', silentMs: next } });
        await log.write(checkpointAt(sequence, { sequence }, sequence));
      }
    }
    const live = new Map<string, KeyedRecord>();
    for (const record of await recordsOf(topic)) live.set(record.key, record);
    const left = [...live.values()].filter(({ value }) => value !== null);
    const count = (kind: string): number => left.filter(({ key }) => key.includes(kind)).length;
    expect([
      count('"claim"'),
      count('"manifest"'),
      count('"chunk"'),
      count('"mark"'),
    ]).to.deep.equal([1, 3, 3, 2]);
  });

  it('a value larger than a broker takes comes back whole', async () => {
    const topic = uniqueName('checkpoints');
    const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)));
    const state = { text: Array.from({ length: 24 }, () => bytes.toString('base64')).join('') };
    const random = Buffer.concat(Array.from({ length: 24 }, randomPart)).toString('base64');
    {
      await using store = await open(topic);
      await (await store.open('t')).write(checkpointAt(5, { ...state, random }));
    }
    await using store = await open(topic);
    expect((await store.open('t')).restored.checkpoint).to.deep.equal(
      checkpointAt(5, { ...state, random }),
    );
  });
});

function randomPart(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(60_000));
}
