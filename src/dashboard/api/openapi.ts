import { closeReasons, filterFields, sortKeys, triageStates } from './shapes.ts';

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly Json[];
  readonly body?: Json;
  readonly answer: string;
  readonly type?: string;
  readonly also?: readonly number[];
}

const query = (name: string, description: string, schema: Json = { type: 'string' }): Json => ({
  name,
  in: 'query',
  description,
  schema,
});

const inPath = (name: string): Json => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string' },
});

const FILTER: readonly Json[] = [
  ...filterFields.map((field) =>
    query(
      field,
      `alerts with one of these values; may be repeated; \`-${field}\` leaves them out` +
        (field === 'assignee' ? '; `me` is the person who asks, empty is nobody' : ''),
    ),
  ),
  query('q', 'words that must all occur, each as the beginning of a word'),
  query('from', 'last seen at or after: ISO 8601, ms since the epoch, or -24h'),
  query('to', 'last seen before'),
  query('count', 'contributing events: >40, <10 or 5..40'),
  query('grown', '1: closed, and grown since'),
  query('since', 'changed behind this place of the log (`place` of a page)'),
  query('upTo', 'opened up to this place of the log'),
];

const ONE = [inPath('id')];

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/openapi.json': { get: { summary: 'this document', answer: 'OpenAPI 3.1' } },
  '/session': {
    post: {
      summary: 'sign in',
      body: { name: 'string', password: 'string', token: 'string' },
      answer: 'who one is, and the secret that changes need (`x-tidegate-csrf`)',
      also: [401, 429],
    },
    get: { summary: 'who one is', answer: 'person, permissions, csrf', also: [401] },
    delete: { summary: 'sign out', answer: 'nothing', also: [401] },
  },
  '/alerts': {
    get: {
      summary: 'alerts that match, in pages',
      parameters: [
        ...FILTER,
        query('sort', `one of ${sortKeys.join(', ')}; \`-\` before it: descending; default -last`),
        query('limit', 'at most 200', { type: 'integer', maximum: 200, default: 100 }),
        query('cursor', '`next` of the page before'),
        query('offset', 'passes over so many; for jumps', { type: 'integer' }),
      ],
      answer: 'alerts, total, place, next',
    },
  },
  '/alerts/summary': {
    get: { summary: 'tabs, facets, histogram', parameters: FILTER, answer: 'counts' },
  },
  '/alerts/groups': {
    get: {
      summary: 'alerts by lineage, rule, host, user, agent or destination',
      parameters: [...FILTER, query('by', 'the field')],
      answer: 'groups, the most severe first',
    },
  },
  '/alerts/{id}': {
    get: { summary: 'one alert whole', parameters: ONE, answer: 'an alert', also: [404] },
  },
  '/alerts/{id}/related': {
    get: {
      summary: 'same rule, lineage, host, user',
      parameters: ONE,
      answer: 'alerts',
      also: [404],
    },
  },
  '/alerts/{id}/markdown': {
    get: {
      summary: 'for a ticket',
      parameters: ONE,
      answer: 'Markdown',
      type: 'text/markdown',
      also: [404],
    },
  },
  '/alerts/{id}/bundle': {
    get: {
      summary: 'alert, related, rule in one file',
      parameters: ONE,
      answer: 'JSON',
      also: [404],
    },
  },
  '/alerts/{id}/triage': {
    put: {
      summary: 'change triage; `version` is the one that was seen',
      parameters: ONE,
      body: {
        version: 'integer',
        state: triageStates.join(' | '),
        assignee: 'string | null',
        reason: closeReasons.map(({ name }) => name).join(' | '),
        comment: 'string',
      },
      answer: 'the triage that stands now',
      also: [403, 404, 409],
    },
  },
  '/alerts/{id}/reveal': {
    post: {
      summary: 'the record behind a piece of evidence, unredacted; is audited',
      parameters: ONE,
      body: { event: 'id of the event' },
      answer: 'text of the record',
      also: [403, 404, 409],
    },
  },
  '/alerts/{id}/filter': {
    post: {
      summary: 'mark as benign: the Sigma filter that would have kept it silent, for review',
      parameters: ONE,
      body: { reason: 'string', days: 'integer' },
      answer: 'text of the filter',
      also: [403, 404, 409],
    },
  },
  '/triage': {
    post: {
      summary: 'change triage of some alerts, or with `matching` of all that match the filter',
      parameters: FILTER,
      body: { change: 'as of one, without version', alerts: '[{id, version}]', matching: 'true' },
      answer: 'what became of each',
      also: [400, 403],
    },
  },
  '/agents': { get: { summary: 'agents that alerts name', answer: 'agents with risk' } },
  '/entities/{kind}/{name}': {
    get: {
      summary: 'an agent, host or user',
      parameters: [inPath('kind'), inPath('name')],
      answer: 'what it was seen with, and its risk',
      also: [404],
    },
  },
  '/rules': { get: { summary: 'loaded rules and their hits', answer: 'rules, hits' } },
  '/rules/{id}': {
    get: { summary: 'one rule with its text', parameters: ONE, answer: 'a rule', also: [404] },
  },
  '/coverage': { get: { summary: 'techniques of ATT&CK and ATLAS by tactic', answer: 'columns' } },
  '/health': { get: { summary: 'the pipeline, with the last hour', answer: 'health' } },
  '/metrics': {
    get: { summary: 'for Prometheus', answer: 'text exposition', type: 'text/plain' },
  },
  '/live': {
    get: {
      summary: 'changes and the pulse, as they come',
      answer: 'events',
      type: 'text/event-stream',
      also: [503],
    },
  },
};

/** The OpenAPI document of the API. */
export function openApi(version: string): Json {
  const paths = Object.entries(OPERATIONS).map(([path, operations]) => [
    path,
    Object.fromEntries(Object.entries(operations).map(([verb, each]) => [verb, operationOf(each)])),
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tidegate',
      version,
      description:
        'What the dashboard uses, and nothing else does more. Sign in with POST /session, or send the ' +
        'token of the printed address as `Authorization: Bearer`. Errors are {status, detail}.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'tidegate_PORT' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
    security: [{ session: [] }, { token: [] }],
    paths: Object.fromEntries(paths),
  };
}

function operationOf({ summary, parameters, body, answer, type, also = [] }: Operation): Json {
  const content = { [type ?? 'application/json']: {} };
  const failures = [...new Set([...also, 401, 429])].map((status) => [
    String(status),
    { description: 'what is wrong', content: { 'application/json': { schema: PROBLEM } } },
  ]);
  return {
    summary,
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: { type: 'object', description: JSON.stringify(body) } },
            },
          },
        }),
    responses: { 200: { description: answer, content }, ...Object.fromEntries(failures) },
  };
}

const PROBLEM = {
  type: 'object',
  properties: { status: { type: 'integer' }, detail: { type: 'string' } },
  required: ['status', 'detail'],
};
