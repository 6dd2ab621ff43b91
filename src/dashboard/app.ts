import { Hono } from 'hono';

import { guarded, hardened, problem, type Env, type GuardOptions } from './access/guard.ts';
import { addAlerts } from './api/alerts-api.ts';
import { addFacts } from './api/facts-api.ts';
import { addLive } from './api/live-api.ts';
import { openApi } from './api/openapi.ts';
import { addFilterProposal } from './api/filter-api.ts';
import { addReveal } from './api/reveal-api.ts';
import { addSession, addSignIn, addTokenEntry } from './api/session-api.ts';
import { addTriage } from './api/triage-api.ts';
import { addAssets } from './assets.ts';
import { Failure } from '../base/failure.ts';
import type { ApiContext } from './context.ts';

/** The web application: the API under /api/v1, and the page, which uses nothing else. */
export function createApp(options: ApiContext, guard: GuardOptions): Hono<Env> {
  const app = new Hono<Env>();
  app.use(hardened(guard));
  app.onError((error, context) => {
    if (error instanceof Failure) return problem(context, 503, error.message);
    // The message may hold data; the log of the process has the whole.
    options.onBug(error);
    return problem(context, 500, 'this is a bug of Tidegate; its log says more');
  });
  app.notFound((context) => problem(context, 404, 'there is nothing under this address'));
  app.route('/api/v1', apiOf(options, guard));
  addTokenEntry(app, options);
  addAssets(app);
  return app;
}

function apiOf(options: ApiContext, guard: GuardOptions): Hono<Env> {
  const api = new Hono<Env>();
  api.get('/openapi.json', (context) => context.json(openApi(options.product.version)));
  addSignIn(api, options);
  api.use(guarded(guard));
  addSession(api, options);
  addAlerts(api, options);
  addTriage(api, options);
  addReveal(api, options);
  addFilterProposal(api, options);
  addFacts(api, options);
  addLive(api, options);
  return api;
}
