import { Consumer, type ExtendedGroupProtocolSubscription } from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';

import { platformaticConnection } from '../../kafka/platformatic.ts';
import { decodeClaims, encodeClaims } from './claims.ts';
import {
  ASSIGNER_NAME,
  type GroupClient,
  type GroupClientOptions,
  type TopicPartition,
} from './client.ts';
import { PlatformaticFetcher } from './platformatic-fetcher.ts';

const CLOSE_MS_MAX = 10_000;

/**
 * @platformatic/kafka's consumer, with our own way of dealing. It only keeps us in the group: fetching
 * has connections of its own, so that a long poll holds up no heartbeat.
 */
export class PlatformaticClient implements GroupClient {
  private readonly options: GroupClientOptions;
  private readonly consumer: Consumer;
  private readonly fetcher: PlatformaticFetcher;
  private isClosed = false;
  private generation = 0;

  constructor(options: GroupClientOptions) {
    this.options = options;
    const { connection, group, limits } = options;
    this.consumer = new Consumer({
      ...platformaticConnection(connection),
      groupId: group,
      autocommit: false,
      sessionTimeout: limits.sessionMsMax,
      rebalanceTimeout: limits.sessionMsMax,
      heartbeatInterval: limits.heartbeatMs,
      protocols: [{ name: ASSIGNER_NAME, version: 0 }],
      protocolsMetadata: () => this.metadata(),
      partitionAssigner: (_leader, members) => this.deal(members),
      retries: 5,
      retryDelay: 500,
    });
    this.fetcher = new PlatformaticFetcher(options);
    this.listen();
  }

  async start(): Promise<void> {
    for (const topic of this.options.topics) this.consumer.topics.track(topic);
    await this.consumer.joinGroup({});
    if (!this.isClosed) this.fetcher.start();
  }

  seek(place: TopicPartition, offset: number): void {
    this.fetcher.seek(place, offset);
  }

  pause(place: TopicPartition): void {
    this.fetcher.pause(place);
  }

  resume(place: TopicPartition): void {
    this.fetcher.resume(place);
  }

  async commit(offsets: readonly (TopicPartition & { readonly next: number })[]): Promise<void> {
    await this.consumer.commit({
      offsets: offsets.map(({ topic, partition, next }) => ({
        topic,
        partition,
        offset: BigInt(next),
        leaderEpoch: -1,
      })),
    });
  }

  rejoin(): void {
    // What fails here is seen as a heartbeat that does not come.
    this.consumer.joinGroup({}).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const closed = Promise.allSettled([this.fetcher.close(), this.consumer.close(true)]);
    await Promise.race([closed, sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
  }

  private listen(): void {
    const { consumer } = this;
    const { events } = this.options;
    const stopped = (cause: unknown): void => {
      if (!this.isClosed) events.onStopped(cause);
    };
    consumer.on('consumer:group:join', ({ generationId = 0, assignments = [] }) => {
      if (this.isClosed) return;
      this.generation = generationId;
      const assigned = assignments.flatMap(({ topic, partitions }) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.fetcher.keep(assigned);
      events.onAlive();
      events.onJoined({ generation: generationId, assigned });
    });
    consumer.on('consumer:heartbeat:end', () => events.onAlive());
    consumer.on('consumer:heartbeat:stalled', ({ lastError }) => {
      stopped(lastError ?? new Error('heartbeats are not answered'));
    });
    (consumer as unknown as NodeJS.EventEmitter).on('error', stopped);
  }

  private metadata(): Buffer {
    // A member without an id is a stranger to the group: others may have its tasks.
    if (this.consumer.memberId === null && this.generation > 0) this.options.events.onLost();
    return encodeClaims(this.options.events.claims());
  }

  private deal(members: ReadonlyMap<string, ExtendedGroupProtocolSubscription>): GroupShare[] {
    const claims = [...members.values()].map(({ memberId: member, metadata }) => ({
      member,
      ...decodeClaims(typeof metadata === 'string' ? Buffer.from(metadata) : metadata),
    }));
    return [...this.options.events.deal(claims)].map(([memberId, share]) => ({
      memberId,
      assignments: new Map(
        Object.entries(share).map(([topic, partitions]) => [topic, { topic, partitions }]),
      ),
    }));
  }
}

interface GroupShare {
  memberId: string;
  assignments: Map<string, { topic: string; partitions: number[] }>;
}
