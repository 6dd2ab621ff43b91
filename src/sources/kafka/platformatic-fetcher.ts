import { Consumer, type ClusterMetadata } from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';

import { isDamage } from '../../kafka/failure.ts';
import { platformaticConnection } from '../../kafka/platformatic.ts';
import type { Fetched, GroupClientOptions, TopicPartition } from './client.ts';
import { messagesOf } from './platformatic-messages.ts';
import { skipDamaged } from './skip-damaged.ts';
import { recordsOf } from './records.ts';

/** A partition as it is fetched. */
interface Place extends TopicPartition {
  offset: number | undefined;
  isPaused: boolean;
  /** Grows with each seek: an answer to an earlier question is dropped. */
  version: number;
}

const OFFSET_OUT_OF_RANGE = 1;
const PAUSE_AFTER_ERROR_MS = 300;

/** Fetches partitions at offsets that it is told, one request at a time for each broker. */
export class PlatformaticFetcher {
  private readonly options: GroupClientOptions;
  private readonly consumer: Consumer;
  private readonly places: Map<string, Place> = new Map();
  private readonly busy: Set<number> = new Set();
  private readonly closing = new AbortController();
  private isStarted = false;
  private isScheduled = false;

  constructor(options: GroupClientOptions) {
    this.options = options;
    const { connection, group, limits } = options;
    this.consumer = new Consumer({
      ...platformaticConnection(connection),
      groupId: group,
      retries: 0,
      isolationLevel: READ_COMMITTED,
      maxBytes: limits.fetchBytesMax,
      minBytes: 1,
      maxWaitTime: limits.fetchWaitMsMax,
    });
    (this.consumer as unknown as NodeJS.EventEmitter).on('error', () => undefined);
  }

  start(): void {
    for (const topic of this.options.topics) this.consumer.topics.track(topic);
    this.isStarted = true;
    this.schedule();
  }

  /** Forgets partitions that are not ours any more. */
  keep(assigned: readonly TopicPartition[]): void {
    const keys = new Set(assigned.map(keyOf));
    for (const key of this.places.keys()) if (!keys.has(key)) this.places.delete(key);
  }

  seek(place: TopicPartition, offset: number): void {
    const known = this.placeOf(place);
    known.offset = offset;
    known.version += 1;
    this.schedule();
  }

  pause(place: TopicPartition): void {
    this.placeOf(place).isPaused = true;
  }

  resume(place: TopicPartition): void {
    this.placeOf(place).isPaused = false;
    this.schedule();
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.places.clear();
    await this.consumer.close(true);
  }

  private placeOf({ topic, partition }: TopicPartition): Place {
    const key = keyOf({ topic, partition });
    const known = this.places.get(key) ?? {
      topic,
      partition,
      offset: undefined,
      isPaused: true,
      version: 0,
    };
    this.places.set(key, known);
    return known;
  }

