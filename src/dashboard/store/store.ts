import { Failure } from '../../base/failure.ts';
import { moduleBeside, Thread } from '../../runtime/workers/thread.ts';
import type { Questions } from './questions.ts';

/** What the thread is made with. */
export interface StoreData {
  readonly path: string;
  readonly indexPath: string;
}

export interface StoreOrder {
  readonly number: number;
  readonly question: keyof Questions;
  readonly args: readonly unknown[];
}

/** Where the store is: of its log, of triage, and how much the index has not taken yet. */
export interface StoreNews {
  readonly place: number;
  readonly triage: number;
  readonly behind: number;
}

export type StoreReport =
  | { readonly kind: 'answer'; readonly number: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly number: number; readonly message: string }
  | { readonly kind: 'news'; readonly news: StoreNews }
  | { readonly kind: 'trouble'; readonly message: string };

type Answer<Q extends keyof Questions> = Awaited<ReturnType<Questions[Q]>>;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Questions under way; more are refused, so that a burst can not fill the memory. */
const WAITING_MAX = 256;

/** The alert store as the server sees it: asked in a thread, so that no query holds up a request. */
export class DashboardStore implements AsyncDisposable {
  readonly #thread: Thread<StoreOrder, StoreReport>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(news: StoreNews) => void>();
  #asked = 0;
  #news: StoreNews = { place: 0, triage: 0, behind: 0 };
  #trouble: string | undefined;
  #failure: Error | undefined;

  constructor(data: StoreData) {
    this.#thread = new Thread({
      module: moduleBeside(import.meta.url, 'worker'),
      data,
      onReport: (report) => this.#take(report),
      onError: (error) => this.#fail(error instanceof Error ? error : new Error(String(error))),
    });
  }

  get news(): StoreNews {
    return this.#news;
  }

  /** Why the store can not be read now; undefined when it can. */
  get trouble(): string | undefined {
    return this.#failure?.message ?? this.#trouble;
  }

  /** Throws a Failure when the store is overloaded or gone. */
  ask<Q extends keyof Questions>(
    question: Q,
    ...args: Parameters<Questions[Q]>
  ): Promise<Answer<Q>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#waiting.size >= WAITING_MAX) {
      const message = 'the alert store has too many questions waiting; try again in a moment';
      return Promise.reject(new Failure('store_locked', { message, retryable: true }));
    }
    const number = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve: (value) => resolve(value as Answer<Q>), reject });
      this.#thread.order({ number, question, args });
    });
  }

  /** Calls the listener on each change of alerts or triage, until the returned function is called. */
  onNews(listener: (news: StoreNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]();
    this.#fail(new Failure('store_closed', { message: 'the page is closing', retryable: false }));
  }

  #take(report: StoreReport): void {
    if (report.kind === 'trouble') {
      this.#trouble = report.message;
    } else if (report.kind === 'news') {
      this.#trouble = undefined;
      this.#news = report.news;
      for (const listener of this.#listeners) listener(report.news);
    } else {
      const waiting = this.#waiting.get(report.number);
      this.#waiting.delete(report.number);
      if (report.kind === 'answer') waiting?.resolve(report.value);
      else waiting?.reject(new Error(report.message));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
