import type { Context, Hono } from 'hono';

import { permitted, problem, type Env } from '../access/guard.ts';
import type { ApiContext } from '../context.ts';
import { askerOf, queryOf } from './alerts-api.ts';
import { readBody } from './body.ts';
import { closeReasons, triageStates, type Triage, type TriageChange } from './shapes.ts';

/** What an action on all that match may touch at once. */
export const BULK_MAX = 1000;
const COMMENT_LENGTH_MAX = 4000;
const NAME_LENGTH_MAX = 128;

const CHANGE = {
  version: { type: 'integer', minimum: 0 },
  state: { enum: triageStates },
  assignee: { type: ['string', 'null'], minLength: 1, maxLength: NAME_LENGTH_MAX },
  reason: { enum: closeReasons.map(({ name }) => name) },
  comment: { type: 'string', maxLength: COMMENT_LENGTH_MAX },
};

const ONE = {
  type: 'object',
  properties: CHANGE,
  required: ['version'],
  minProperties: 2,
  additionalProperties: false,
};

const { version: _version, ...withoutVersion } = CHANGE;

const MANY = {
  type: 'object',
  properties: {
    change: {
      type: 'object',
      properties: withoutVersion,
      minProperties: 1,
      additionalProperties: false,
    },
    alerts: {
      type: 'array',
      maxItems: BULK_MAX,
      items: {
        type: 'object',
        properties: {
          id: { type: 'string', maxLength: 200 },
          version: { type: 'integer', minimum: 0 },
        },
        required: ['id', 'version'],
        additionalProperties: false,
      },
    },
    matching: { const: true },
  },
  required: ['change'],
  additionalProperties: false,
};

/** What became of one alert in an action on many. */
export interface BulkResult {
  readonly id: string;
  readonly outcome: 'done' | 'conflict' | 'unknown';
  readonly triage?: Triage;
}

/** Changes of triage: one alert, some, or all that match a filter. */
export function addTriage(api: Hono<Env>, options: ApiContext): void {
  api.put('/alerts/:id/triage', permitted('triage'), async (context) => {
    const body = await readBody(context, ONE);
    if (body instanceof Response) return body;
    const wrong = wrongReason(body as TriageChange);
    if (wrong !== undefined) return problem(context, 400, wrong);
    const id = context.req.param('id');
    const result = await changeOne(context, options, id, body as TriageChange);
    if (result.outcome === 'unknown') return problem(context, 404, 'no such alert in this store');
    return context.json({ triage: result.triage }, result.outcome === 'done' ? 200 : 409);
  });

  api.post('/triage', permitted('triage'), async (context) => {
    const body = await readBody(context, MANY);
    if (body instanceof Response) return body;
    const { change, alerts, matching } = body as ManyChanges;
    const wrong = wrongReason(change);
    if (wrong !== undefined) return problem(context, 400, wrong);
    const targets = matching === true ? await allMatching(context, options) : (alerts ?? []);
    if (targets instanceof Response) return targets;
    const results: BulkResult[] = [];
    for (const { id, version } of targets) {
      results.push(await changeOne(context, options, id, { ...change, version }));
    }
    return context.json({ results });
  });
}

interface ManyChanges {
  readonly change: Omit<TriageChange, 'version'>;
  readonly alerts?: readonly Target[];
  readonly matching?: true;
}

interface Target {
  readonly id: string;
  readonly version: number;
}

function wrongReason({ state, reason }: Omit<TriageChange, 'version'>): string | undefined {
  if (state === 'closed' && reason === undefined) {
    return `closing needs a reason: ${closeReasons.map(({ name }) => name).join(', ')}`;
  }
  if (reason !== undefined && state !== 'closed') return 'a reason is for closing';
  return undefined;
}

async function allMatching(
  context: Context<Env>,
  options: ApiContext,
): Promise<readonly Target[] | Response> {
  const read = queryOf(context, options);
  if (read instanceof Response) return read;
  const { store } = options;
  const ids = await store.ask('ids', read.filter, askerOf(context), BULK_MAX + 1);
  if (ids.length > BULK_MAX) {
    return problem(context, 400, `more than ${BULK_MAX} match; narrow the filter`);
  }
  const targets: Target[] = [];
  for (const id of ids) {
    const row = await store.ask('row', id);
    if (row !== undefined) targets.push({ id, version: row.triage.version });
  }
  return targets;
}

// Audited first: what can not be audited is not done.
async function changeOne(
  context: Context<Env>,
  { store, audit, now }: ApiContext,
  id: string,
  change: TriageChange,
): Promise<BulkResult> {
  const { person, address } = context.get('visitor');
  audit.note({
    action: 'triage',
    person: person.name,
    address,
    outcome: 'success',
    alertId: id,
    details: { change },
  });
  const by = { person: person.name, at: now() };
  const outcome = await store.ask('change', id, change, by);
  if (outcome === undefined) return { id, outcome: 'unknown' };
  return { id, outcome: outcome.kind, triage: outcome.triage };
}
