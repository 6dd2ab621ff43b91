import type {
  Assigner,
  AssignerProtocol,
  Consumer,
  EachBatchPayload,
  PartitionAssigner,
} from 'kafkajs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

import { createKafkajs, type HeaderPairs } from '../../kafka/kafkajs.ts';
import { decodeClaims, encodeClaims } from './claims.ts';
import {
  ASSIGNER_NAME,
  type GroupClient,
  type GroupClientOptions,
  type TopicPartition,
} from './client.ts';
import { watchJoins, type JoiningCluster } from './kafkajs-joins.ts';
import { recordsOf, type Message } from './records.ts';

/** `AssignerProtocol`, which kafkajs hides from named imports. */
const { AssignerProtocol: protocol } = createRequire(import.meta.url)('kafkajs') as {
  readonly AssignerProtocol: typeof AssignerProtocol;
};

/** Retries of a request, 100 ms to 5 s apart: a restarted broker is back within them. */
const RETRIES = 8;
const CLOSE_MS_MAX = 10_000;

/** kafkajs's consumer, with our own way of dealing and without its committed offsets. */
export class KafkajsClient implements GroupClient {
  private readonly options: GroupClientOptions;
  private readonly consumer: Consumer;
  private isRunning = false;
  private isClosed = false;
  private mustRejoin = false;
  private generation = 0;

  constructor(options: GroupClientOptions) {
    this.options = options;
    const { connection, group, limits } = options;
    this.consumer = createKafkajs(connection, RETRIES).consumer({
      groupId: group,
      partitionAssigners: [this.assigner()],
      sessionTimeout: limits.sessionMsMax,
      rebalanceTimeout: limits.sessionMsMax,
      heartbeatInterval: limits.heartbeatMs,
      maxBytesPerPartition: limits.partitionBytesMax,
      maxBytes: limits.fetchBytesMax,
      maxWaitTimeInMs: limits.fetchWaitMsMax,
      allowAutoTopicCreation: false,
    });
    this.listen();
  }

  async start(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    this.isRunning = true;
    await this.consumer.run({
      autoCommit: false,
      eachBatch: (payload) => {
        this.deliver(payload);
        return Promise.resolve();
      },
    });
  }

  seek({ topic, partition }: TopicPartition, offset: number): void {
    this.tell(() => this.consumer.seek({ topic, partition, offset: String(offset) }));
  }

  pause({ topic, partition }: TopicPartition): void {
    this.tell(() => this.consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume({ topic, partition }: TopicPartition): void {
    this.tell(() => this.consumer.resume([{ topic, partitions: [partition] }]));
  }

  async commit(offsets: readonly (TopicPartition & { readonly next: number })[]): Promise<void> {
    if (!this.isRunning) return;
    await this.consumer.commitOffsets(
      offsets.map(({ topic, partition, next }) => ({ topic, partition, offset: String(next) })),
    );
  }

  rejoin(): void {
    this.mustRejoin = true;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const closed = this.consumer.disconnect().catch(() => undefined);
    await Promise.race([closed, sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
    this.isRunning = false;
  }

  /** kafkajs throws when it is told something after it has stopped, which it may not have said yet. */
  private tell(command: () => void): void {
    if (!this.isRunning || this.isClosed) return;
    try {
      command();
    } catch (error) {
      this.isRunning = false;
      this.options.events.onStopped(error);
    }
  }

  private listen(): void {
    const { consumer } = this;
    const { events } = this.options;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (this.isClosed) return;
      const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      events.onAlive();
      events.onJoined({ generation: this.generation, assigned });
    });
    consumer.on(consumer.events.HEARTBEAT, () => events.onAlive());
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
      // Nothing but control records, aborted ones or what was compacted away: kafkajs passes over it.
      const { topic, partition, batchSize, lastOffset, highWatermark } = payload;
      if (batchSize > 0 || this.isClosed) return;
      const [next, end] = [Number(lastOffset) + 1, Number(highWatermark)];
      const nothing = { from: undefined, records: [], isCut: false };
      events.onFetched({ topic, partition, next, end, ...nothing });
    });
    consumer.on(consumer.events.FETCH, () => {
      events.onAlive();
      if (!this.mustRejoin) return;
      this.mustRejoin = false;
      // kafkajs has no way to ask for it. A listener runs inside its fetch, which knows this answer
      // of a broker and joins again.
      throw Object.assign(new Error('claims have changed'), { type: 'REBALANCE_IN_PROGRESS' });
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.isRunning = false;
      if (!this.isClosed) events.onStopped(payload.error);
    });
  }

  private deliver(payload: EachBatchPayload): void {
    const { batch } = payload;
    if (this.isClosed || payload.isStale()) return;
    const { topic, partition } = batch;
    const { fetchedOffset } = batch as unknown as { readonly fetchedOffset: string };
    const { records, next, isCut } = recordsOf(batch.messages.map(messageOf), {
      topic,
      partition,
      next: Number(batch.lastOffset()) + 1,
      recordBytesMax: this.options.limits.recordBytesMax,
    });
    const [from, end] = [Number(fetchedOffset), Number(batch.highWatermark)];
    this.options.events.onFetched({ topic, partition, from, next, end, records, isCut });
  }

  private assigner(): PartitionAssigner {
    return ({ cluster }) => {
      const { events } = this.options;
      watchJoins(cluster as unknown as JoiningCluster, {
        onJoining: (isStranger) => {
          if (isStranger && this.generation > 0) events.onLost();
        },
        metadata: () => this.metadata(),
        onGeneration: (generation) => (this.generation = generation),
      });
      const assigner: Assigner = {
        name: ASSIGNER_NAME,
        version: 1,
        protocol: () => this.metadata(),
        assign: ({ members }) => {
          const claims = members.map(({ memberId: member, memberMetadata }) => ({
            member,
            ...decodeClaims(protocol.MemberMetadata.decode(memberMetadata)?.userData),
          }));
          const shares = events.deal(claims);
          const assignments = members.map(({ memberId }) => ({
            memberId,
            memberAssignment: protocol.MemberAssignment.encode({
              version: 1,
              assignment: shares.get(memberId) ?? {},
              userData: Buffer.alloc(0),
            }),
          }));
          return Promise.resolve(assignments);
        },
      };
      return assigner;
    };
  }

  private metadata(): { readonly name: string; readonly metadata: Buffer } {
    const { topics, events } = this.options;
    const userData = encodeClaims(events.claims());
    const metadata = protocol.MemberMetadata.encode({ version: 1, topics: [...topics], userData });
    return { name: ASSIGNER_NAME, metadata };
  }
}

function messageOf(message: EachBatchPayload['batch']['messages'][number]): Message {
  const { batchContext, headers } = message as unknown as {
    readonly batchContext?: { readonly timestampType: number };
    readonly headers?: HeaderPairs;
  };
  return {
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    headers: headers ?? [],
    recordTime:
      batchContext?.timestampType === LOG_APPEND_TIME ? Number(message.timestamp) : undefined,
  };
}

const LOG_APPEND_TIME = 1;
