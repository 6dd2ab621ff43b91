import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from '../../base/failure.ts';
import type { RawRecord } from '../../event/record.ts';
import type { Input, InputProgress, ReadFrom } from '../source.ts';
import type { TopicPartition } from './client.ts';
import type { Feed, FeedReader } from './feed.ts';
import { Rate } from './rate.ts';
import { bytesOf } from './records.ts';

/** What an input needs to know of its source. */
export interface InputContext {
  /** The offset at which to begin; reports what is gone by then. */
  resolve(place: TopicPartition, from: ReadFrom): Promise<Start>;
  readonly bufferBytesMax: number;
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number;
}

/** Where an input begins, and where its partition ended at that moment. */
export interface Start {
  readonly offset: number;
  readonly end: number;
}

const RETRY_MS = 1000;

/** What a record costs in memory beside its bytes: an attacker's may have none. */
const RECORD_OVERHEAD_BYTES = 200;

interface Batch {
  readonly records: readonly RawRecord[];
  readonly bytes: number;
}

/** One partition as one task reads it: a bounded buffer between the feed and the task. */
export class KafkaInput implements Input, FeedReader {
  readonly source: string;
  readonly partition: number;
  readonly kind: Input['kind'];
  end: number | undefined;
  private readonly task: number;
  private readonly feed: Feed;
  private readonly context: InputContext;
  private readonly revoked: AbortSignal;
  private readonly rate: Rate;
  private waiting: Batch[] = [];
  private waitingBytes = 0;
  /** The next offset to be taken from the feed; undefined while nobody iterates. */
  private next: number | undefined;
  private handedOver: number | undefined;
  private isFull = false;
  private records = 0;
  private bytes = 0;
  private wake: () => void = () => undefined;

  constructor(options: {
    readonly task: number;
    readonly kind: Input['kind'];
    readonly feed: Feed;
    readonly revoked: AbortSignal;
    readonly context: InputContext;
  }) {
    const { task, kind, feed, revoked, context } = options;
    this.source = feed.place.topic;
    this.partition = feed.place.partition;
    this.kind = kind;
    this.task = task;
    this.feed = feed;
    this.revoked = revoked;
    this.context = context;
    this.rate = new Rate(context.now());
    feed.add(this);
    revoked.addEventListener('abort', () => this.stop(), { once: true });
  }

  get position(): number | undefined {
    return this.handedOver;
  }

  get wanted(): number | undefined {
    return this.isFull ? undefined : this.next;
  }

  async *batches(from: ReadFrom): AsyncGenerator<readonly RawRecord[]> {
    if (this.revoked.aborted) return;
    const start = await this.begin(from);
    if (start === undefined) return;
    this.end = Math.max(this.end ?? 0, start.end);
    this.handedOver = start.offset;
    this.next = start.offset;
    this.feed.update();
    try {
      for (;;) {
        const batch = this.shift();
        if (batch !== undefined) {
          yield batch.records;
        } else if (this.revoked.aborted) {
          return;
        } else {
          await new Promise<void>((resolve) => (this.wake = resolve));
        }
      }
    } finally {
      this.next = undefined;
      this.waiting = [];
      this.waitingBytes = 0;
      this.isFull = false;
      this.feed.update();
    }
  }

  /** Brokers that do not answer are waited for; undefined if the task is taken away meanwhile. */
  private async begin(from: ReadFrom): Promise<Start | undefined> {
    while (!this.revoked.aborted) {
      try {
        return await this.context.resolve(this.feed.place, from);
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error;
        await sleep(RETRY_MS, undefined, { signal: this.revoked }).catch(() => undefined);
      }
    }
    return undefined;
  }

  take(records: readonly RawRecord[], next: number): void {
    const from = this.next ?? 0;
    const wanted = records.filter(({ position }) => position.offset >= from);
    this.next = next;
    if (wanted.length === 0) {
      // Control records, or what was compacted away: there is nothing to hand over.
      if (this.waiting.length === 0) this.handedOver = next;
      return;
    }
    let bytes = wanted.length * RECORD_OVERHEAD_BYTES;
    for (const { payload, key = null, headers = [] } of wanted) {
      bytes += bytesOf(payload, key, headers);
    }
    this.waiting.push({ records: wanted, bytes });
    this.waitingBytes += bytes;
    this.isFull = this.waitingBytes >= this.context.bufferBytesMax;
    this.wake();
  }

  skip(offset: number): void {
    this.next = offset;
    if (this.waiting.length === 0) this.handedOver = offset;
  }

  see(end: number): void {
    this.end = end;
  }

  progress(): InputProgress {
    const { source, partition, task, handedOver: position, end, records, bytes } = this;
    const isKnown = position !== undefined && end !== undefined;
    return {
      source,
      partition,
      task,
      position,
      end,
      lag: isKnown ? Math.max(0, end - position) : undefined,
      records,
      bytes,
      recordsPerSecond: this.rate.perSecond(this.context.now()),
      bufferedRecords: this.waiting.reduce((sum, batch) => sum + batch.records.length, 0),
      bufferedBytes: this.waitingBytes,
      isPaused: this.isFull,
    };
  }

  private shift(): Batch | undefined {
    // What was read ahead of a task that is taken away is the next owner's.
    if (this.revoked.aborted) return undefined;
    const batch = this.waiting.shift();
    if (batch === undefined) return undefined;
    this.waitingBytes -= batch.bytes;
    const { position, undelivered } = batch.records.at(-1) ?? {};
    this.handedOver = (undelivered?.lastOffset ?? position?.offset ?? 0) + 1;
    this.records += batch.records.length;
    this.bytes += batch.bytes - batch.records.length * RECORD_OVERHEAD_BYTES;
    this.rate.add(batch.records.length, this.context.now());
    if (this.isFull && this.waitingBytes <= this.context.bufferBytesMax / 2) {
      this.isFull = false;
      this.feed.update();
    }
    return batch;
  }

  private stop(): void {
    this.feed.remove(this);
    this.wake();
  }
}
