import type { EventTime } from '../../event/record.ts';
import type { KafkaConnection } from '../../kafka/connection.ts';
import type { SourceNotice } from '../source.ts';

/** What is read, by whom, and how much of it is held in memory. */
export interface KafkaSourceOptions {
  readonly connection: KafkaConnection;
  /** The library that speaks to the brokers; both keep the same promises. Default kafkajs. */
  readonly client?: KafkaClientName;
  /** The consumer group: its members share the partitions. */
  readonly group: string;
  /**
   * Topics keyed by host, by name or pattern. They are read together: task n reads partition n of
   * each, so all must have the same number of partitions.
   */
  readonly topics: readonly TopicSelector[];
  /** Low-volume topics, every partition of which every task reads. */
  readonly references?: readonly TopicSelector[];
  /** Where an input begins of which no checkpoint is known. Default earliest. */
  readonly start?: KafkaStart;
  readonly limits?: Partial<KafkaLimits>;
  /** Told of gaps, waits, restarts; must not throw. */
  readonly onNotice?: (notice: SourceNotice) => void;
}

export type KafkaClientName = 'kafkajs' | 'platformatic';

/** A topic's name, or a pattern that the whole name must match. */
export type TopicSelector = string | { readonly pattern: RegExp };

export type KafkaStart = 'earliest' | 'latest' | { readonly time: EventTime };

/** Every bound of the source. */
export interface KafkaLimits {
  /** Read ahead per input; the partition is paused above it. One answer may come on top. */
  readonly bufferBytesMax: number;
  /** A larger record is refused by its metadata alone. */
  readonly recordBytesMax: number;
  /** Of one answer, all partitions together. One record may be larger. */
  readonly fetchBytesMax: number;
  /** Of one answer per partition. */
  readonly partitionBytesMax: number;
  /** How long a broker may hold back an answer while there is nothing new, ms. */
  readonly fetchWaitMsMax: number;
  /** Without a heartbeat for so long, the group gives our tasks to others, ms. */
  readonly sessionMsMax: number;
  readonly heartbeatMs: number;
  /** How long a moving task may take for its last checkpoint, ms. */
  readonly releaseMsMax: number;
  /**
   * Without any sign of life for so long, the client is built anew, ms. Longer than the session, for
   * which a member that does not answer can hold up a round of dealing.
   */
  readonly silenceMsMax: number;
  /** How often topics are looked at for new ones and for changed partitions, ms. */
  readonly topicsRefreshMs: number;
  /** The longest pause between two attempts to reach the brokers, ms. */
  readonly backoffMsMax: number;
}

const MIB = 1024 * 1024;

export const defaultKafkaLimits: KafkaLimits = {
  bufferBytesMax: 4 * MIB,
  recordBytesMax: MIB,
  fetchBytesMax: 8 * MIB,
  partitionBytesMax: MIB,
  fetchWaitMsMax: 500,
  sessionMsMax: 20_000,
  heartbeatMs: 3000,
  releaseMsMax: 20_000,
  silenceMsMax: 25_000,
  topicsRefreshMs: 60_000,
  backoffMsMax: 30_000,
};

/** Brokers refuse less than 6 s unless `group.min.session.timeout.ms` was changed. */
const SESSION_MS_MIN = 1_000;
const HEARTBEATS_IN_SESSION = 6;
const SILENCE_BEYOND_MS = 5_000;

/**
 * The limits that follow from a session: a member has several chances to show that it lives, and is
 * built anew only when the group has given it up. Undefined for a session that is too short.
 */
export function sessionLimits(sessionMsMax: number): Partial<KafkaLimits> | undefined {
  if (sessionMsMax < SESSION_MS_MIN) return undefined;
  const heartbeatMs = Math.floor(sessionMsMax / HEARTBEATS_IN_SESSION);
  return { sessionMsMax, heartbeatMs, silenceMsMax: sessionMsMax + SILENCE_BEYOND_MS };
}
