import type { Hono } from 'hono';

import { permitted, problem, type Env } from '../access/guard.ts';
import type { ApiContext } from '../context.ts';
import { readBody } from './body.ts';
import { filterProposal } from './filter-proposal.ts';

const DAYS_MAX = 365;

const REASON = {
  type: 'object',
  properties: {
    reason: { type: 'string', minLength: 1, maxLength: 1000 },
    days: { type: 'integer', minimum: 1, maximum: DAYS_MAX },
  },
  required: ['reason', 'days'],
  additionalProperties: false,
};

/** Marks an alert as benign: the filter that would have kept it silent, for somebody to review. */
export function addFilterProposal(api: Hono<Env>, options: ApiContext): void {
  api.post('/alerts/:id/filter', permitted('triage'), async (context) => {
    const body = await readBody(context, REASON);
    if (body instanceof Response) return body;
    const alert = await options.store.ask('alert', context.req.param('id'));
    if (alert === undefined) return problem(context, 404, 'no such alert in this store');
    const { person, address } = context.get('visitor');
    const { reason, days } = body as { readonly reason: string; readonly days: number };
    const rules = options.pipeline.rules();
    if (!rules.some(({ id }) => id === alert.ruleId)) {
      return problem(context, 409, 'the rule of this alert is not loaded here');
    }
    options.audit.note({
      action: 'propose-filter',
      person: person.name,
      address,
      outcome: 'success',
      alertId: alert.id,
      details: { reason, days },
    });
    const because = { owner: person.name, reason, days, now: options.now() };
    return context.json({ filter: filterProposal(alert, rules, because) });
  });
}
