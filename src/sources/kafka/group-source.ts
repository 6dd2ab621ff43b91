import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from '../../base/failure.ts';
import { openKafkaTopics, type KafkaTopics } from '../../kafka/topics.ts';
import type { Assignment, InputProgress, SharedSource, SourceNotice } from '../source.ts';
import {
  defaultKafkaLimits,
  type KafkaClientName,
  type KafkaLimits,
  type KafkaSourceOptions,
} from './options.ts';
import { Queue } from './queue.ts';
import { Session, type SessionEnd } from './session.ts';
import { repartitioned, subscribe, type Subscription } from './subscription.ts';

/** Backs off from half a second on. */
const BACKOFF_MS_MIN = 500;

/**
 * Reads topics as a member of a consumer group. Sessions follow each other for as long as the source
 * is open: each looks at the topics, joins the group, deals with what it is given, and ends when the
 * topics change or when the client library has stopped (kafkajs can do so for good and silently).
 */
export class KafkaGroupSource implements SharedSource {
  readonly name: string;
  private readonly options: KafkaSourceOptions;
  private readonly limits: KafkaLimits;
  private readonly topics: KafkaTopics;
  private readonly given: Queue<Assignment> = new Queue();
  private readonly closing = new AbortController();
  private client: KafkaClientName;
  private current: Session | undefined;
  private running: Promise<void> | undefined;
  private restarts = 0;
  /** Topics whose clock is known. */
  private readonly clocked: Set<string> = new Set();

  constructor(options: KafkaSourceOptions) {
    this.options = options;
    this.client = options.client ?? 'kafkajs';
    this.limits = { ...defaultKafkaLimits, ...options.limits };
    this.topics = openKafkaTopics(options.connection);
    const names = [...options.topics, ...(options.references ?? [])].map((topic) =>
      typeof topic === 'string' ? topic : String(topic.pattern),
    );
    this.name = `kafka ${names.join(', ')} as ${options.group}`;
  }

  get isReady(): boolean {
    return this.current?.isMember ?? false;
  }

  assignments(): AsyncIterable<Assignment> {
    this.running ??= this.run().then(
      () => this.given.end(),
      (error: unknown) => this.given.fail(error),
    );
    return this.given;
  }

  progress(): readonly InputProgress[] {
    return this.current?.tasks.progress() ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closing.abort();
    await this.running;
    this.given.end();
    await this.topics[Symbol.asyncDispose]();
  }

  private async run(): Promise<void> {
    let before: Subscription | undefined;
    let attempt = 0;
    while (!this.closing.signal.aborted) {
      try {
        const subscription = await this.findTopics(before);
        if (subscription === undefined) return;
        before = subscription;
        const end = await this.session(subscription);
        if (this.current?.wasMember === true) attempt = 0;
        if (end.kind !== 'stopped') continue;
        // kafkajs can not be told to step over what it can not decode. The other client can, and the
        // group does not care which of them its members use.
        if (end.isDamage) this.client = 'platformatic';
        this.restarts += 1;
        this.notify({ kind: 'restarted', restarts: this.restarts, cause: end.cause });
        attempt += 1;
        if (attempt > 1) await this.backOff(attempt, end.cause);
      } catch (error) {
        if (!(error instanceof Failure) || !error.retryable) throw error;
        attempt += 1;
        await this.backOff(attempt, error.message);
      }
    }
  }

  /** Waits until every topic is there. */
  private async findTopics(before: Subscription | undefined): Promise<Subscription | undefined> {
    for (let attempt = 1; !this.closing.signal.aborted; attempt++) {
      const found = subscribe(this.options, await this.topics.list());
      if ('missing' in found) {
        await this.backOff(attempt, found.missing);
        continue;
      }
      if (before !== undefined && before.tasks !== found.tasks) throw repartitioned(before, found);
      return found;
    }
    return undefined;
  }

  private async session(subscription: Subscription): Promise<SessionEnd> {
    await this.noticeClocks(subscription);
    const session = new Session({
      name: this.name,
      client: this.client,
      options: this.options,
      limits: this.limits,
      subscription,
      topics: this.topics,
      given: (task) => this.given.push(task),
      notify: (notice) => this.notify(notice),
    });
    this.current = session;
    return session.run(this.closing.signal);
  }

  private async noticeClocks({ keyed }: Subscription): Promise<void> {
    for (const source of keyed) {
      if (this.clocked.has(source)) continue;
      const type = await this.topics.timestampType(source);
      this.clocked.add(source);
      if (type === 'CreateTime') this.notify({ kind: 'producer_time', source });
    }
  }

  /** Half of the pause is chance, so that many processes do not come back at the same moment. */
  private async backOff(attempt: number, cause: string): Promise<void> {
    this.notify({ kind: 'waiting', attempt, cause });
    const ms = Math.min(this.limits.backoffMsMax, BACKOFF_MS_MIN * 2 ** Math.min(attempt, 16));
    const { signal } = this.closing;
    await sleep(ms / 2 + (Math.random() * ms) / 2, undefined, { signal }).catch(() => undefined);
  }

  private notify(notice: SourceNotice): void {
    this.options.onNotice?.(notice);
  }
}
