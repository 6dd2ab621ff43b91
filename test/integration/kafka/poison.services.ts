import { expect } from 'chai';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { KafkaConnection } from '../../../src/kafka/connection.ts';
import { makeTopic, write } from '../../conformance/shared-source.ts';
import { recordBatch, recordBytes } from '../../kafka/batches.ts';
import { startKafka, type KafkaCluster } from '../services/kafka.ts';
import { isShort, startOrSkip, uniqueName } from '../services/shared.ts';
import { FAST, Member } from './member.ts';

const MIB = 1024 * 1024;
const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
const SHORT_CODECS = ['zstd'] as const;

/** What each record of the member is: its text, or why it is none, with the range. */
function seenBy(member: Member): readonly unknown[] {
  return member.records.map(({ payload, position, undelivered }) => {
    if (undelivered === undefined) return payload === null ? null : Buffer.from(payload).toString();
    return [undelivered.reason, position.offset, undelivered.lastOffset];
  });
}

for (const client of ['kafkajs', 'platformatic'] as const) {
  describe(`integration: Kafka source by ${client}, poison`, function () {
    this.timeout(180_000);
    let cluster: KafkaCluster | undefined;
    let connection: KafkaConnection = { brokers: [], clientId: 'test' };
    before(async function () {
      cluster = await startOrSkip(this, () => startKafka());
      connection = { brokers: cluster.bootstrap, clientId: 'test' };
    });
    after(() => cluster?.[Symbol.asyncDispose]());

    const open = (topic: string, limits: object = {}): Member =>
      new Member({
        connection,
        client,
        group: uniqueName('group'),
        topics: [topic],
        limits: { ...FAST, ...limits },
      });

    /** Puts bytes at the end of a partition's log, as a broken disk or producer would. */
    async function append(topic: string, batches: readonly Buffer[]): Promise<void> {
      const [broker] = cluster?.brokers ?? [];
      if (broker === undefined || cluster === undefined) throw new Error('no broker');
      await broker.stop();
      const folder = join(cluster.folder, 'broker-1/data', `${topic}-0`);
      await appendFile(join(folder, '00000000000000000000.log'), Buffer.concat(batches));
      await broker.start();
    }

    it('null keys, null values and empty ones are records', async () => {
      const topic = await makeTopic(connection, 1);
      await write(connection, topic, [
        { key: null, value: null },
        { key: '', value: '' },
        { key: 'k', value: null },
        { key: null, value: 'end' },
      ]);
      await using member = open(topic);
      await member.until(() => member.records.length === 4);
      expect(seenBy(member)).to.deep.equal([null, '', null, 'end']);
      expect(member.records.map(({ key }) => key && String(key))).to.deep.equal([
        undefined,
        '',
        'k',
        undefined,
      ]);
    });

    for (const codec of isShort ? SHORT_CODECS : CODECS) {
      it(`a bomb of ${codec} is refused as a range, and the partition goes on`, async () => {
        const topic = await makeTopic(connection, 1);
        await write(connection, topic, [{ key: null, value: 'before' }]);
        await write(connection, topic, [{ key: null, value: Buffer.alloc(80 * MIB) }], codec);
        await write(connection, topic, [{ key: null, value: 'after' }], codec);
        await using member = open(topic);
        await member.until(() => member.texts.includes('after'));
        expect(seenBy(member)).to.deep.equal(['before', ['bad_compression', 1, 1], 'after']);
        expect(member.noticesOf('quarantined')).to.deep.equal([
          {
            kind: 'quarantined',
            source: topic,
            partition: 0,
            firstOffset: 1,
            lastOffset: 1,
            reason: 'bad_compression',
          },
        ]);
      });
    }

    it('a message of 90 MB is refused by its size, and the partition goes on', async () => {
      const topic = await makeTopic(connection, 1);
      await write(connection, topic, [{ key: null, value: Buffer.alloc(90 * MIB, 'x') }]);
      await write(connection, topic, [{ key: null, value: 'after' }]);
      await using member = open(topic);
      await member.until(() => member.texts.includes('after'));
      expect(seenBy(member)).to.deep.equal([['too_large', 0, 0], 'after']);
    });

    it('a compression that Kafka does not have is refused as a range', async () => {
      const topic = await makeTopic(connection, 1);
      await write(connection, topic, [{ key: null, value: 'before' }]);
      const bytes = Buffer.alloc(100, 7);
      await append(topic, [recordBatch({ codec: 6, bytes, count: 4, firstOffset: 1 })]);
      await write(connection, topic, [{ key: null, value: 'after' }]);
      await using member = open(topic);
      await member.until(() => member.texts.includes('after'));
      expect(seenBy(member)).to.deep.equal(['before', ['unknown_codec', 1, 4], 'after']);
    });

    it('bytes that are no records are refused as a range, and others go on meanwhile', async () => {
      const [topic, other] = [await makeTopic(connection, 1), await makeTopic(connection, 1)];
      await write(connection, topic, [{ key: null, value: 'before' }]);
      await write(connection, other, [{ key: null, value: 'other' }]);
      const good = recordBytes(['good']);
      await append(topic, [
        recordBatch({ codec: 0, bytes: Buffer.alloc(60, 0xff), count: 5, firstOffset: 1 }),
        recordBatch({ codec: 0, bytes: good, count: 1, firstOffset: 6 }),
      ]);
      await write(connection, topic, [{ key: null, value: 'after' }]);
      await using member = new Member({
        connection,
        client,
        group: uniqueName('group'),
        topics: [topic, other],
        limits: FAST,
        positions: new Map(),
      });
      await member.until(
        () => member.texts.includes('after') && member.texts.includes('other'),
        120_000,
      );
      const own = seenBy(member).filter((seen) => seen !== 'other');
      expect(own).to.deep.equal(['before', ['bad_batch', 1, 5], 'good', 'after']);
    });
  });
}
