import { createRequire } from 'node:module';
import { Kafka, logLevel } from 'kafkajs';

import { CODEC_NUMBERS, compress, decompress } from './codecs.ts';
import { kafkajsConnection, type KafkaConnection } from './connection.ts';

/** Of kafkajs's private class, what is put right here. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const require = createRequire(import.meta.url);

let isPrepared = false;

/**
 * A kafkajs client with our bounded codecs, silent: what goes wrong reaches us as errors and events.
 * `retries` are those of a single request.
 */
export function createKafkajs(connection: KafkaConnection, retries = 5): Kafka {
  prepare();
  return new Kafka({
    ...kafkajsConnection(connection),
    logLevel: logLevel.NOTHING,
    retry: {
      retries,
      initialRetryTime: 100,
      maxRetryTime: 5000,
      // Our own watchdog builds a consumer anew, and counts it.
      restartOnFailure: () => Promise.resolve(false),
    },
  });
}

function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  // Public, but hidden from named imports by the way in which kafkajs exports it.
  const { CompressionCodecs: codecs } = require('kafkajs') as {
    readonly CompressionCodecs: Record<number, unknown>;
  };
  for (const [number, codec] of CODEC_NUMBERS) {
    codecs[number] = () => ({
      compress: (encoder: { readonly buffer: Buffer }) =>
        Promise.resolve(compress(codec, encoder.buffer)),
      decompress: (bytes: Buffer) => Promise.resolve(decompress(codec, bytes)),
    });
  }
  quietRequestQueue();
  readHeadersInOrder();
  readEachConnectionAnew();
}

/** Of kafkajs's private connection, what is put right here. */
interface Connection {
  chunks: readonly Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  readonly socket: { destroy(error: Error): void } | null;
  isConnected: (this: Connection) => boolean;
  connect: (this: Connection) => Promise<unknown>;
  processData: (this: Connection, data: Buffer) => void;
}

/** Bytes of the length that stands before each answer. */
const LENGTH_BYTES = 4;

/**
 * kafkajs 2.2.4 keeps what it had of an answer when its connection was cut in the middle, takes the first answer of the
 * next connection for the rest of it, and ends the process with an error that nobody can catch. Each connection
 * begins with nothing now, and an answer that can not be read ends its connection, which is made anew.
 */
function readEachConnectionAnew(): void {
  const { prototype } = require('kafkajs/src/network/connection') as { prototype: Connection };
  const { connect, processData } = prototype;
  prototype.connect = function (this: Connection): Promise<unknown> {
    if (!this.isConnected()) {
      this.chunks = [];
      this.bytesBuffered = 0;
      this.bytesNeeded = LENGTH_BYTES;
    }
    return connect.call(this);
  };
  prototype.processData = function (this: Connection, data: Buffer): void {
    try {
      processData.call(this, data);
    } catch (error) {
      this.socket?.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
}

/**
 * kafkajs 2.2.4 sets a timer to the end of a throttling that is not there: `throttledUntil` is -1, so
 * the delay is minus the present time, Node 24 warns (TimeoutNegativeWarning, tulios/kafkajs#1751) and
 * fires after 1 ms, for each answer once. Harmless but for noise and work: without anything pending
 * there is nothing to be checked, and without throttling kafkajs takes its own 10 ms.
 */
function quietRequestQueue(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}

/** Headers of a record in the order of the log; `createKafkajs` makes kafkajs give them like this. */
export type HeaderPairs = readonly (readonly [name: string, value: Buffer])[];

/** Of kafkajs's private decoder, what is put right here. */
interface Decoder {
  readonly offset: number;
  readonly buffer: Buffer;
  readVarInt: (this: Decoder) => number;
  readVarIntArray: (
    this: Decoder,
    read: (decoder: Decoder) => { readonly key: string; readonly value: Buffer | null },
  ) => { readonly reduce: () => HeaderPairs };
}

const NO_BYTES = Buffer.alloc(0);

/**
 * kafkajs 2.2.4 copies all headers of a record for each further one: a record of 112 KB with 16,000
 * headers holds up the whole process for two minutes (measured). Its decoder reads an array (this is
 * the only one of its kind) and folds it; folding now gives the pairs as they are.
 */
function readHeadersInOrder(): void {
  const { prototype } = require('kafkajs/src/protocol/decoder') as { prototype: Decoder };
  prototype.readVarIntArray = function (this: Decoder, read) {
    const pairs: (readonly [string, Buffer])[] = [];
    const count = this.readVarInt();
    for (let index = 0; index < count && this.offset < this.buffer.length; index++) {
      const { key, value } = read(this);
      pairs.push([key, value ?? NO_BYTES]);
    }
    return { reduce: () => pairs };
  };
}