  /** Asks every broker that is not asked yet for what is wanted of it; once per turn of the loop. */
  private schedule(): void {
    if (this.isScheduled || !this.isStarted) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.ask().catch(() => this.later());
    });
  }

  private async ask(): Promise<void> {
    if (this.closing.signal.aborted) return;
    const wanted = [...this.places.values()].filter(isWanted);
    if (wanted.length === 0) return;
    const metadata = await this.consumer.metadata({ topics: [...this.options.topics] });
    const byNode = new Map<number, Wanted[]>();
    for (const place of wanted.filter(isWanted)) {
      const node = metadata.topics.get(place.topic)?.partitions[place.partition]?.leader;
      if (node === undefined || this.busy.has(node)) continue;
      byNode.set(node, [...(byNode.get(node) ?? []), place]);
    }
    for (const [node, places] of byNode) {
      this.busy.add(node);
      this.askNode(node, places, metadata)
        .catch(() => this.rest())
        .finally(() => {
          this.busy.delete(node);
          this.schedule();
        })
        .catch(() => undefined);
    }
  }

  private async askNode(
    node: number,
    places: readonly Wanted[],
    metadata: ClusterMetadata,
  ): Promise<void> {
    const questions = places.map((place) => ({
      place,
      offset: place.offset,
      version: place.version,
    }));
    try {
      this.answer(questions, await this.fetch(node, questions, metadata), metadata);
    } catch (error) {
      if (this.closing.signal.aborted) return;
      if (!isDamage(error)) {
        this.outOfRange(questions, error, metadata);
        throw error;
      }
      // One of them can not be decoded: each alone, so that the others go on.
      for (const question of questions) await this.alone(node, question, metadata);
    }
  }

  /** One partition, a batch at a time; a batch that can not be decoded is passed over and reported. */
  private async alone(node: number, question: Question, metadata: ClusterMetadata): Promise<void> {
    // A broker answers with one whole batch where none fits.
    const one = (offset: number): Promise<FetchResponse> =>
      this.fetch(node, [{ ...question, offset }], metadata, 1);
    try {
      this.answer([question], await one(question.offset), metadata);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const fetched = await skipDamaged({
        place: question.place,
        offset: question.offset,
        cause: error,
        end: () => this.endOf(question.place),
        isReadable: (offset) => one(offset).then(isTrue, isFalseIfDamaged),
      });
      this.deliver(question, fetched);
    }
  }

  private fetch(
    node: number,
    questions: readonly Question[],
    metadata: ClusterMetadata,
    bytesMax: number = this.options.limits.partitionBytesMax,
  ): Promise<FetchResponse> {
    return this.consumer.fetch({
      node,
      topics: questions.map(({ place, offset }) => ({
        topicId: metadata.topics.get(place.topic)?.id ?? '',
        partitions: [
          {
            partition: place.partition,
            fetchOffset: BigInt(offset),
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
            partitionMaxBytes: bytesMax,
          },
        ],
      })),
    });
  }

  private answer(
    questions: readonly Question[],
    response: FetchResponse,
    metadata: ClusterMetadata,
  ): void {
    for (const { topicId, partitions } of response.responses) {
      for (const { partitionIndex, records, highWatermark } of partitions) {
        const question = questions.find(
          ({ place }) =>
            place.partition === partitionIndex && metadata.topics.get(place.topic)?.id === topicId,
        );
        if (question === undefined) continue;
        const { offset: from, place } = question;
        const { topic, partition } = place;
        const { messages, next } = messagesOf(records ?? [], from);
        const { recordBytesMax } = this.options.limits;
        const piece = recordsOf(messages, { topic, partition, next, recordBytesMax });
        this.deliver(question, { topic, partition, from, end: Number(highWatermark), ...piece });
      }
    }
  }

  private deliver({ place, version }: Question, fetched: Fetched): void {
    if (place.version !== version || this.places.get(keyOf(place)) !== place) return;
    place.offset = fetched.next;
    this.options.events.onFetched(fetched);
  }

  private outOfRange(
    questions: readonly Question[],
    error: unknown,
    metadata: ClusterMetadata,
  ): void {
    const { response } = error as { readonly response?: FetchResponse };
    for (const { topicId, partitions } of response?.responses ?? []) {
      for (const { partitionIndex, errorCode } of partitions) {
        const question = questions.find(
          ({ place }) =>
            place.partition === partitionIndex && metadata.topics.get(place.topic)?.id === topicId,
        );
        if (errorCode !== OFFSET_OUT_OF_RANGE || question === undefined) continue;
        this.options.events.onOutOfRange(question.place);
      }
    }
  }

  private async endOf({ topic, partition }: TopicPartition): Promise<number> {
    const partitions = { [topic]: [partition] };
    const offsets = await this.consumer.listOffsets({ topics: [topic], partitions });
    return Number(offsets.get(topic)?.[partition] ?? 0n);
  }

  /** Leaders may have moved: the next question asks for them anew. */
  private async rest(): Promise<void> {
    this.consumer.clearMetadata();
    const { signal } = this.closing;
    await sleep(PAUSE_AFTER_ERROR_MS, undefined, { signal }).catch(() => undefined);
  }

  private later(): void {
    this.rest().then(
      () => this.schedule(),
      () => undefined,
    );
  }
}

const READ_COMMITTED = 1;

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;

type Wanted = Place & { readonly offset: number };

/** What a partition was asked for. */
interface Question {
  readonly place: Place;
  readonly offset: number;
  readonly version: number;
}

function isWanted(place: Place): place is Wanted {
  return !place.isPaused && place.offset !== undefined;
}

function isTrue(): boolean {
  return true;
}

function isFalseIfDamaged(error: unknown): boolean {
  if (isDamage(error)) return false;
  throw error;
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
