import { createServer, type Server } from 'node:http';

import { Failure } from '../base/failure.ts';
import type { ListenConfig } from './config/config.ts';

/** What the process says of itself. */
export interface Status {
  /** False when only a restart can help. */
  readonly isAlive: () => boolean;
  /** Why it is not ready, or nothing when it is: every source delivers and every write succeeds. */
  readonly notReady: () => readonly string[];
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
    const [path] = (request.url ?? '').split('?', 1);
    if (path === '/healthz') {
      return status.isAlive() ? answer(200, 'ok\n') : answer(503, 'must be restarted\n');
    }
    if (path === '/readyz') {
      const reasons = status.notReady();
      return reasons.length === 0 ? answer(200, 'ready\n') : answer(503, `${reasons.join('\n')}\n`);
    }
    if (path !== '/metrics') return answer(404, 'try /healthz, /readyz or /metrics\n');
    status.metrics().then(
      (text) => answer(200, text, status.metricsType),
      () => answer(500, 'the metrics can not be read\n'),
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
