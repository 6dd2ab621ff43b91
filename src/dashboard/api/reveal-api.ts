import type { Hono } from 'hono';

import { textAt, valueAt } from '../../alert/ecs-path.ts';
import { permitted, problem, type Env } from '../access/guard.ts';
import type { ApiContext } from '../context.ts';
import { readBody } from './body.ts';

const EVENT = {
  type: 'object',
  properties: { event: { type: 'string', minLength: 1, maxLength: 1024 } },
  required: ['event'],
  additionalProperties: false,
};

/** The record behind a piece of evidence, as the sensor sent it. Who looks is in the audit log. */
export function addReveal(api: Hono<Env>, options: ApiContext): void {
  api.post('/alerts/:id/reveal', permitted('reveal'), async (context) => {
    const { readRecord, store, audit } = options;
    const body = await readBody(context, EVENT);
    if (body instanceof Response) return body;
    const { event } = body as { readonly event: string };
    const alert = await store.ask('alert', context.req.param('id'));
    const entry = alert?.evidence.find((each) => textAt(each, 'id') === event);
    if (alert === undefined || entry === undefined || readRecord === undefined) {
      return problem(context, 404, 'no such evidence is kept');
    }
    const { person, address } = context.get('visitor');
    const details = { event };
    const deed = { action: 'reveal', person: person.name, address, alertId: alert.id } as const;
    // First: what can not be audited is not shown.
    audit.note({ ...deed, outcome: 'success', details });
    const found = await readRecord({
      source: textAt(entry, 'source.file') ?? '',
      partition: Number(valueAt(entry, 'source.partition') ?? 0),
      offset: Number(valueAt(entry, 'source.line') ?? 0),
      eventId: event,
    });
    if (found.kind === 'gone') return problem(context, 409, found.reason);
    return context.json({ text: found.text });
  });
}
