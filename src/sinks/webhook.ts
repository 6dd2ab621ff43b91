import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Alert } from '../alert/alert.ts';
import { Failure } from '../base/failure.ts';
import type { JsonSchema } from '../base/schema.ts';
import type { DeadLetter } from './dead-letter.ts';
import { closedFailure, readFailure } from './file-failure.ts';
import { alertRecord } from './letter.ts';
import { documentReceipt, freshAlerts, RecentIds } from './recent-ids.ts';
import { checkedSettings, settingsSchema } from './settings.ts';
import type { Sink, SinkContext, SinkKind, SinkReceipt } from './sink.ts';

export interface WebhookSettings {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secret?: string;
  readonly format?: 'ecs' | 'text';
  readonly ca_file?: string;
  readonly timeout_ms?: number;
}

const TIMEOUT_MS = 10_000;

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });

const SETTINGS = settingsSchema(
  {
    url: { type: 'string', pattern: '^https?://[^/]+', description: 'where alerts are posted' },
    headers: {
      type: 'object',
      additionalProperties: { type: 'string' },
      propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
      description: 'headers of each request, for instance authorization',
    },
    secret: text('signs each body: X-Tidegate-Signature: sha256=HEX (HMAC)'),
    format: {
      enum: ['ecs', 'text'],
      default: 'ecs',
      description: 'the alert document, or {"text": "..."} as chat tools take it',
    },
    ca_file: text('PEM file of the authority that signed the server certificate'),
    timeout_ms: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: TIMEOUT_MS,
      description: 'how long to wait for an answer',
    },
  },
  ['url'],
);

/** Each alert as it opens, to an HTTP endpoint. */
export const webhook: SinkKind = {
  name: 'webhook',
  description: 'HTTP POST of each alert as it opens, signed, to a server of yours or a chat',
  settings: SETTINGS,
  canBePrimary: false,
  keepsStates: false,
  open: async (settings, context) => openWebhook(checkedSettings(SETTINGS, settings), context),
};

/** Opens the sink; nothing is sent yet. */
export function openWebhook(settings: WebhookSettings, context: SinkContext = {}): Sink {
  return new Webhook(settings, context.deadLetter);
}

/** What an answer means: taken, refused for what it was, or not now. */
type Verdict = 'taken' | 'there' | 'refused';

class Webhook implements Sink {
  readonly name: string;
  private readonly settings: WebhookSettings;
  private readonly url: URL;
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly deadLetter: DeadLetter | undefined;
  private readonly ids = new RecentIds();
  private isClosed = false;

  constructor(settings: WebhookSettings, deadLetter: DeadLetter | undefined) {
    this.settings = settings;
    this.url = new URL(settings.url);
    // Paths of webhooks often hold their secret.
    this.name = this.url.origin;
    this.deadLetter = deadLetter;
    const options = { keepAlive: true, maxSockets: 1 };
    this.agent =
      this.url.protocol === 'https:'
        ? new HttpsAgent({ ...options, ...authorityOf(settings.ca_file) })
        : new HttpAgent(options);
  }

  // One after the other: the receiver hears of alerts in their order, and a batch that stopped in
  // the middle goes on there.
  async write(batch: readonly Alert[], signal?: AbortSignal): Promise<SinkReceipt> {
    if (this.isClosed) throw closedFailure(this.name);
    let created = 0;
    for (const alert of freshAlerts(batch, this.ids)) {
      const verdict = await this.post(alert, signal);
      if (verdict === 'taken') created++;
      this.ids.add(alert.id);
    }
    return documentReceipt(batch, created);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    this.agent.destroy();
  }

  private async post(alert: Alert, signal: AbortSignal | undefined): Promise<Verdict> {
    const body = bodyOf(alert, this.settings.format ?? 'ecs');
    const { status, reason } = await this.send(alert.id, body, signal);
    if (status >= 200 && status < 300) return 'taken';
    if (status === 409) return 'there';
    if (SHAPE.has(status)) {
      await this.bury(alert, `status ${status}: ${reason}`);
      return 'refused';
    }
    const retryable = status >= 500 || LATER.has(status);
    const message = `${this.name}: answers ${status}${reason === '' ? '' : `: ${reason}`}`;
    throw new Failure(retryable ? 'peer_unreachable' : 'peer_refused', { message, retryable });
  }

  private async bury(alert: Alert, detail: string): Promise<void> {
    if (this.deadLetter === undefined) {
      const message = `${this.name}: does not take an alert: ${detail}`;
      throw new Failure('peer_refused', { message, retryable: false });
    }
    this.deadLetter.add(alertRecord(alert), { reason: 'document_refused', detail });
    await this.deadLetter.flush();
  }

  private send(id: string, body: Buffer, signal: AbortSignal | undefined): Promise<Answer> {
    const { url, agent, settings } = this;
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const deadline = AbortSignal.timeout(settings.timeout_ms ?? TIMEOUT_MS);
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const fail = (cause: Error): void => reject(this.failure(cause, deadline.aborted));
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent,
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'user-agent': 'tidegate',
          ...settings.headers,
          'idempotency-key': id,
          ...signatureOf(body, settings.secret),
        },
      },
      (response) => {
        readAnswer(response).then(resolve, fail);
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
    return promise;
  }

  private failure(cause: Error & { readonly code?: unknown }, isLate: boolean): Failure {
    const isUntrusted = /certificate|altname/i.test(cause.message);
    const reason = isLate ? 'does not answer in time' : cause.message || String(cause.code);
    return new Failure(isUntrusted ? 'peer_refused' : 'peer_unreachable', {
      message: `${this.name}: ${reason}`,
      retryable: !isUntrusted,
      cause,
    });
  }
}

/** The receiver understands the request and not this document. */
const SHAPE: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

interface Answer {
  readonly status: number;
  /** The beginning of what it says. */
  readonly reason: string;
}

const REASON_MAX = 200;

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  let reason = '';
  for await (const chunk of response.setEncoding('utf8')) {
    if (reason.length < REASON_MAX) reason += String(chunk).slice(0, REASON_MAX);
  }
  return { status: response.statusCode ?? 0, reason: reason.slice(0, REASON_MAX).trim() };
}

function bodyOf(alert: Alert, format: 'ecs' | 'text'): Buffer {
  if (format === 'ecs') return Buffer.from(JSON.stringify(alert.document));
  const time = new Date(alert.time).toISOString();
  const line = `${time} ${alert.level}: ${alert.state.sentence}`;
  return Buffer.from(JSON.stringify({ text: disarmed(line) }));
}

/** Names from telemetry must not mention people, open links or become markup in a chat. */
function disarmed(line: string): string {
  return line
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//')
    .replaceAll(/[*_~`[\]|]/g, (sign) => `${sign}\u200b`);
}

function signatureOf(body: Buffer, secret: string | undefined): Readonly<Record<string, string>> {
  if (secret === undefined) return {};
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  return { 'x-tidegate-signature': `sha256=${digest}` };
}

function authorityOf(path: string | undefined): { readonly ca?: string } {
  if (path === undefined) return {};
  try {
    return { ca: readFileSync(path, 'utf8') };
  } catch (cause) {
    throw readFailure(path, cause);
  }
}
