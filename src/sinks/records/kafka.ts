import { Failure } from '../../base/failure.ts';
import type { KafkaConnection } from '../../kafka/connection.ts';
import { keyPartitioner } from '../../kafka/partitioner.ts';
import {
  openKafkaProducer,
  type KafkaProducer,
  type KafkaProducerOptions,
} from '../../kafka/producer.ts';
import { openKafkaTopics } from '../../kafka/topics.ts';
import {
  countDelivered,
  nothingDelivered,
  type Delivered,
  type OutgoingRecord,
  type RecordTarget,
} from './target.ts';

export interface KafkaTargetOptions {
  readonly connection: KafkaConnection;
  readonly topic: string;
  /** Makes the topic with so many partitions; one that is there must have as many. */
  readonly partitions?: number;
  readonly compression?: NonNullable<KafkaProducerOptions['compression']>;
}

/**
 * Writes records to a topic. Those of a key go to the partition where every producer would put them, in order:
 * one request at a time, acknowledged by all replicas in sync. Records without a key take partitions in turn. A
 * request whose answer was lost is sent again, so its records may be there twice.
 */
export async function openKafkaTarget(options: KafkaTargetOptions): Promise<RecordTarget> {
  const partitions = await partitionsOf(options);
  const { connection, topic, compression } = options;
  const producer = openKafkaProducer({
    connection,
    ...(compression === undefined ? {} : { compression }),
  });
  return new KafkaTarget(producer, topic, partitions);
}

class KafkaTarget implements RecordTarget {
  readonly name: string;
  readonly delivered: Delivered = nothingDelivered();
  private readonly producer: KafkaProducer;
  private readonly topic: string;
  private readonly partitions: number;
  private readonly partitionOf: (key: string) => number;
  private turn = 0;

  constructor(producer: KafkaProducer, topic: string, partitions: number) {
    this.name = `topic ${topic}`;
    this.producer = producer;
    this.topic = topic;
    this.partitions = partitions;
    this.partitionOf = keyPartitioner(partitions);
    for (let partition = 0; partition < partitions; partition += 1) {
      this.delivered.partitions.set(partition, 0);
    }
  }

  async write(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    const messages = records.map(({ key, payload }) => ({
      key: key ?? null,
      value: payload,
      partition: key === undefined ? this.nextTurn() : this.partitionOf(key),
    }));
    await this.producer.send(this.topic, messages);
    countDelivered(this.delivered, records);
    const counts = this.delivered.partitions;
    for (const { partition } of messages) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.producer[Symbol.asyncDispose]();
  }

  private nextTurn(): number {
    const partition = this.turn;
    this.turn = (this.turn + 1) % this.partitions;
    return partition;
  }
}

async function partitionsOf(options: KafkaTargetOptions): Promise<number> {
  const { connection, topic, partitions: wanted } = options;
  await using topics = openKafkaTopics(connection);
  if (wanted !== undefined) await topics.create([{ name: topic, partitions: wanted }]);
  const facts = (await topics.list()).find(({ name }) => name === topic);
  if (facts === undefined) throw refused(`there is no topic ${topic}; --partitions N makes one`);
  if (wanted !== undefined && facts.partitions !== wanted) {
    throw refused(`topic ${topic} has ${facts.partitions} partitions, not ${wanted}`);
  }
  return facts.partitions;
}

function refused(message: string): Failure {
  return new Failure('peer_refused', { message, retryable: false });
}
