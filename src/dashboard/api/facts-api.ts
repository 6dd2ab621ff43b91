import type { Hono } from 'hono';

import { problem, type Env } from '../access/guard.ts';
import type { ApiContext } from '../context.ts';
import { coverageOf } from './coverage.ts';

const ENTITIES = ['agent', 'host', 'user'] as const;

/** Agents, rules, health, metrics. */
export function addFacts(api: Hono<Env>, options: ApiContext): void {
  const { store, pipeline, health } = options;

  api.get('/agents', async (context) => context.json({ agents: await store.ask('agents') }));

  api.get('/entities/:kind/:name', async (context) => {
    const kind = ENTITIES.find((known) => known === context.req.param('kind'));
    if (kind === undefined) return problem(context, 404, `one of ${ENTITIES.join(', ')}`);
    return context.json(await store.ask('entity', kind, context.req.param('name')));
  });

  api.get('/rules', async (context) =>
    context.json({ rules: pipeline.rules(), hits: await store.ask('hits') }),
  );

  api.get('/rules/:id', (context) => {
    const id = context.req.param('id');
    const rule = pipeline.rules().find((known) => known.id === id);
    if (rule === undefined) return problem(context, 404, 'no such rule is loaded');
    return context.json({ ...rule, text: pipeline.ruleText(id) ?? null });
  });

  api.get('/coverage', async (context) =>
    context.json(coverageOf(pipeline.rules(), await store.ask('hits'))),
  );

  api.get('/health', (context) => context.json(health.read()));

  api.get('/metrics', async (context) =>
    context.text(await pipeline.metrics(), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
}
