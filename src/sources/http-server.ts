import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { Failure } from '../base/failure.ts';

/** Where a receiver listens, and what it takes. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** Files of the certificate and its key; without them plain HTTP is spoken. */
  readonly tls?: { readonly certPath: string; readonly keyPath: string };
  /** Of one body, before and after it is unpacked. */
  readonly bodyBytesMax: number;
  /** Of all bodies that are being received and handled. */
  readonly openBytesMax: number;
}

/** What a route is asked; the body is unpacked. */
export interface HttpQuestion {
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

/** What it answers, as JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Routes by `METHOD /path`. */
export type HttpRoutes = ReadonlyMap<string, (question: HttpQuestion) => Promise<HttpAnswer>>;

const REQUEST_MS_MAX = 30_000;
const CONNECTIONS_MAX = 4096;
const RETRY: Readonly<Record<string, string>> = { 'retry-after': '1' };

const unpack = promisify(gunzip);

/** A server of a few routes, each with a bounded body; nothing of a request is trusted. */
export class HttpServer implements AsyncDisposable {
  readonly #settings: HttpSettings;
  readonly #routes: HttpRoutes;
  readonly #server: Server;
  #openBytes = 0;

  private constructor(settings: HttpSettings, routes: HttpRoutes) {
    this.#settings = settings;
    this.#routes = routes;
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#handle(request, response);
    };
    const limits = { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX };
    const { tls } = settings;
    this.#server =
      tls === undefined
        ? createServer(limits, handle)
        : createTlsServer({ ...limits, ...readTls(tls) }, handle);
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  static async listen(settings: HttpSettings, routes: HttpRoutes): Promise<HttpServer> {
    const server = new HttpServer(settings, routes);
    server.#server.listen(settings.port, settings.host);
    try {
      await once(server.#server, 'listening');
    } catch (cause) {
      throw new Failure('source_unreadable', {
        message: `${settings.host}:${settings.port}: can not listen there (${codeOf(cause)})`,
        retryable: false,
        cause,
      });
    }
    return server;
  }

  /** Host and port; the system chose the port where the settings said 0. */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    const { host } = this.#settings;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** Ends what is open and listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request).catch((error: unknown): HttpAnswer =>
      error instanceof Refusal ? error.answer : { status: 500, body: { error: 'failed' } },
    );
    if (response.destroyed) return;
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...answer.headers,
      // The rest of a body that was refused is not read.
      ...(request.complete ? {} : { connection: 'close' }),
    });
    response.end(JSON.stringify(answer.body));
    if (!request.complete) request.destroy();
  }

  async #answer(request: IncomingMessage): Promise<HttpAnswer> {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = this.#routes.get(`${request.method ?? ''} ${path}`);
    if (route === undefined) {
      const isKnown = [...this.#routes.keys()].some((key) => key.endsWith(` ${path}`));
      return isKnown
        ? refusal(405, 'the method is not allowed here')
        : refusal(404, 'no such path');
    }
    const { bodyBytesMax, openBytesMax } = this.#settings;
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > bodyBytesMax) return refusal(413, `a body has at most ${bodyBytesMax} bytes`);
    let held = 0;
    const hold = (bytes: number): void => {
      held += bytes;
      this.#openBytes += bytes;
      if (held > bodyBytesMax) {
        throw new Refusal(refusal(413, `a body has at most ${bodyBytesMax} bytes`));
      }
      if (this.#openBytes > openBytesMax) throw new Refusal(busy('too many bodies at once'));
    };
    try {
      const body = await readBody(request, hold);
      return await route({
        body: await unpacked(request, body, bodyBytesMax),
        headers: request.headers,
      });
    } finally {
      this.#openBytes -= held;
    }
  }
}

/** An answer that tells the sender to try again in a moment. */
export function busy(message: string): HttpAnswer {
  return { status: 429, body: { error: message }, headers: RETRY };
}

/** An answer that says what is wrong with the request. */
export function refusal(status: number, message: string): HttpAnswer {
  return { status, body: { error: message } };
}

/** True if both texts are the same; how long it takes does not tell where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

class Refusal extends Error {
  readonly answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    super('refused');
    this.answer = answer;
  }
}

async function readBody(request: IncomingMessage, hold: (bytes: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hold(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function unpacked(request: IncomingMessage, body: Buffer, max: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') throw new Refusal(refusal(415, 'content-encoding: gzip or none'));
  try {
    return await unpack(body, { maxOutputLength: max });
  } catch (error) {
    const isTooLarge = codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    throw new Refusal(
      isTooLarge
        ? refusal(413, `a body has at most ${max} bytes when it is unpacked`)
        : refusal(400, 'the body is no gzip'),
    );
  }
}

function readTls({ certPath, keyPath }: NonNullable<HttpSettings['tls']>): {
  readonly cert: Buffer;
  readonly key: Buffer;
} {
  try {
    return { cert: readFileSync(certPath), key: readFileSync(keyPath) };
  } catch (cause) {
    throw new Failure('source_misconfigured', {
      message: `${certPath}, ${keyPath}: the certificate or its key can not be read`,
      retryable: false,
      cause,
    });
  }
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
