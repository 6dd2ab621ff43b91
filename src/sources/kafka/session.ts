import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from '../../base/failure.ts';
import { causesOf, isDamage, kafkaFailure } from '../../kafka/failure.ts';
import type { KafkaTopics } from '../../kafka/topics.ts';
import type { Assignment, Revocation, SourceNotice } from '../source.ts';
import type { GroupClient } from './client.ts';
import { createGroupClient } from './create-client.ts';
import type { KafkaClientName, KafkaLimits, KafkaSourceOptions } from './options.ts';
import { changeOf, subscribe, type Subscription } from './subscription.ts';
import { Tasks } from './tasks.ts';
import { Watchdog } from './watchdog.ts';

/** How a session ended: the source was closed, the client has stopped, or the topics have changed. */
export type SessionEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'changed' }
  | {
      readonly kind: 'stopped';
      readonly cause: string;
      /** Bytes came that the client could not decode: it would stop at them again. */
      readonly isDamage: boolean;
    };

export interface SessionOptions {
  readonly name: string;
  readonly client: KafkaClientName;
  readonly options: KafkaSourceOptions;
  readonly limits: KafkaLimits;
  readonly subscription: Subscription;
  readonly topics: KafkaTopics;
  readonly given: (task: Assignment) => void;
  readonly notify: (notice: SourceNotice) => void;
}

/** What becomes of tasks when a session ends so. */
const REVOCATIONS: Readonly<Record<SessionEnd['kind'], Revocation>> = {
  closed: 'closed',
  changed: 'moving',
  stopped: 'lost',
};

/** One membership in the group, from joining to leaving, over topics that stay the same. */
export class Session {
  readonly tasks: Tasks;
  /** False before the first round of dealing, and from the end on. */
  isMember = false;
  wasMember = false;
  private readonly options: SessionOptions;
  private readonly client: GroupClient;
  private readonly watchdog: Watchdog;
  private readonly ended: PromiseWithResolvers<SessionEnd> = Promise.withResolvers<SessionEnd>();

  constructor(options: SessionOptions) {
    const { limits } = options;
    this.options = options;
    this.tasks = new Tasks({ ...options, start: options.options.start ?? 'earliest' });
    this.watchdog = new Watchdog(limits, {
      onSilence: (ms) => this.stop(new Error(`no sign of life from the client for ${ms} ms`)),
      onFrozen: (ms) => this.stop(new Error(`this process stood still for ${ms} ms`)),
    });
    this.client = this.createClient();
    this.tasks.use(this.client);
  }

  /** Resolves when the session is over and its tasks are released; rejects with a Failure. */
  async run(closing: AbortSignal): Promise<SessionEnd> {
    const close = (): void => this.ended.resolve({ kind: 'closed' });
    closing.addEventListener('abort', close);
    if (closing.aborted) close();
    const over = new AbortController();
    let revocation: Revocation = 'lost';
    try {
      this.client.start().catch((error: unknown) => this.stop(error));
      this.keepLooking(over.signal).catch((error: unknown) => this.ended.reject(error));
      const end = await this.ended.promise;
      revocation = REVOCATIONS[end.kind];
      return end;
    } finally {
      this.isMember = false;
      over.abort();
      this.watchdog.stop();
      closing.removeEventListener('abort', close);
      await this.tasks.end(revocation);
      await this.client.close();
    }
  }

  private createClient(): GroupClient {
    const { options, subscription, limits } = this.options;
    const { tasks } = this;
    return createGroupClient(this.options.client, {
      connection: options.connection,
      group: options.group,
      topics: [...subscription.keyed, ...subscription.references.map(({ name }) => name)],
      limits,
      events: {
        claims: () => tasks.claims(),
        deal: (members) => tasks.deal(members),
        onLost: () => tasks.lose(),
        onJoined: (joined) => {
          this.isMember = true;
          this.wasMember = true;
          tasks.reconcile(joined);
        },
        onFetched: (fetched) => tasks.deliver(fetched),
        onOutOfRange: (place) => tasks.outOfRange(place),
        onAlive: () => this.watchdog.alive(),
        onStopped: (cause) => this.stop(cause),
      },
    });
  }

  /** The client will not go on. If we are not let in, no new client will either. */
  private stop(cause: unknown): void {
    const failure = kafkaFailure(this.options.name, cause);
    const reason = causesOf(cause).at(-1)?.message ?? String(cause);
    if (failure.retryable) {
      this.ended.resolve({ kind: 'stopped', cause: reason, isDamage: isDamage(cause) });
    }
    this.ended.reject(failure);
  }

  /** Looks at the topics from time to time; a change ends the session. */
  private async keepLooking(over: AbortSignal): Promise<void> {
    const { topics, options, subscription, limits } = this.options;
    const pause = (): Promise<boolean> =>
      sleep(limits.topicsRefreshMs, true, { signal: over }).catch(() => false);
    while (await pause()) {
      try {
        const found = subscribe(options, await topics.list());
        await this.tasks.look();
        if ('missing' in found || changeOf(subscription, found) === undefined) continue;
        this.ended.resolve({ kind: 'changed' });
      } catch (error) {
        // Brokers that do not answer now are the watchdog's business.
        if (!(error instanceof Failure) || !error.retryable) throw error;
      }
    }
  }
}
