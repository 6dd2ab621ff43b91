import { Consumer } from '@platformatic/kafka';

import type { KafkaConnection } from './connection.ts';
import { kafkaFailure } from './failure.ts';
import { platformaticConnection } from './platformatic.ts';

/** One record of a topic that we write ourselves. */
export interface KeyedRecord {
  readonly offset: number;
  readonly key: string;
  /** Null deletes the key. */
  readonly value: Uint8Array | null;
}

const FETCH_BYTES_MAX = 8 << 20;
const READ_COMMITTED = 1;

/** One record of a topic that others write. */
export interface PartitionRecord {
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/**
 * Reads a partition from its first record to its present end, without a consumer group: nobody has to
 * agree with us on who reads.
 */
export async function readPartition(
  connection: KafkaConnection,
  place: { readonly topic: string; readonly partition: number },
  take: (record: KeyedRecord) => void,
): Promise<void> {
  for await (const records of readPartitionOn(connection, place)) {
    for (const { offset, key, value } of records) take({ offset, key: String(key ?? ''), value });
  }
}

/** The same as it comes, an answer at a time, from one offset to before another. */
export async function* readPartitionOn(
  connection: KafkaConnection,
  place: {
    readonly topic: string;
    readonly partition: number;
    readonly begin?: number;
    readonly end?: number;
  },
): AsyncGenerator<readonly PartitionRecord[]> {
  const { topic, partition } = place;
  const consumer = new Consumer({
    ...platformaticConnection(connection),
    groupId: `${connection.clientId}-reader`,
    isolationLevel: READ_COMMITTED,
    maxBytes: FETCH_BYTES_MAX,
    minBytes: 1,
    maxWaitTime: 500,
  });
  (consumer as unknown as NodeJS.EventEmitter).on('error', () => undefined);
  try {
    const end = place.end ?? (await offsetOf(consumer, { topic, partition, timestamp: LATEST }));
    let next = place.begin ?? (await offsetOf(consumer, { topic, partition, timestamp: EARLIEST }));
    while (next < end) {
      const records: PartitionRecord[] = [];
      next = await readOn(consumer, { topic, partition, next }, (record) => {
        if (record.offset < end) records.push(record);
      });
      yield records;
    }
  } catch (cause) {
    throw kafkaFailure(`reading topic ${topic}`, cause);
  } finally {
    await consumer.close(true);
  }
}

const EARLIEST = -2n;
const LATEST = -1n;

async function offsetOf(
  consumer: Consumer,
  place: { readonly topic: string; readonly partition: number; readonly timestamp: bigint },
): Promise<number> {
  const { topic, partition, timestamp } = place;
  const partitions = { [topic]: [partition] };
  const offsets = await consumer.listOffsets({ topics: [topic], partitions, timestamp });
  return Number(offsets.get(topic)?.[partition] ?? 0n);
}

// One answer; gives the offset to ask for next.
async function readOn(
  consumer: Consumer,
  place: { readonly topic: string; readonly partition: number; readonly next: number },
  take: (record: PartitionRecord) => void,
): Promise<number> {
  const { topic, partition, next: from } = place;
  const metadata = await consumer.metadata({ topics: [topic] });
  const facts = metadata.topics.get(topic);
  const response = await consumer.fetch({
    node: facts?.partitions[partition]?.leader ?? -1,
    topics: [
      {
        topicId: facts?.id ?? '',
        partitions: [
          {
            partition,
            fetchOffset: BigInt(from),
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
            partitionMaxBytes: FETCH_BYTES_MAX,
          },
        ],
      },
    ],
  });
  let next = from;
  for (const answer of response.responses) {
    for (const { records } of answer.partitions) {
      for (const batch of records ?? []) {
        const first = Number(batch.firstOffset);
        next = Math.max(next, first + batch.lastOffsetDelta + 1);
        for (const { offsetDelta, key, value } of batch.records) {
          const offset = first + offsetDelta;
          if (offset >= from) take({ offset, key: key ?? null, value: value ?? null });
        }
      }
    }
  }
  return next;
}
