import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, estypes } from '@elastic/elasticsearch';
import { assert } from '../../base/assert.ts';
import { Failure } from '../../base/failure.ts';
import type { SinkObserver, SinkTrouble } from '../sink.ts';
import { Breaker } from './breaker.ts';
import { isOtherVersion, reasonOf, requestFailure, retryAfterMs, statusOf } from './failure.ts';

/** One document to write. */
export interface BulkOperation {
  readonly index: string;
  readonly id: string;
  /** Undefined: created, if it is not there. Else it takes the place of an earlier version. */
  readonly version: number | undefined;
  /** The document as JSON, made anew for each try, since it may say when it was sent. */
  readonly document: () => string;
}

/** What became of it. `there`: the same, or a later version, had been written before. */
export type BulkOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'there' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface BulkOptions {
  readonly client: Client;
  /** For people. */
  readonly address: string;
  readonly concurrency: number;
  readonly bodyBytesMax: number;
  readonly observer?: SinkObserver | undefined;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Documents in one request. */
export const ITEMS_MAX = 1000;
/** How often in a row nothing gets through before the whole batch is given back to the caller. */
export const TRIES_MAX = 6;
const WAIT_MS_FIRST = 100;
const WAIT_MS_MAX = 10_000;

interface Pending {
  readonly operation: BulkOperation;
  /** Its place among the outcomes. */
  readonly place: number;
}

/** What a request told: outcomes of its operations, and those to send again. */
interface Answer {
  readonly again: readonly Pending[];
  /** The request as a whole was not taken. */
  readonly isWhole: boolean;
  readonly trouble: SinkTrouble;
  readonly failure: Failure;
  readonly waitMs: number;
}

/**
 * Writes documents with the bulk interface. One refused document never costs another: each has its
 * own outcome. What the server can not take now is sent again, a few times with growing, jittered
 * waits; then the Failure says why. Everything it sends may be sent twice, so an answer that got
 * lost is no trouble.
 */
export class BulkWriter {
  private readonly options: BulkOptions;
  private readonly breaker: Breaker;
  // Halved when a request was too much for the server, and grown back slowly.
  private itemsMax = ITEMS_MAX;
  private bytesMax: number;

  constructor(options: BulkOptions) {
    this.options = options;
    this.bytesMax = options.bodyBytesMax;
    this.breaker = new Breaker(options.address, options.now ?? Date.now);
  }

  /** The outcome of each operation, in their order. */
  async write(
    operations: readonly BulkOperation[],
    signal: AbortSignal,
  ): Promise<readonly BulkOutcome[]> {
    const outcomes: BulkOutcome[] = [];
    let pending: readonly Pending[] = operations.map((operation, place) => ({ operation, place }));
    let stuck = 0;
    while (pending.length > 0) {
      const { length } = pending;
      const size = this.itemsMax;
      const answers = await this.round(pending, outcomes, signal);
      const [first] = answers;
      if (first === undefined) break;
      pending = answers.flatMap(({ again }) => again);
      this.report(answers);
      const hasProgress = pending.length < length || this.itemsMax < size;
      stuck = hasProgress ? 1 : stuck + 1;
      if (stuck >= TRIES_MAX || signal.aborted) throw first.failure;
      await this.pause(stuck, Math.max(...answers.map(({ waitMs }) => waitMs)), signal);
      if (signal.aborted) throw first.failure;
    }
    assert(outcomes.length === operations.length, 'every operation has an outcome');
    return outcomes;
  }

  private report(answers: readonly Answer[]): void {
    for (const { again, trouble } of answers) {
      if (again.length > 0) this.options.observer?.retried?.(again.length, trouble);
    }
    const final = answers.find(({ failure }) => !failure.retryable);
    if (final !== undefined) throw final.failure;
  }

  // Sends everything once, a few requests at a time.
  private async round(
    pending: readonly Pending[],
    outcomes: BulkOutcome[],
    signal: AbortSignal,
  ): Promise<readonly Answer[]> {
    const requests = this.split(pending);
    const answers: Answer[] = [];
    const worker = async (): Promise<void> => {
      for (let next = requests.shift(); next !== undefined; next = requests.shift()) {
        const answer = await this.send(next, outcomes, signal);
        if (answer === undefined) continue;
        answers.push(answer);
        if (!answer.isWhole) continue;
        // What has not been sent yet waits too, and is cut anew.
        const unsent = requests.splice(0).flatMap(({ pending: rest }) => rest);
        answers.push({ ...answer, again: unsent });
      }
    };
    // All of them have ended before anybody hears of a failure: nothing is sent behind their backs.
    const ends = await Promise.allSettled(
      Array.from({ length: this.options.concurrency }, async () => worker()),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return answers;
  }

  private split(pending: readonly Pending[]): Request[] {
    const requests: Request[] = [];
    let request: Request | undefined;
    for (const one of pending) {
      const document = one.operation.document();
      const bytes = Buffer.byteLength(document) + ACTION_BYTES;
      const isFull =
        request !== undefined &&
        (request.pending.length >= this.itemsMax || request.bytes + bytes > this.bytesMax);
      if (request === undefined || isFull) {
        request = { pending: [], lines: [], bytes: 0 };
        requests.push(request);
      }
      request.pending.push(one);
      request.lines.push(actionOf(one.operation), document);
      request.bytes += bytes;
    }
    return requests;
  }

  private async send(
    request: Request,
    outcomes: BulkOutcome[],
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    this.breaker.enter();
    let items: readonly Item[];
    try {
      const { client } = this.options;
      const response = await client.bulk<string>({ operations: request.lines }, { signal });
      items = itemsOf(response.items, request.pending.length);
    } catch (cause) {
      return this.failed(request, outcomes, cause, signal);
    }
    this.breaker.succeeded();
    this.itemsMax = Math.min(this.itemsMax + 1, ITEMS_MAX);
    return this.settle(request, items, outcomes);
  }

  private settle(
    request: Request,
    items: readonly Item[],
    outcomes: BulkOutcome[],
  ): Answer | undefined {
    const again: Pending[] = [];
    let worst: Item | undefined;
    items.forEach((item, at) => {
      const one = request.pending[at];
      if (one === undefined) return;
      const outcome = outcomeOf(item);
      if (outcome !== undefined) {
        outcomes[one.place] = outcome;
        return;
      }
      again.push(one);
      if (worst === undefined || isFinal(item)) worst = item;
    });
    if (worst === undefined) return undefined;
    if (troubleOf(worst) === 'busy') this.shrink(request);
    return {
      again,
      isWhole: false,
      trouble: troubleOf(worst),
      failure: this.itemFailure(worst),
      waitMs: 0,
    };
  }

  private itemFailure(item: Item): Failure {
    const message = `${this.options.address}: ${item.type}: ${item.reason}`;
    if (!isFinal(item)) return new Failure('peer_unreachable', { message, retryable: true });
    const code = item.status === 404 ? 'store_unprepared' : 'peer_refused';
    return new Failure(code, { message, retryable: false });
  }

  // The request as a whole went wrong. What it held is sent again, in smaller pieces where that
  // may help.
  private failed(
    request: Request,
    outcomes: BulkOutcome[],
    cause: unknown,
    signal: AbortSignal,
  ): Promise<Answer | undefined> | Answer | undefined {
    const failure = requestFailure(this.options.address, cause);
    const status = statusOf(cause);
    const { pending } = request;
    if (status === 413) this.bytesMax = Math.max(BYTES_MIN, Math.floor(request.bytes / 2));
    if ((status === 400 && !isOtherVersion(cause)) || status === 413) {
      this.breaker.succeeded();
      const [only] = pending;
      if (pending.length > 1 || only === undefined) return this.halves(request, outcomes, signal);
      outcomes[only.place] = { kind: 'refused', reason: reasonOf(cause) };
      return undefined;
    }
    const waitMs = retryAfterMs(cause) ?? 0;
    const whole = { again: pending, isWhole: true, failure, waitMs };
    if (status === 429) {
      // It is there and has too much to do: smaller requests may pass.
      this.breaker.succeeded();
      this.shrink(request);
      return { ...whole, trouble: 'busy' };
    }
    this.breaker.failed(waitMs);
    if (!failure.retryable) throw failure;
    return { ...whole, trouble: status === undefined ? 'unreachable' : 'failed' };
  }

  private shrink({ pending }: Request): void {
    this.itemsMax = Math.max(1, Math.min(this.itemsMax, Math.floor(pending.length / 2)));
  }

  // Finds the document for which the whole request was refused, without costing the others.
  private async halves(
    request: Request,
    outcomes: BulkOutcome[],
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const middle = Math.ceil(request.pending.length / 2);
    const answers: Answer[] = [];
    for (const [from, to] of [
      [0, middle],
      [middle, request.pending.length],
    ] as const) {
      const half = {
        pending: request.pending.slice(from, to),
        lines: request.lines.slice(from * 2, to * 2),
        bytes: Math.ceil(request.bytes / 2),
      };
      const answer = await this.send(half, outcomes, signal);
      if (answer !== undefined) answers.push(answer);
    }
    const [first] = answers;
    return first === undefined
      ? undefined
      : { ...first, again: answers.flatMap(({ again }) => again) };
  }

  private async pause(stuck: number, askedMs: number, signal: AbortSignal): Promise<void> {
    const { random = Math.random, wait = waitFor } = this.options;
    const longest = Math.min(WAIT_MS_FIRST * 2 ** (stuck - 1), WAIT_MS_MAX);
    const ms = Math.max(longest * (0.5 + random() / 2), Math.min(askedMs, WAIT_MS_MAX));
    await wait(Math.round(ms), signal);
  }
}

interface Request {
  readonly pending: Pending[];
  /** Action and document in turn. */
  readonly lines: string[];
  bytes: number;
}

/** An action line is a little shorter: index, id and version are short. */
const ACTION_BYTES = 200;
const BYTES_MIN = 10_000;

function actionOf({ index, id, version }: BulkOperation): string {
  const action =
    version === undefined
      ? { create: { _index: index, _id: id } }
      : { index: { _index: index, _id: id, version, version_type: 'external_gte' } };
  return JSON.stringify(action);
}

interface Item {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

function itemsOf(
  items: readonly Partial<Record<string, estypes.BulkResponseItem>>[],
  expected: number,
): readonly Item[] {
  const read = items.map((item): Item => {
    const { status = 0, error } = item['create'] ?? item['index'] ?? {};
    const reason = error?.caused_by?.reason;
    return {
      status,
      type: error?.type ?? 'unknown',
      reason: [error?.reason, reason].filter((text) => typeof text === 'string').join(': '),
    };
  });
  if (read.length === expected) return read;
  throw new Failure('peer_unreachable', {
    message: `the answer has ${read.length} items for ${expected} documents`,
    retryable: true,
  });
}

/** Undefined for what must be sent again, or stops everything. */
function outcomeOf({ status, type, reason }: Item): BulkOutcome | undefined {
  if (status === 200 || status === 201) return { kind: 'written' };
  if (status === 409) return { kind: 'there' };
  if (status === 400 || status === 413) {
    return { kind: 'refused', reason: `${type}: ${reason}`.slice(0, REASON_MAX) };
  }
  return undefined;
}

const REASON_MAX = 500;

/** The credentials lack a right for this index, or it is missing: waiting does not help. */
function isFinal({ status, type }: Item): boolean {
  return status === 404 || (status === 403 && type === 'security_exception');
}

function troubleOf({ status, type }: Item): SinkTrouble {
  if (type === 'cluster_block_exception') return 'blocked';
  return status === 429 ? 'busy' : 'failed';
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
