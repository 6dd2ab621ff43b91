import type { Admin, ConfigResourceTypes } from 'kafkajs';

import type { KafkaConnection } from './connection.ts';
import { causesOf, kafkaFailure } from './failure.ts';
import { createKafkajs } from './kafkajs.ts';

/** A topic as its cluster describes it. */
export interface TopicFacts {
  readonly name: string;
  readonly partitions: number;
}

/** Where a partition begins and ends: the first offset that is kept, and the next to be written. */
export interface PartitionEnds {
  readonly partition: number;
  readonly first: number;
  readonly next: number;
}

/** Which clock gives a record its time: the broker's, when it appends, or the producer's. */
export type TimestampType = 'LogAppendTime' | 'CreateTime';

/** Questions to a cluster about its topics. Every answer is fresh; a rejection is a Failure. */
export interface KafkaTopics extends AsyncDisposable {
  /** All topics that we may see. */
  list(): Promise<readonly TopicFacts[]>;
  ends(topic: string): Promise<readonly PartitionEnds[]>;
  /** Per partition the offset of the first record at or after a time (ms); the end if there is none. */
  offsetsAt(topic: string, time: number): Promise<ReadonlyMap<number, number>>;
  /** The time that the topic keeps; undefined where we may not ask. */
  timestampType(topic: string): Promise<TimestampType | undefined>;
  /** Makes topics that are not there yet; true if any was made. */
  create(topics: readonly NewTopic[]): Promise<boolean>;
}

/** A topic to be made. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  /** Absent: the cluster's default. */
  readonly replicas?: number;
  /** e.g. `cleanup.policy`: `compact`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** `ConfigResourceTypes.TOPIC`, which kafkajs hides from named imports. */
const TOPIC_RESOURCE: ConfigResourceTypes = 2;

/** Connects on the first question. */
export function openKafkaTopics(connection: KafkaConnection): KafkaTopics {
  return new AdminTopics(connection);
}

class AdminTopics implements KafkaTopics {
  private readonly admin: Admin;
  private readonly where: string;
  private connected: Promise<void> | undefined;

  constructor(connection: KafkaConnection) {
    // Whoever asks decides whether to ask again.
    this.admin = createKafkajs(connection, 1).admin();
    this.where = connection.brokers.join(',');
  }

  list(): Promise<readonly TopicFacts[]> {
    return this.ask('topics', async () => {
      const { topics } = await this.admin.fetchTopicMetadata();
      return topics.map(({ name, partitions }) => ({ name, partitions: partitions.length }));
    });
  }

  ends(topic: string): Promise<readonly PartitionEnds[]> {
    return this.ask(`offsets of ${topic}`, async () => {
      const found = await this.admin.fetchTopicOffsets(topic);
      return found.map(({ partition, low, high }) => ({
        partition,
        first: Number(low),
        next: Number(high),
      }));
    });
  }

  offsetsAt(topic: string, time: number): Promise<ReadonlyMap<number, number>> {
    return this.ask(`offsets of ${topic} at ${new Date(time).toISOString()}`, async () => {
      const found = await this.admin.fetchTopicOffsetsByTimestamp(topic, time);
      return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
    });
  }

  timestampType(topic: string): Promise<TimestampType | undefined> {
    return this.ask(`configuration of ${topic}`, async () => {
      try {
        const { resources } = await this.admin.describeConfigs({
          includeSynonyms: false,
          resources: [
            {
              type: TOPIC_RESOURCE,
              name: topic,
              configNames: ['message.timestamp.type'],
            },
          ],
        });
        const value = resources[0]?.configEntries[0]?.configValue;
        return value === 'LogAppendTime' || value === 'CreateTime' ? value : undefined;
      } catch (error) {
        const types = causesOf(error).map(({ type }) => type);
        if (types.includes('TOPIC_AUTHORIZATION_FAILED')) return undefined;
        throw error;
      }
    });
  }

  create(topics: readonly NewTopic[]): Promise<boolean> {
    return this.ask('making topics', () =>
      this.admin.createTopics({
        waitForLeaders: true,
        topics: topics.map(({ name, partitions, replicas, settings = {} }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor: replicas ?? -1,
          configEntries: Object.entries(settings).map(([key, value]) => ({ name: key, value })),
        })),
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connected = undefined;
    await this.admin.disconnect().catch(() => undefined);
  }

  private async ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    try {
      this.connected ??= this.admin.connect();
      await this.connected;
      return await question();
    } catch (cause) {
      await this[Symbol.asyncDispose]();
      throw kafkaFailure(`${this.where}: ${what}`, cause);
    }
  }
}
