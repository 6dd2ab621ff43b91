import { createServer, type Server } from 'node:http';

import { Failure } from '../base/failure.ts';
import type { ListenConfig } from './config/config.ts';

/** What the process says of itself. */
export interface Status {
  /** False when only a restart can help. */
  readonly isAlive: () => boolean | Promise<boolean>;
  /** Why it is not ready, or nothing when it is: every source delivers and every write succeeds. */
  readonly notReady: () => readonly string[] | Promise<readonly string[]>;
  readonly metrics: () => Promise<string>;
  readonly metricsType: string;
}

/** Serves /healthz, /readyz and /metrics; it changes nothing and takes no input. */
export async function serveStatus(listen: ListenConfig, status: Status): Promise<AsyncDisposable> {
  const server = createServer({ requestTimeout: 5_000 }, (request, response) => {
    const answer = (code: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'only GET\n');
    const [path = ''] = (request.url ?? '').split('?', 1);
    tell(status, path).then(
      ({ code, body, type }) => answer(code, body, type),
      () => answer(500, 'the status can not be read\n'),
    );
    return undefined;
  });
  server.maxConnections = 64;
  await listening(server, listen);
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

interface Told {
  readonly code: number;
  readonly body: string;
  readonly type?: string;
}

async function tell(status: Status, path: string): Promise<Told> {
  if (path === '/healthz') {
    const isAlive = await status.isAlive();
    return isAlive ? { code: 200, body: 'ok\n' } : { code: 503, body: 'must be restarted\n' };
  }
  if (path === '/readyz') {
    const reasons = await status.notReady();
    return reasons.length === 0
      ? { code: 200, body: 'ready\n' }
      : { code: 503, body: `${reasons.join('\n')}\n` };
  }
  if (path !== '/metrics') return { code: 404, body: 'try /healthz, /readyz or /metrics\n' };
  return { code: 200, body: await status.metrics(), type: status.metricsType };
}

function listening(server: Server, { host, port }: ListenConfig): Promise<void> {
  return new Promise((ready, refuse) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another process listens there' : cause.message;
      const message = `http.listen: ${host}:${port}: ${why}; name another address, or off`;
      refuse(new Failure('address_unusable', { message, retryable: false, cause }));
    });
    server.listen(port, host, () => ready());
  });
}
