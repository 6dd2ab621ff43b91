import {
  CompressionTypes,
  Partitioners,
  type ICustomPartitioner,
  type Message,
  type Producer,
} from 'kafkajs';

import type { KafkaConnection } from './connection.ts';
import { kafkaFailure } from './failure.ts';
import { createKafkajs } from './kafkajs.ts';

export interface KafkaProducerOptions {
  readonly connection: KafkaConnection;
  /** Default zstd, which every broker since 2.1 takes. */
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
}

/** One message. Without a partition its key decides, as in Java's clients (murmur2). */
export interface OutgoingMessage {
  readonly key: Uint8Array | string | null;
  /** Null deletes the key in a compacted topic. */
  readonly value: Uint8Array | string | null;
  readonly headers?: Readonly<Record<string, Uint8Array | string>>;
  readonly partition?: number;
  /** Milliseconds; the present time if absent. Topics with LogAppendTime do not keep it. */
  readonly timestamp?: number;
}

/** Writes to Kafka: every message acknowledged by all in-sync replicas, in order. */
export interface KafkaProducer extends AsyncDisposable {
  /**
   * Writes messages; when it resolves, they survive the loss of a broker. Calls are carried out one
   * after the other, so messages of a partition stay in order. After a rejection (a Failure) a part of
   * them may be there: whoever writes again writes those twice, in the same order.
   */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Finishes what was begun and disconnects; again does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Brokers refuse batches above `message.max.bytes` (1 MiB by default) as a whole. Requests stay below
 * it, so that only a message that is too large by itself is refused.
 */
const REQUEST_BYTES_MAX = 900 * 1024;
const MESSAGE_OVERHEAD_BYTES = 70;
/** From 100 ms to 5 s apart: longer than it takes a cluster to choose a new leader. */
const RETRIES = 8;

/** Connects on the first call of `send`. */
export function openKafkaProducer(options: KafkaProducerOptions): KafkaProducer {
  return new OrderedProducer(options);
}

class OrderedProducer implements KafkaProducer {
  private readonly producer: Producer;
  /** Partitions that the request under way was dealt to. */
  private readonly dealt: Set<number> = new Set();
  private readonly compression: CompressionTypes;
  private connected: Promise<void> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  constructor({ connection, compression = 'zstd' }: KafkaProducerOptions) {
    this.producer = createKafkajs(connection, RETRIES).producer({
      createPartitioner: () => this.noting(Partitioners.DefaultPartitioner()),
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    this.compression = TYPES[compression];
  }

  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.isClosed) {
      return Promise.reject(kafkaFailure(`writing to ${topic}`, new Error('already closed')));
    }
    const sent = this.last.then(() => this.write(topic, messages));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    await this.last;
    if (this.connected !== undefined) await this.producer.disconnect().catch(() => undefined);
    this.connected = undefined;
  }

  private noting(partitioner: ReturnType<ICustomPartitioner>): ReturnType<ICustomPartitioner> {
    return (given) => {
      const partition = partitioner(given);
      this.dealt.add(partition);
      return partition;
    };
  }

  private async write(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    try {
      this.connected ??= this.producer.connect();
      await this.connected;
      for (const part of requestsOf(messages)) {
        this.dealt.clear();
        const answers = await this.producer.send({
          topic,
          acks: -1,
          compression: this.compression,
          messages: part.map(messageOf),
        });
        const lost = unanswered(
          this.dealt,
          answers.map(({ partition }) => partition),
        );
        if (lost !== undefined) throw lost;
      }
    } catch (cause) {
      // A producer that could not connect tries again with the next call.
      await this.producer.disconnect().catch(() => undefined);
      this.connected = undefined;
      throw kafkaFailure(`writing to topic ${topic}`, cause);
    }
  }
}

/**
 * When a request fails at one broker and its partitions move to another that has answered already,
 * kafkajs does not ask that one again and resolves: what was meant for them is lost without a word.
 * An error then, which is tried again as any lost answer is.
 */
export function unanswered(
  dealt: ReadonlySet<number>,
  answered: readonly number[],
): Error | undefined {
  const silent = [...dealt].filter((partition) => !answered.includes(partition));
  if (silent.length === 0) return undefined;
  return new Error(`no broker has answered for partitions ${silent.join(', ')}`);
}

const TYPES = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const;

/** Messages in order, cut into requests of a bounded size; a larger message stands alone. */
function* requestsOf(messages: readonly OutgoingMessage[]): Generator<readonly OutgoingMessage[]> {
  let part: OutgoingMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (part.length > 0 && bytes + size > REQUEST_BYTES_MAX) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(message);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

function sizeOf({ key, value, headers = {} }: OutgoingMessage): number {
  let bytes = MESSAGE_OVERHEAD_BYTES + lengthOf(key) + lengthOf(value);
  for (const [name, text] of Object.entries(headers)) {
    bytes += MESSAGE_OVERHEAD_BYTES + lengthOf(name) + lengthOf(text);
  }
  return bytes;
}

function lengthOf(text: Uint8Array | string | null): number {
  return text === null ? 0 : Buffer.byteLength(text);
}

function messageOf({ key, value, headers, partition, timestamp }: OutgoingMessage): Message {
  return {
    key: bufferOf(key),
    value: bufferOf(value),
    ...(headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [name, bufferOf(text) ?? '']),
          ),
        }),
    ...(partition === undefined ? {} : { partition }),
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
  };
}

function bufferOf(text: Uint8Array | string | null): Buffer | null {
  if (text === null) return null;
  if (typeof text === 'string') return Buffer.from(text);
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}
