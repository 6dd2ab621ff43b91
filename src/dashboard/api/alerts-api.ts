import type { Context, Hono } from 'hono';

import { problem, type Env } from '../access/guard.ts';
import type { ApiContext } from '../context.ts';
import type { GroupField, ListQuery } from '../store/alert-index.ts';
import { readQuery, type ReadQuery } from './filter-query.ts';
import { markdownOf } from './markdown.ts';

const LIMIT_DEFAULT = 100;
export const LIMIT_MAX = 200;
const OFFSET_MAX = 10_000_000;
const groupFields: readonly GroupField[] = [
  'lineage',
  'rule',
  'host',
  'user',
  'agent',
  'destination',
];

/** Lists of alerts, and one alert whole. */
export function addAlerts(api: Hono<Env>, options: ApiContext): void {
  const { store } = options;

  api.get('/alerts', async (context) => {
    const read = queryOf(context, options);
    if (read instanceof Response) return read;
    const page = pageOf(context, read);
    if (page instanceof Response) return page;
    return context.json(await store.ask('list', page, askerOf(context)));
  });

  api.get('/alerts/summary', async (context) => {
    const read = queryOf(context, options);
    if (read instanceof Response) return read;
    return context.json(await store.ask('summary', read.filter, askerOf(context)));
  });

  api.get('/alerts/groups', async (context) => {
    const read = queryOf(context, options);
    if (read instanceof Response) return read;
    const by = groupFields.find((field) => field === context.req.query('by'));
    if (by === undefined) return problem(context, 400, `by is none of ${groupFields.join(', ')}`);
    return context.json({ groups: await store.ask('groups', read.filter, by, askerOf(context)) });
  });

  api.get('/alerts/:id', async (context) => {
    const alert = await store.ask('alert', context.req.param('id'));
    return alert === undefined ? unknown(context) : context.json(alert);
  });

  api.get('/alerts/:id/related', async (context) => {
    const related = await store.ask('related', context.req.param('id'));
    return related === undefined ? unknown(context) : context.json(related);
  });

  api.get('/alerts/:id/markdown', async (context) => {
    const alert = await store.ask('alert', context.req.param('id'));
    if (alert === undefined) return unknown(context);
    noteExport(context, options, alert.id, 'markdown');
    return context.text(markdownOf(alert), 200, { 'content-type': 'text/markdown; charset=utf-8' });
  });

  api.get('/alerts/:id/bundle', async (context) => {
    const alert = await store.ask('alert', context.req.param('id'));
    if (alert === undefined) return unknown(context);
    noteExport(context, options, alert.id, 'bundle');
    const bundle = {
      form: 'tidegate alert bundle 1',
      exported: new Date(options.now()).toISOString(),
      alert,
      related: await store.ask('related', alert.id),
      rule: options.pipeline.ruleText(alert.ruleId) ?? null,
    };
    return context.body(JSON.stringify(bundle, undefined, 2), 200, {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="tidegate-${alert.id}.json"`,
    });
  });
}

/** Who asks, for filters that say "me". */
export function askerOf(context: Context<Env>): { readonly person: string } {
  return { person: context.get('visitor').person.name };
}

/** The filter in the address, or the answer that names what is wrong with it. */
export function queryOf(context: Context, { now }: ApiContext): ReadQuery | Response {
  const read = readQuery(new URL(context.req.url).searchParams, now());
  const [first] = read.problems;
  if (first === undefined) return read;
  return problem(context, 400, `${first.name}: '${first.value.slice(0, 100)}' ${first.reason}`);
}

function unknown(context: Context): Response {
  return problem(context, 404, 'no such alert in this store');
}

function pageOf(context: Context, read: ReadQuery): ListQuery | Response {
  const limit = integer(context.req.query('limit') ?? String(LIMIT_DEFAULT), LIMIT_MAX);
  const offset = integer(context.req.query('offset') ?? '0', OFFSET_MAX);
  if (limit === undefined) return problem(context, 400, `limit is at most ${LIMIT_MAX}`);
  if (offset === undefined) return problem(context, 400, 'offset is no number of alerts');
  const { filter, sort, isDescending } = read;
  const list = { filter, sort, isDescending, limit, offset };
  const cursor = context.req.query('cursor');
  if (cursor === undefined) return list;
  const [, time, id] = /^(-?\d{1,16})\.(.{1,200})$/.exec(cursor) ?? [];
  if (time === undefined || id === undefined) {
    return problem(context, 400, 'cursor is none that a page gave (`next`)');
  }
  return { ...list, after: { time: Number(time), id } };
}

function integer(text: string, max: number): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 && value <= max ? value : undefined;
}

function noteExport(context: Context<Env>, { audit }: ApiContext, id: string, form: string): void {
  const { person, address } = context.get('visitor');
  audit.note({
    action: 'export',
    person: person.name,
    address,
    outcome: 'success',
    alertId: id,
    details: { form },
  });
}
