import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';

import { Failure } from '../base/failure.ts';
import { allowedHosts, isLoopback } from './access/addresses.ts';
import { Audit } from './access/audit.ts';
import type { AccessSettings, Person } from './access/people.ts';
import { RateLimit } from './access/rate-limit.ts';
import { Sessions } from './access/sessions.ts';
import { createApp } from './app.ts';
import type { ApiContext } from './context.ts';
import { HealthLog } from './health-log.ts';
import type { Pipeline } from './pipeline.ts';
import { DashboardStore } from './store/store.ts';

export interface DashboardOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** The alert store, and the files beside it that the dashboard keeps. */
  readonly storePath: string;
  readonly indexPath: string;
  readonly auditPath: string;
  readonly access: Omit<AccessSettings, 'token'>;
  /** Who comes with the printed address, on loopback. */
  readonly owner: Person;
  readonly pipeline: Pipeline;
  readonly version: string;
  readonly linkTemplate?: string | undefined;
  readonly readRecord?: ApiContext['readRecord'];
  readonly onBug: (error: Error) => void;
  readonly now?: () => number;
}

/** A page that is being served. */
export interface Dashboard extends AsyncDisposable {
  /** With the token of this start, where one is used. */
  readonly url: string;
}

/** Requests of one address: a page that scrolls asks some times a second. */
const REQUESTS = { burst: 300, perSecond: 50 };
const LOGINS = { burst: 10, perSecond: 1 / 12 };
const TOKEN_BYTES = 24;
const CONNECTIONS_MAX = 256;

/** Serves the page and its API until it is disposed. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { listen, pipeline, access, now = Date.now } = options;
  const isLocal = isLoopback(listen.host);
  if (!isLocal && access.people.length === 0 && access.proxy === undefined) {
    throw new Failure('address_unusable', {
      message:
        `${listen.host} is reached from other machines: name people with passwords, or a proxy that ` +
        'signs them in (docs/dashboard.md), or listen on 127.0.0.1',
      retryable: false,
    });
  }
  await using parts = new AsyncDisposableStack();
  const audit = parts.use(new Audit(options.auditPath, now));
  const store = parts.use(
    new DashboardStore({ path: options.storePath, indexPath: options.indexPath }),
  );
  const health = parts.use(new HealthLog(pipeline, store, now));
  const value = randomBytes(TOKEN_BYTES).toString('base64url');
  const hasToken = isLocal && access.people.length === 0 && access.proxy === undefined;
  const settings = hasToken ? { ...access, token: { value, person: options.owner } } : access;
  const sessions = new Sessions(now);
  const bound = { port: listen.port };
  const server = createServer();
  await listening(server, listen);
  parts.defer(() => closed(server));
  bound.port = portOf(server);
  const cookieName = `tidegate_${bound.port}`;
  const requests = new RateLimit(REQUESTS, now);
  const hosts = allowedHosts({ host: listen.host, port: bound.port }, access.publicUrl);
  const app = createApp(
    {
      store,
      pipeline,
      health,
      audit,
      access: settings,
      sessions,
      logins: new RateLimit(LOGINS, now),
      cookieName,
      isSecure: access.publicUrl?.startsWith('https:') === true,
      product: { version: options.version },
      linkTemplate: options.linkTemplate,
      readRecord: options.readRecord,
      onBug: options.onBug,
      now,
    },
    { settings, sessions, requests, hosts, cookieName },
  );
  // The listener is ours, so that the address is taken before anything else is begun.
  const adapter = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  for (const listener of adapter.listeners('request')) {
    server.on('request', listener as Parameters<Server['on']>[1]);
  }
  const kept = parts.move();
  const name = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  const address = access.publicUrl ?? `http://${name}:${bound.port}/`;
  return {
    url: hasToken ? `${address}?token=${value}` : address,
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function listening(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  server.maxConnections = CONNECTIONS_MAX;
  server.requestTimeout = 30_000;
  return new Promise((ready, refuse) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another process listens there' : cause.message;
      const message = `${host}:${port}: ${why}; name another address, or none`;
      refuse(new Failure('address_unusable', { message, retryable: false, cause }));
    });
    server.listen(port, host, () => ready());
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
