import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from '../../base/failure.ts';
import { causesOf, kafkaFailure } from '../../kafka/failure.ts';
import { openKafkaTopics, type KafkaTopics } from '../../kafka/topics.ts';
import type { Assignment, InputProgress, SharedSource, SourceNotice } from '../source.ts';
import { createGroupClient } from './create-client.ts';
import type { GroupClient } from './client.ts';
import { defaultKafkaLimits, type KafkaLimits, type KafkaSourceOptions } from './options.ts';
import { Queue } from './queue.ts';
import { changeOf, repartitioned, subscribe, type Subscription } from './subscription.ts';
import { Tasks } from './tasks.ts';
import { Watchdog } from './watchdog.ts';

/** How a session with the brokers ended. */
type End = { readonly kind: 'stopped'; readonly cause: string } | { readonly kind: 'changed' };

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
  private tasks: Tasks | undefined;
  private running: Promise<void> | undefined;
  private isMember = false;
  private restarts = 0;

  constructor(options: KafkaSourceOptions) {
    this.options = options;
    this.limits = { ...defaultKafkaLimits, ...options.limits };
    this.topics = openKafkaTopics(options.connection);
    const names = [...options.topics, ...(options.references ?? [])].map((topic) =>
      typeof topic === 'string' ? topic : String(topic.pattern),
    );
    this.name = `kafka ${names.join(', ')} as ${options.group}`;
  }

  get isReady(): boolean {
    return this.isMember;
  }

  assignments(): AsyncIterable<Assignment> {
    this.running ??= this.run().then(
      () => this.given.end(),
      (error: unknown) => this.given.fail(error),
    );
    return this.given;
  }

  progress(): readonly InputProgress[] {
    return this.tasks?.progress() ?? [];
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
        const end = await this.session(subscription, () => (attempt = 0));
        if (end?.kind !== 'stopped') continue;
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

  private async session(
    subscription: Subscription,
    onJoined: () => void,
  ): Promise<End | undefined> {
    await this.noticeClocks(subscription);
    const ended = Promise.withResolvers<End | undefined>();
    const stop = (cause: unknown): void => {
      const failure = kafkaFailure(this.name, cause);
      if (failure.retryable) ended.resolve({ kind: 'stopped', cause: reasonOf(cause) });
      else ended.reject(failure);
    };
    const watchdog = new Watchdog(this.limits, {
      onSilence: (ms) => stop(new Error(`no sign of life from the client for ${ms} ms`)),
      onFrozen: () => tasks.lose(),
    });
    const tasks = new Tasks({
      options: this.options,
      limits: this.limits,
      subscription,
      topics: this.topics,
      given: (task) => this.given.push(task),
      notify: (notice) => this.notify(notice),
    });
    const client = this.clientFor(subscription, tasks, {
      onAlive: () => watchdog.alive(),
      onJoined: () => {
        this.isMember = true;
        onJoined();
      },
      onStopped: stop,
    });
    this.tasks = tasks;
    tasks.use(client);
    const onClose = (): void => ended.resolve(undefined);
    this.closing.signal.addEventListener('abort', onClose);
    const refresh = setInterval(() => {
      this.look(subscription, tasks).then(
        (end) => {
          if (end !== undefined) ended.resolve(end);
        },
        (error: unknown) => {
          // Brokers that do not answer now are the watchdog's business.
          if (!(error instanceof Failure) || !error.retryable) ended.reject(error);
        },
      );
    }, this.limits.topicsRefreshMs);
    try {
      client.start().catch(stop);
      const end = await ended.promise;
      await tasks.end(end?.kind === 'stopped' ? 'lost' : 'closed');
      return end;
    } finally {
      this.isMember = false;
      clearInterval(refresh);
      watchdog.stop();
      this.closing.signal.removeEventListener('abort', onClose);
      await tasks.end('lost');
      await client.close();
    }
  }

  private clientFor(
    subscription: Subscription,
    tasks: Tasks,
    events: { onAlive(): void; onJoined(): void; onStopped(cause: unknown): void },
  ): GroupClient {
    const { connection, group, client = 'kafkajs' } = this.options;
    return createGroupClient(client, {
      connection,
      group,
      topics: [...subscription.keyed, ...subscription.references.map(({ name }) => name)],
      limits: this.limits,
      events: {
        claims: () => tasks.claims(),
        deal: (members) => tasks.deal(members),
        onLost: () => tasks.lose(),
        onJoined: (joined) => {
          tasks.reconcile(joined);
          events.onJoined();
        },
        onFetched: (fetched) => tasks.deliver(fetched),
        onOutOfRange: (place) => tasks.outOfRange(place),
        onAlive: () => events.onAlive(),
        onStopped: (cause) => events.onStopped(cause),
      },
    });
  }

  /** Looks at the topics again; a change ends the session. */
  private async look(subscription: Subscription, tasks: Tasks): Promise<End | undefined> {
    const found = subscribe(this.options, await this.topics.list());
    if ('missing' in found) return undefined;
    await tasks.look();
    return changeOf(subscription, found) === undefined ? undefined : { kind: 'changed' };
  }

  private async noticeClocks({ keyed }: Subscription): Promise<void> {
    for (const source of keyed) {
      const type = await this.topics.timestampType(source);
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

function reasonOf(cause: unknown): string {
  return causesOf(cause).at(-1)?.message ?? String(cause);
}
