import type { KafkaConnection } from '../../kafka/connection.ts';
import { readPartitionOn, type PartitionRecord } from '../../kafka/partition-reader.ts';
import { openKafkaTopics } from '../../kafka/topics.ts';
import type { EventTime, RawRecord } from '../../event/record.ts';
import type { Source } from '../source.ts';

/** What of a topic is read again. */
export interface TopicHistory {
  readonly connection: KafkaConnection;
  readonly topic: string;
  /** Begins with the first record written at or after it; the whole topic without. */
  readonly from?: EventTime | undefined;
}

/** One source a partition, each from its beginning to the end that it has now. Joins no group. */
export async function topicHistory(
  options: TopicHistory,
): Promise<ReadonlyMap<string, () => Source>> {
  const { connection, topic, from } = options;
  await using topics = openKafkaTopics(connection);
  const ends = await topics.ends(topic);
  const starts = from === undefined ? undefined : await topics.offsetsAt(topic, from);
  return new Map(
    ends.map(({ partition, first, next }): [string, () => Source] => {
      const begin = Math.max(first, starts?.get(partition) ?? first);
      const name = `${topic}/${partition}`;
      return [name, () => partitionSource({ connection, topic, partition, begin, end: next })];
    }),
  );
}

interface Stretch {
  readonly connection: KafkaConnection;
  readonly topic: string;
  readonly partition: number;
  readonly begin: number;
  readonly end: number;
}

function partitionSource(stretch: Stretch): Source {
  const { connection, topic, partition, begin, end } = stretch;
  return {
    name: `${topic}/${partition}`,
    async *batches(): AsyncGenerator<readonly RawRecord[]> {
      for await (const records of readPartitionOn(connection, { topic, partition, begin, end })) {
        yield records.map((record) => rawRecord(record, topic, partition));
      }
    },
    acknowledge: (): Promise<void> => Promise.resolve(),
    [Symbol.asyncDispose]: (): Promise<void> => Promise.resolve(),
  };
}

function rawRecord(record: PartitionRecord, source: string, partition: number): RawRecord {
  return { payload: record.value, position: { source, partition, offset: record.offset } };
}
