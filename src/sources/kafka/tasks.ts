import type { Position } from '../../event/record.ts';
import type { KafkaTopics } from '../../kafka/topics.ts';
import type { Assignment, InputProgress, ReadFrom, Revocation, SourceNotice } from '../source.ts';
import type { Claims, MemberClaims } from './claims.ts';
import type { Fetched, GroupClient, Joined, Shares, TopicPartition } from './client.ts';
import { dealTasks } from './deal.ts';
import { Feed, type FeedControl } from './feed.ts';
import { KafkaInput, type InputContext, type Start } from './input.ts';
import type { KafkaLimits, KafkaStart } from './options.ts';
import type { Subscription } from './subscription.ts';
import { KafkaTask } from './task.ts';

export interface TasksOptions {
  readonly start: KafkaStart;
  readonly limits: KafkaLimits;
  readonly subscription: Subscription;
  readonly topics: KafkaTopics;
  readonly given: (task: Assignment) => void;
  readonly notify: (notice: SourceNotice) => void;
}

/** The tasks of one session: what the group gave us, what we still hold, what is on its way out. */
export class Tasks implements FeedControl {
  private readonly options: TasksOptions;
  private client: GroupClient | undefined;
  private readonly held: Map<number, KafkaTask> = new Map();
  private readonly feeds: Map<string, Feed> = new Map();
  private readonly recovering: Set<Feed> = new Set();
  private wanted: ReadonlySet<number> = new Set();
  private assigned: readonly TopicPartition[] = [];
  private generation = 0;
  private isEnding = false;
  private onIdle: () => void = () => undefined;

  constructor(options: TasksOptions) {
    this.options = options;
  }

  use(client: GroupClient): void {
    this.client = client;
  }

  /** What we hold, and what others must not begin before we have released it. */
  claims(): Claims {
    const tasks = [...this.held.values()].filter(({ revoked }) => revoked.reason !== 'lost');
    return { generation: this.generation, tasks: tasks.map(({ task }) => task) };
  }

  /** Every member gets its tasks of all keyed topics, and all of the reference topics. */
  deal(members: readonly MemberClaims[]): Shares {
    const { keyed, references, tasks } = this.options.subscription;
    const everybodys = references.map(
      ({ name, partitions }) => [name, Array.from({ length: partitions }, (_, n) => n)] as const,
    );
    const shares = new Map<string, Record<string, number[]>>();
    for (const [member, dealt] of dealTasks(members, tasks)) {
      const own = keyed.map((topic) => [topic, dealt] as const);
      const all = [...own, ...everybodys].map(([topic, partitions]) => [topic, [...partitions]]);
      shares.set(member, Object.fromEntries(all) as Record<string, number[]>);
    }
    return shares;
  }

  /** Makes what we hold agree with what the group has given us. */
  reconcile({ generation, assigned }: Joined): void {
    const { keyed } = this.options.subscription;
    this.generation = generation;
    this.assigned = assigned;
    const [first] = keyed;
    this.wanted = new Set(
      assigned.filter(({ topic }) => topic === first).map(({ partition }) => partition),
    );
    for (const [task, held] of this.held) {
      if (!this.wanted.has(task)) held.revoke('moving', this.options.limits.releaseMsMax);
    }
    this.keepFeeds();
    this.begin();
  }

  /** Others may have our tasks: nobody here may act for them any more. */
  lose(): void {
    for (const task of this.held.values()) task.revoke('lost', this.options.limits.releaseMsMax);
    this.wanted = new Set();
  }

