import { setTimeout as sleep } from 'node:timers/promises';

import { Failure } from '../../base/failure.ts';
import {
  countDelivered,
  nothingDelivered,
  type Delivered,
  type OutgoingRecord,
  type RecordTarget,
} from './target.ts';

/** Requests for one batch, the first included. */
export const ATTEMPTS_MAX = 8;
const ANSWER_MS_MAX = 30_000;
const WAIT_MS_FIRST = 250;
const WAIT_MS_MAX = 30_000;
/** What is shown of a refusal's text. */
const REASON_LENGTH_MAX = 200;

export interface HttpTargetOptions {
  readonly url: string;
  /** Beside the content type: names and values as they are sent. */
  readonly headers?: readonly (readonly [string, string])[];
  /** A request's body is not larger, unless a single record is. */
  readonly bodyBytesMax: number;
  /** Ends waiting between attempts; a request that is under way is answered. */
  readonly signal: AbortSignal;
  /** How to pass the time between two attempts; for tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Posts records as NDJSON, one request after the other, so that their order is kept. What a busy or failing
 * server refuses (429, 5xx, no connection) is sent again after a growing pause, or the one that it asks for; any
 * other refusal is a failure at once. A batch whose answer was lost may arrive twice.
 */
export function openHttpTarget(options: HttpTargetOptions): RecordTarget {
  return new HttpTarget(options);
}

class HttpTarget implements RecordTarget {
  readonly name: string;
  readonly delivered: Delivered = nothingDelivered();
  private readonly options: HttpTargetOptions;
  private readonly headers: Headers;
  private waiting: OutgoingRecord[] = [];
  private waitingBytes = 0;

  constructor(options: HttpTargetOptions) {
    this.name = options.url;
    this.options = options;
    this.headers = new Headers([
      ['content-type', 'application/x-ndjson'],
      ...(options.headers ?? []),
    ] as [string, string][]);
  }

  async write(records: readonly OutgoingRecord[]): Promise<void> {
    for (const record of records) {
      const bytes = record.payload.length + 1;
      const isFull = this.waitingBytes + bytes > this.options.bodyBytesMax;
      if (isFull) await this.flush();
      this.waiting.push(record);
      this.waitingBytes += bytes;
    }
  }

  async flush(): Promise<void> {
    if (this.waiting.length === 0) return;
    const records = this.waiting;
    const body = new Uint8Array(this.waitingBytes);
    let at = 0;
    for (const { payload } of records) {
      body.set(payload, at);
      at += payload.length + 1;
      body[at - 1] = NEWLINE;
    }
    this.waiting = [];
    this.waitingBytes = 0;
    await this.post(body);
    countDelivered(this.delivered, records);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  private async post(body: Uint8Array<ArrayBuffer>): Promise<void> {
    const { signal, wait } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const refusal = await this.attempt(body);
      if (refusal === undefined) return;
      if (!refusal.failure.retryable || attempt === ATTEMPTS_MAX) throw refusal.failure;
      const ms = refusal.askedMs ?? WAIT_MS_FIRST * 2 ** (attempt - 1);
      await (wait ?? pause)(Math.min(ms, WAIT_MS_MAX), signal);
      if (signal.aborted) throw refusal.failure;
      this.delivered.retries += 1;
    }
  }

  private async attempt(body: Uint8Array<ArrayBuffer>): Promise<Refusal | undefined> {
    const { url } = this.options;
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: this.headers,
        body,
        redirect: 'manual',
        // Not ended by the caller's signal: an answer that is on its way says what arrived.
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      const text = await answer.text();
      return answer.ok ? undefined : refusalOf(url, answer, text);
    } catch (cause) {
      return { failure: failure(url, reasonOf(cause), { retryable: true, cause }) };
    }
  }
}

const NEWLINE = 0x0a;

interface Refusal {
  readonly failure: Failure;
  /** The pause that the server asks for. */
  readonly askedMs?: number;
}

function refusalOf(url: string, answer: Response, text: string): Refusal {
  const { status, statusText, headers } = answer;
  const place = headers.get('location');
  const more = place === null ? text.trim().slice(0, REASON_LENGTH_MAX) : `see ${place}`;
  const detail = `${status} ${statusText}${more === '' ? '' : `: ${more}`}`;
  const retryable = status === 429 || status >= 500;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return {
    failure: failure(url, `the server answered ${detail}`, { retryable }),
    ...(seconds >= 0 ? { askedMs: seconds * 1000 } : {}),
  };
}

function failure(
  url: string,
  reason: string,
  details: { readonly retryable: boolean; readonly cause?: unknown },
): Failure {
  const code = details.retryable ? 'peer_unreachable' : 'peer_refused';
  return new Failure(code, { message: `${url}: ${reason}`, ...details });
}

// fetch says only that it failed; the reason is its cause.
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `no answer within ${ANSWER_MS_MAX / 1000} s`;
  if (!(cause instanceof Error)) return message;
  // Of several addresses that were tried, each has a message, and together they have none.
  return cause.message === '' ? ((cause as NodeJS.ErrnoException).code ?? message) : cause.message;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
