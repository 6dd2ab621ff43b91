import type { RawRecord } from '../../event/record.ts';
import type { KafkaConnection } from '../../kafka/connection.ts';
import type { Claims, MemberClaims } from './claims.ts';
import type { KafkaLimits } from './options.ts';

/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A library's consumer, as the source uses it. Calls before `start` and after `close` do nothing. */
export interface GroupClient {
  /** Connects and joins the group. Rejects if that fails for good. */
  start(): Promise<void>;
  /** The next fetch of the partition begins there; what is under way is dropped. */
  seek(place: TopicPartition, offset: number): void;
  /** Partitions are paused when they are assigned. */
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** Commits the offset of the next record to be read. */
  commit(offsets: readonly (TopicPartition & { readonly next: number })[]): Promise<void>;
  /** Asks for a new round of dealing, because our claims have changed. */
  rejoin(): void;
  /** Leaves the group and disconnects, within a bounded time; never rejects. */
  close(): Promise<void>;
}

/** What a client tells the source; none of it may throw. */
export interface GroupEvents {
  /** What we claim at the moment of joining. */
  claims(): Claims;
  /** Deals out tasks, if we are asked to do it for the group. */
  deal(members: readonly MemberClaims[]): Shares;
  /** The group has taken us for a stranger: others may have our tasks by now. */
  onLost(): void;
  onJoined(joined: Joined): void;
  onFetched(fetched: Fetched): void;
  /** The brokers do not have the offset that was asked for. */
  onOutOfRange(place: TopicPartition): void;
  /** A heartbeat or a fetch was answered. */
  onAlive(): void;
  /** The client will not go on by itself. */
  onStopped(cause: unknown): void;
}

/** Partitions by topic, for each member of the group. */
export type Shares = ReadonlyMap<string, Record<string, number[]>>;

/** What is ours after a round of dealing. */
export interface Joined {
  readonly generation: number;
  readonly assigned: readonly TopicPartition[];
}

/** A piece of a partition. */
export interface Fetched extends TopicPartition {
  /** The offset that was asked for; undefined: that at which the partition stood. */
  readonly from: number | undefined;
  /** The offset that will be asked for next. */
  readonly next: number;
  /** The offset that the next record written will have. */
  readonly end: number;
  readonly records: readonly RawRecord[];
  /** There was more, which must be asked for again from `next` on. */
  readonly isCut: boolean;
}

/** How a client is made. */
export interface GroupClientOptions {
  readonly connection: KafkaConnection;
  readonly group: string;
  readonly topics: readonly string[];
  readonly limits: KafkaLimits;
  readonly events: GroupEvents;
}

/** The name under which the members of a group agree on our way of dealing. */
export const ASSIGNER_NAME = 'tidegate';