  /** Takes every task away and waits until all are released, within the limit. */
  async end(reason: Revocation): Promise<void> {
    this.isEnding = true;
    for (const task of this.held.values()) task.revoke(reason, this.options.limits.releaseMsMax);
    if (this.held.size > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  deliver(fetched: Fetched): void {
    const { topic: source, partition, records } = fetched;
    for (const { position, undelivered } of records) {
      if (undelivered === undefined) continue;
      const { lastOffset, reason } = undelivered;
      const firstOffset = position.offset;
      const kind = 'quarantined';
      this.options.notify({ kind, source, partition, firstOffset, lastOffset, reason });
    }
    this.feeds.get(keyOf(fetched))?.deliver(fetched);
  }

  outOfRange(place: TopicPartition): void {
    const feed = this.feeds.get(keyOf(place));
    if (feed !== undefined) this.recover(feed);
  }

  /**
   * Asks where the partitions begin and end: an idle one tells nobody, and kafkajs steps over records
   * that retention has taken without a word.
   */
  async look(): Promise<void> {
    const { keyed, references } = this.options.subscription;
    for (const topic of [...keyed, ...references.map(({ name }) => name)]) {
      for (const { partition, first, next } of await this.options.topics.ends(topic)) {
        this.feeds.get(keyOf({ topic, partition }))?.see(first, next);
      }
    }
  }

  progress(): readonly InputProgress[] {
    return [...this.held.values()].flatMap(({ inputs }) => inputs.map((input) => input.progress()));
  }

  seek(place: TopicPartition, offset: number): void {
    this.client?.seek(place, offset);
  }

  pause(place: TopicPartition): void {
    this.client?.pause(place);
  }

  resume(place: TopicPartition): void {
    this.client?.resume(place);
  }

  /** The brokers no longer have what comes next, or the client has lost its place. */
  recover(feed: Feed): void {
    const { standsAt: offset } = feed;
    if (this.recovering.has(feed) || offset === undefined) return;
    this.recovering.add(feed);
    this.pause(feed.place);
    this.resolve(feed.place, { offset }).then(
      (start) => {
        this.recovering.delete(feed);
        feed.skipTo(start.offset);
        feed.restart();
      },
      () => {
        // Asked again with the next answer that does not fit.
        this.recovering.delete(feed);
        feed.restart();
      },
    );
  }

  private keepFeeds(): void {
    const keys = new Set(this.assigned.map(keyOf));
    for (const key of this.feeds.keys()) if (!keys.has(key)) this.feeds.delete(key);
    for (const place of this.assigned) {
      const key = keyOf(place);
      const feed = this.feeds.get(key) ?? new Feed(place, this);
      this.feeds.set(key, feed);
      feed.restart();
    }
  }

  /** Starts what is ours and not held yet; a task that is on its way out is begun anew after it. */
  private begin(): void {
    if (this.isEnding) return;
    for (const task of this.wanted) {
      if (this.held.has(task)) continue;
      const started = new KafkaTask({
        task,
        tasks: this.options.subscription.tasks,
        generation: this.generation,
        inputs: (revoked) => this.inputsOf(task, revoked),
        commit: (positions) => this.commit(positions),
        onReleased: (released) => this.released(released),
      });
      this.held.set(task, started);
      this.options.given(started);
    }
  }

  private released(task: KafkaTask): void {
    this.held.delete(task.task);
    if (this.held.size === 0) this.onIdle();
    if (this.isEnding) return;
    const isMoving = [...this.held.values()].some(({ revoked }) => revoked.reason === 'moving');
    if (task.revoked.reason === 'moving' && !isMoving) this.client?.rejoin();
    this.begin();
  }

  private inputsOf(task: number, revoked: AbortSignal): readonly KafkaInput[] {
    const { keyed } = this.options.subscription;
    const context: InputContext = {
      resolve: (place, from) => this.resolve(place, from),
      bufferBytesMax: this.options.limits.bufferBytesMax,
      now: () => performance.now(),
    };
    const isOurs = ({ place }: Feed): boolean =>
      !keyed.includes(place.topic) || place.partition === task;
    return [...this.feeds.values()].filter(isOurs).map((feed) => {
      const kind = keyed.includes(feed.place.topic) ? 'keyed' : 'reference';
      return new KafkaInput({ task, kind, feed, revoked, context });
    });
  }

  private async resolve(place: TopicPartition, from: ReadFrom): Promise<Start> {
    const { topics, start, notify } = this.options;
    const { topic: source, partition } = place;
    const ends = (await topics.ends(source)).find((end) => end.partition === partition);
    const { first, next } = ends ?? { first: 0, next: 0 };
    const wanted = from === 'configured' ? start : from;
    if (wanted === 'earliest') return { offset: first, end: next };
    if (wanted === 'latest') return { offset: next, end: next };
    if ('time' in wanted) {
      const offset = (await topics.offsetsAt(source, wanted.time)).get(partition) ?? next;
      return { offset, end: next };
    }
    const { offset } = wanted;
    if (offset >= first && offset <= next) return { offset, end: next };
    // Before the beginning: retention was faster. Beyond the end: the topic was made anew.
    const [firstOffset, lastOffset] = offset < first ? [offset, first - 1] : [next, offset - 1];
    notify({ kind: 'gap', source, partition, firstOffset, lastOffset });
    return { offset: first, end: next };
  }

  private async commit(positions: readonly Position[]): Promise<void> {
    const offsets = positions.map(({ source: topic, partition, offset }) => ({
      topic,
      partition,
      next: offset + 1,
    }));
    // Committed offsets are for the eye: a restore begins at its checkpoint, so a commit that a
    // rebalance has overtaken is no failure.
    await this.client?.commit(offsets).catch(() => undefined);
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
