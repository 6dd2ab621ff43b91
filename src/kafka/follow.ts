import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';

import type { KafkaConnection } from './connection.ts';
import { kafkaFailure } from './failure.ts';
import { createKafkajs } from './kafkajs.ts';
import { openKafkaTopics } from './topics.ts';

export interface FollowOptions {
  readonly connection: KafkaConnection;
  readonly topics: readonly string[];
  /** Its committed offsets are the position. */
  readonly group: string;
  /** Where a group begins that has no position yet. */
  readonly from: 'beginning' | 'now';
  readonly messagesMax: number;
  readonly signal: AbortSignal;
}

export interface FollowedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

export interface FollowedBatch {
  readonly messages: readonly FollowedMessage[];
  /** Moves the group's position behind this batch. */
  readonly commit: () => Promise<void>;
}

const HEARTBEAT_MS = 3000;
const FETCH_WAIT_MS = 500;

/**
 * Reads topics of low volume as a member of a group, a batch at a time: the next one is fetched when
 * the reader asks for it. What was not committed comes again.
 */
export async function* followTopics(options: FollowOptions): AsyncGenerator<FollowedBatch> {
  const { connection, group, topics, signal } = options;
  const kafka = createKafkajs(connection);
  const consumer = kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    // A reader that leaves waits for the answer that is under way.
    maxWaitTimeInMs: FETCH_WAIT_MS,
  });
  const line = new HandOver(signal);
  consumer.on('consumer.crash', ({ payload }) => line.fail(payload.error));
  try {
    if (options.from === 'now') await pinAtEnd(kafka.admin(), options);
    if (line.isClosed) return;
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => handOver(payload, line, consumer, options.messagesMax),
    });
    for (;;) {
      const next = await line.take();
      if (next === undefined) return;
      yield next.batch;
      next.done();
    }
  } catch (cause) {
    throw kafkaFailure(`reading ${topics.join(', ')} as ${group}`, cause);
  } finally {
    line.close();
    await consumer.disconnect().catch(() => undefined);
  }
}

/**
 * Gives a new group its position, the end of each partition, before it reads: what is written while
 * it is away must not be skipped.
 */
async function pinAtEnd(admin: Admin, { topics, group }: FollowOptions): Promise<void> {
  await admin.connect();
  try {
    const known = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
    for (const { topic, partitions } of known) {
      const unknown = new Set(
        partitions.filter(({ offset }) => offset === '-1').map(({ partition }) => partition),
      );
      if (unknown.size === 0) continue;
      const ends = await admin.fetchTopicOffsets(topic);
      await admin.setOffsets({
        groupId: group,
        topic,
        partitions: ends
          .filter(({ partition }) => unknown.has(partition))
          .map(({ partition, high }) => ({ partition, offset: high })),
      });
    }
  } finally {
    await admin.disconnect();
  }
}

async function handOver(
  payload: EachBatchPayload,
  line: HandOver,
  consumer: Consumer,
  messagesMax: number,
): Promise<void> {
  const { topic, partition, messages } = payload.batch;
  for (let from = 0; from < messages.length; from += messagesMax) {
    const part = messages.slice(from, from + messagesMax);
    const last = part[part.length - 1]?.offset ?? '0';
    const offset = String(BigInt(last) + 1n);
    const commit = (): Promise<void> => consumer.commitOffsets([{ topic, partition, offset }]);
    const done = line.give({
      messages: part.map((one) => messageOf(topic, partition, one)),
      commit,
    });
    let isDone = false;
    const wait = done.then(() => {
      isDone = true;
    });
    while (!isDone) {
      const timer = new AbortController();
      const tick = sleep(HEARTBEAT_MS, undefined, { signal: timer.signal }).catch(() => undefined);
      await Promise.race([wait, tick]);
      timer.abort();
      await payload.heartbeat();
    }
    if (line.isClosed || !payload.isRunning() || payload.isStale()) return;
    payload.resolveOffset(last);
  }
}

function messageOf(topic: string, partition: number, message: KafkaMessage): FollowedMessage {
  const { key, value, offset } = message;
  return { topic, partition, offset: Number(offset), key, value };
}

/**
 * Everything that is in a topic now, then nothing more. The group that it takes for that is removed
 * again.
 */
export async function* readTopic(
  connection: KafkaConnection,
  topic: string,
): AsyncGenerator<FollowedMessage> {
  const group = `tidegate-reads-${topic}-${process.pid}-${Date.now()}`;
  await using topics = openKafkaTopics(connection);
  const ends = await topics.ends(topic);
  const left = new Map(
    ends.filter(({ first, next }) => first < next).map(({ partition, next }) => [partition, next]),
  );
  if (left.size === 0) return;
  const options = { connection, topics: [topic], group, from: 'beginning' } as const;
  const silence = new Silence();
  for await (const { messages } of followTopics({
    ...options,
    messagesMax: READ_MESSAGES_MAX,
    signal: silence.signal,
  })) {
    silence.broken();
    for (const message of messages) {
      const { partition, offset } = message;
      const end = left.get(partition);
      if (end === undefined || offset >= end) continue;
      yield message;
      if (offset === end - 1) left.delete(partition);
    }
    if (left.size === 0) break;
  }
  silence.end();
  await removeGroup(connection, group);
}

const READ_MESSAGES_MAX = 500;
/** The last offset of a partition may hold no message (compaction, transactions). */
const SILENCE_MS_MAX = 15_000;

class Silence {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout = this.start();

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  broken(): void {
    this.end();
    this.timer = this.start();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private start(): NodeJS.Timeout {
    return setTimeout(() => this.controller.abort(), SILENCE_MS_MAX);
  }
}

async function removeGroup(connection: KafkaConnection, group: string): Promise<void> {
  const admin = createKafkajs(connection).admin();
  try {
    await admin.connect();
    await admin.deleteGroups([group]);
  } catch {
    // A group without members is forgotten by the brokers in time.
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

interface Given {
  readonly batch: FollowedBatch;
  readonly done: () => void;
}

/** Hands one batch at a time from kafkajs, which pushes, to a reader, which pulls. */
class HandOver {
  isClosed: boolean;
  private readonly given: Given[] = [];
  private taken: Given | undefined;
  private failure: unknown;
  private wake: () => void = () => undefined;
  private readonly signal: AbortSignal;
  private readonly onAbort = (): void => this.close();

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.isClosed = signal.aborted;
    signal.addEventListener('abort', this.onAbort);
  }

  /** Resolves when the reader has asked for the next batch, or left. */
  give(batch: FollowedBatch): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.isClosed) return Promise.resolve();
    this.given.push({ batch, done: resolve });
    this.wake();
    return promise;
  }

  /** The next batch; undefined when closed. */
  async take(): Promise<Given | undefined> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      if (this.isClosed) return undefined;
      const next = this.given.shift();
      if (next !== undefined) {
        this.taken = next;
        return next;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.wake = resolve;
      await promise;
    }
  }

  fail(failure: unknown): void {
    this.failure = failure;
    this.wake();
  }

  close(): void {
    this.isClosed = true;
    this.signal.removeEventListener('abort', this.onAbort);
    this.taken?.done();
    for (const { done } of this.given.splice(0)) done();
    this.wake();
  }
}
