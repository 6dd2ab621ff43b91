import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

import { problem, type Env } from '../access/guard.ts';
import type { ApiContext } from '../context.ts';

const STREAMS_MAX = 64;
/** Also tells the browser that the stream lives. */
const HEALTH_EVERY_MS = 2_000;
/** Several changes in this time are one piece of news, in ms. */
const GATHER_MS = 200;

/**
 * What happens, as server-sent events: `change` when alerts or triage changed (the page then asks for
 * what it shows), `pulse` with rate and lag. An event's id is the place of the log, so a browser that
 * reconnects says what it has seen.
 */
export function addLive(api: Hono<Env>, { store, health }: ApiContext): void {
  let streams = 0;
  api.get('/live', (context) => {
    if (streams >= STREAMS_MAX) return problem(context, 503, 'too many pages are open');
    return streamSSE(context, async (stream) => {
      streams++;
      const state = { isChanged: true };
      let wake = (): void => undefined;
      const off = store.onNews(() => {
        state.isChanged = true;
        wake();
      });
      stream.onAbort(() => wake());
      try {
        while (!stream.aborted) {
          if (state.isChanged) {
            state.isChanged = false;
            const { news } = store;
            const id = `${news.place}.${news.triage}`;
            await stream.writeSSE({ event: 'change', id, data: JSON.stringify(news) });
          }
          const { mode, perSecond, lagMs, newestEvent, notReady, now } = health.read();
          const pulse = { mode, perSecond, lagMs, newestEvent, notReady, now };
          await stream.writeSSE({ event: 'pulse', data: JSON.stringify(pulse) });
          if (state.isChanged) continue;
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, HEALTH_EVERY_MS);
            wake = (): void => {
              clearTimeout(timer);
              setTimeout(resolve, GATHER_MS);
            };
            if (stream.aborted) wake();
          });
        }
      } finally {
        off();
        streams--;
      }
    });
  });
}
