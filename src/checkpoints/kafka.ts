import { createHash, randomUUID } from 'node:crypto';

import { Failure } from '../base/failure.ts';
import type { KafkaConnection } from '../kafka/connection.ts';
import { readPartition } from '../kafka/partition-reader.ts';
import { openKafkaProducer, type KafkaProducer, type OutgoingMessage } from '../kafka/producer.ts';
import { openKafkaTopics } from '../kafka/topics.ts';
import type { CheckpointStore, TaskLog } from './checkpoint.ts';
import { KafkaTaskLog } from './kafka-task-log.ts';
import { TaskRecords } from './kafka-records.ts';

export interface KafkaCheckpointOptions {
  readonly connection: KafkaConnection;
  /** A compacted topic; made if it is not there and we may. */
  readonly topic: string;
  /** For a topic that is made. */
  readonly partitions?: number;
  readonly replicas?: number | undefined;
}

const PARTITIONS = 16;

/** Opens a compacted topic as a checkpoint store: any member of the group can take a task over. */
export async function openKafkaCheckpoints(
  options: KafkaCheckpointOptions,
): Promise<CheckpointStore> {
  const partitions = await prepareTopic(options);
  return new KafkaCheckpoints(options, partitions);
}

async function prepareTopic(options: KafkaCheckpointOptions): Promise<number> {
  const { connection, topic, partitions = PARTITIONS, replicas } = options;
  await using topics = openKafkaTopics(connection);
  const find = async (): Promise<number | undefined> =>
    (await topics.list()).find(({ name }) => name === topic)?.partitions;
  const found = await find();
  if (found !== undefined) return found;
  const settings = { 'cleanup.policy': 'compact', 'max.compaction.lag.ms': '86400000' };
  const wanted = { name: topic, partitions, settings };
  await topics.create([replicas === undefined ? wanted : { ...wanted, replicas }]);
  const made = await find();
  if (made !== undefined) return made;
  throw new Failure('store_unopenable', {
    message: `topic ${topic} is not there and could not be made`,
    retryable: true,
  });
}

class KafkaCheckpoints implements CheckpointStore {
  readonly name: string;
  readonly #options: KafkaCheckpointOptions;
  readonly #partitions: number;
  readonly #producer: KafkaProducer;

  constructor(options: KafkaCheckpointOptions, partitions: number) {
    this.name = options.topic;
    this.#options = options;
    this.#partitions = partitions;
    this.#producer = openKafkaProducer({ connection: options.connection });
  }

  // The claim goes first and is read back: all that an owner before us has written until then is in
  // what we read, and what it writes later stands behind our claim.
  async open(task: string): Promise<TaskLog> {
    const { connection, topic } = this.#options;
    const partition = this.#partitionOf(task);
    const owner = randomUUID();
    const send = (messages: readonly OutgoingMessage[]): Promise<void> =>
      this.#producer.send(
        topic,
        messages.map((message) => ({ ...message, partition })),
      );
    await send([TaskRecords.claim(task, owner)]);
    const records = new TaskRecords(task);
    await readPartition(connection, { topic, partition }, (record) => records.take(record));
    return new KafkaTaskLog({ name: `${topic}: task ${task}`, task, owner, records, send });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#producer[Symbol.asyncDispose]();
  }

  #partitionOf(task: string): number {
    return createHash('sha256').update(task).digest().readUInt32BE(0) % this.#partitions;
  }
}
