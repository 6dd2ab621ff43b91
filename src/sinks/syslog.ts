import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';
import type { Alert } from '../alert/alert.ts';
import { Failure } from '../base/failure.ts';
import type { JsonSchema } from '../base/schema.ts';
import { closedFailure, readFailure } from './file-failure.ts';
import { documentReceipt, freshAlerts, RecentIds } from './recent-ids.ts';
import { checkedSettings, settingsSchema } from './settings.ts';
import type { Sink, SinkKind, SinkReceipt } from './sink.ts';

export interface SyslogSettings {
  readonly host: string;
  readonly port?: number;
  readonly tls?: boolean;
  readonly ca_file?: string;
  readonly format?: 'text' | 'ecs';
  readonly timeout_ms?: number;
}

const PORT = 601;
const TLS_PORT = 6514;
const TIMEOUT_MS = 10_000;

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });

const SETTINGS = settingsSchema(
  {
    host: text('the collector'),
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      description: `default ${PORT}, with TLS ${TLS_PORT}`,
    },
    tls: { type: 'boolean', default: false, description: 'TLS (RFC 5425)' },
    ca_file: text('PEM file of the authority that signed the certificate of the collector'),
    format: {
      enum: ['text', 'ecs'],
      default: 'text',
      description: 'a sentence, or the whole alert document as JSON',
    },
    timeout_ms: {
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: TIMEOUT_MS,
      description: 'how long connecting and writing may take',
    },
  },
  ['host'],
);

/** Each alert as it opens, to a syslog collector. */
export const syslog: SinkKind = {
  name: 'syslog',
  description: 'RFC 5424 over TCP or TLS; the protocol has no acknowledgements',
  settings: SETTINGS,
  canBePrimary: false,
  keepsStates: false,
  open: async (settings) => openSyslog(checkedSettings(SETTINGS, settings)),
};

/** Opens the sink; it connects with the first batch. */
export function openSyslog(settings: SyslogSettings): Sink {
  return new Syslog(settings);
}

class Syslog implements Sink {
  readonly name: string;
  private readonly settings: SyslogSettings;
  private readonly ids = new RecentIds();
  private socket: Socket | undefined;
  private isClosed = false;

  constructor(settings: SyslogSettings) {
    this.settings = settings;
    this.name = `syslog ${settings.host}:${portOf(settings)}`;
  }

  async write(batch: readonly Alert[], signal?: AbortSignal): Promise<SinkReceipt> {
    if (this.isClosed) throw closedFailure(this.name);
    const fresh = freshAlerts(batch, this.ids);
    if (fresh.length > 0) {
      const frames = fresh.map((alert) => frameOf(alert, this.settings.format ?? 'text'));
      await this.send(Buffer.concat(frames), signal);
      for (const { id } of fresh) this.ids.add(id);
    }
    return documentReceipt(batch, fresh.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    const { socket } = this;
    this.socket = undefined;
    if (socket === undefined || socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.end(resolve);
    socket.once('close', () => resolve());
    await promise;
    socket.destroy();
  }

  /** Resolves when the other side's system has the bytes: that is all that TCP tells. */
  private async send(bytes: Buffer, signal: AbortSignal | undefined): Promise<void> {
    const deadline = AbortSignal.timeout(this.settings.timeout_ms ?? TIMEOUT_MS);
    const over = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
    const socket = this.socket ?? open(this.settings);
    this.socket = socket;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onError = (cause: Error): void => reject(cause);
    const onClose = (): void => reject(new Error('the collector closed the connection'));
    const onOver = (): void => reject(new Error('does not take what is written in time'));
    socket.on('error', onError);
    socket.on('close', onClose);
    over.addEventListener('abort', onOver);
    socket.write(bytes, (cause) => {
      if (cause === null || cause === undefined) resolve();
      else reject(cause);
    });
    try {
      await promise;
    } catch (cause) {
      this.socket = undefined;
      socket.on('error', () => undefined);
      socket.destroy();
      throw this.failure(cause);
    } finally {
      socket.off('error', onError);
      socket.off('close', onClose);
      over.removeEventListener('abort', onOver);
    }
  }

  private failure(cause: unknown): Failure {
    const message = cause instanceof Error ? cause.message : String(cause);
    const isUntrusted = /certificate|altname/i.test(message);
    return new Failure(isUntrusted ? 'peer_refused' : 'peer_unreachable', {
      message: `${this.name}: ${message}`,
      retryable: !isUntrusted,
      cause,
    });
  }
}

function portOf({ port, tls = false }: SyslogSettings): number {
  return port ?? (tls ? TLS_PORT : PORT);
}

function open(settings: SyslogSettings): Socket {
  const { host, tls = false, ca_file: caFile } = settings;
  const port = portOf(settings);
  const socket = tls
    ? connectTls({ host, port, ...(caFile === undefined ? {} : { ca: read(caFile) }) })
    : connect({ host, port });
  socket.setKeepAlive(true, 30_000);
  // What a collector says is of no use, and unread it would hold the connection open.
  socket.resume();
  // A connection may break between two batches, when nobody waits for an answer.
  socket.on('error', () => undefined);
  return socket;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw readFailure(path, cause);
  }
}

/** `local0`, which is free for use (RFC 5424, table 1). */
const FACILITY = 16;
/** Table 2: critical, error, warning, notice, informational. */
const SEVERITIES: Readonly<Record<Alert['level'], number>> = {
  critical: 2,
  high: 3,
  medium: 4,
  low: 5,
  informational: 6,
};
/** The private enterprise number that documentation may use (RFC 5612). */
const STRUCTURE = 'tidegate@32473';

/** One message with its length before it (RFC 6587, octet counting): it may hold anything. */
function frameOf(alert: Alert, format: 'text' | 'ecs'): Buffer {
  const { id, level, ruleId, state } = alert;
  const content = format === 'ecs' ? JSON.stringify(alert.document) : onOneLine(state.sentence);
  const parameters = { id, rule: ruleId, level, count: String(state.version) };
  const data = Object.entries(parameters).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const priority = FACILITY * 8 + SEVERITIES[level];
  const time = new Date(alert.time).toISOString();
  const head = `<${priority}>1 ${time} ${sender()} tidegate ${process.pid} alert`;
  // The mark says that the text is UTF-8 (RFC 5424, 6.4).
  const message = Buffer.from(`${head} [${STRUCTURE}${data.join('')}] \ufeff${content}`);
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

/** Printable ASCII without blanks, as the header asks. */
function sender(): string {
  return (
    hostname()
      .replaceAll(/[^\x21-\x7e]/g, '')
      .slice(0, 255) || '-'
  );
}

function escaped(value: string): string {
  return onOneLine(value).replaceAll(/["\\\]]/g, (sign) => `\\${sign}`);
}

/** A collector may cut at line ends, so a name from telemetry must not make a second message. */
function onOneLine(value: string): string {
  // eslint-disable-next-line no-control-regex
  return value.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}
