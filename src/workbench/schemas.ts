import type { JsonSchema } from '../base/schema.ts';
import { levels } from '../language/header.ts';
import { ruleSchemas } from '../language/schema/index.ts';
import { agentKinds } from '../policy/agents.ts';

const draft = 'https://json-schema.org/draft/2020-12/schema';
const text: JsonSchema = { type: 'string', minLength: 1 };
const scalar: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
const moment: JsonSchema = {
  type: 'string',
  pattern: '^([0-9]+(\\.[0-9]+)?(ms|[smhd]))+$',
  description: 'A time from the start of the case, as 1.5s, 500ms or 4m59s.',
};
const day: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  description: 'YYYY-MM-DD; in force up to that day.',
};
const name: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9_]{1,64}$' };

function holds(key: string): JsonSchema {
  return { type: 'object', required: [key] };
}

/** Of objects with the key the first is asked, of all others the second. */
function byKey(key: string, first: JsonSchema, second: JsonSchema): JsonSchema {
  // The word is JSON Schema's; nobody waits for a schema.
  // eslint-disable-next-line unicorn/no-thenable
  return { if: holds(key), then: first, else: second };
}

/** The JSON Schemas of the files that people write, by the name of their file in `schemas/`. */
export function fileSchemas(): Readonly<Record<string, JsonSchema>> {
  return {
    'rule.schema.json': ruleSchema(),
    'rule-test.schema.json': ruleTestSchema,
    'list.schema.json': listSchema,
  };
}

// Editors hold each document of a file against the schema, and each is one of three kinds.
function ruleSchema(): JsonSchema {
  const bare = (schema: JsonSchema): JsonSchema =>
    Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema'));
  const { detection, correlation, filter } = ruleSchemas;
  return {
    $schema: draft,
    title: 'Rule of Tidegate: Sigma, with its extensions',
    ...byKey('correlation', bare(correlation), byKey('filter', bare(filter), bare(detection))),
  };
}

const madeUpEvent: JsonSchema = {
  type: 'object',
  description: 'Events at moments; further keys are fields by their Sigma names.',
  properties: {
    at: moment,
    every: { ...moment, description: 'Between repetitions.' },
    repeat: { type: 'integer', minimum: 1, description: 'How many; {n} in a text is the number.' },
    category: { ...text, description: 'Of the log source, as process_creation.' },
    product: text,
    service: text,
    host: { ...text, default: 'host-1' },
    process: { ...text, description: 'Image: the program that acts.' },
    pid: { type: 'integer' },
    guid: text,
    command_line: { type: 'string' },
    parent: { ...text, description: 'ParentImage: the program that started it.' },
    parent_pid: { type: 'integer' },
    parent_guid: text,
    parent_command_line: { type: 'string' },
    path: { ...text, description: 'TargetFilename.' },
    user: text,
    signer: { ...text, description: 'Who signed the program.' },
  },
  additionalProperties: scalar,
};

const recordedEvents: JsonSchema = {
  type: 'object',
  required: ['recorded'],
  properties: {
    recorded: { ...text, description: 'A file of telemetry beside the test.' },
    format: { ...text, default: 'auto', description: 'Its format, where it is not recognised.' },
  },
  additionalProperties: false,
};

const ruleTestSchema: JsonSchema = {
  $schema: draft,
  title: 'Tests of a rule of Tidegate',
  type: 'object',
  required: ['cases'],
  properties: {
    cases: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['events', 'expect'],
        properties: {
          name: { ...text, description: 'What happens, and what must come of it.' },
          events: {
            type: 'array',
            items: byKey('recorded', recordedEvents, madeUpEvent),
          },
          expect: {
            type: 'array',
            description: 'Every alert that must be raised; empty for silence.',
            items: {
              type: 'object',
              required: ['key'],
              properties: {
                at: moment,
                time: { ...text, description: 'By the clock, as 2026-01-05T09:00:00Z.' },
                key: {
                  ...text,
                  description: "The group's values with slashes between, or the host.",
                },
                rule: { ...text, description: 'Name or id, where several rules alert.' },
                count: { type: 'integer', description: 'Events that the alert counts in the end.' },
              },
              anyOf: [holds('at'), holds('time')],
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

const head = {
  version: { type: ['integer', 'number', 'string'] },
  description: { type: 'string' },
  extends: { type: 'boolean', default: true, description: 'false: takes the place of ours.' },
};

const valueList: JsonSchema = {
  type: 'object',
  required: ['list', 'entries'],
  properties: {
    ...head,
    list: { ...name, description: 'What rules call it: %name%.' },
    entries: {
      type: 'array',
      items: {
        type: 'object',
        required: ['about', 'values'],
        properties: {
          about: { ...text, description: 'What the values are, and why they are here.' },
          source: { ...text, description: 'Where that is known from.' },
          values: { type: 'array', items: text, description: "In Sigma's notation." },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

const agents: JsonSchema = {
  type: 'object',
  required: ['agents'],
  properties: {
    ...head,
    agents: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'identities'],
        properties: {
          id: { ...name, description: 'As alerts name it.' },
          kind: { enum: agentKinds },
          identities: { type: 'array', items: { type: 'object', required: ['image'] } },
        },
      },
    },
  },
  additionalProperties: false,
};

const answerable = { owner: text, reason: text };

const overrides: JsonSchema = {
  type: 'object',
  required: ['overrides'],
  properties: {
    version: head.version,
    description: head.description,
    overrides: {
      type: 'array',
      items: {
        type: 'object',
        required: ['rule', 'owner', 'reason'],
        properties: {
          ...answerable,
          rule: { ...text, description: 'Name or id.' },
          expires: day,
          enabled: { type: 'boolean' },
          level: { enum: levels },
          threshold: { type: 'number', description: "In place of the condition's number." },
          timespan: { type: 'string', pattern: '^[1-9][0-9]*[smhdwMy]$' },
          exceptions: {
            type: 'array',
            items: {
              type: 'object',
              required: ['owner', 'reason', 'expires', 'events'],
              properties: {
                ...answerable,
                expires: day,
                of: { ...text, description: 'A counted rule, where not all are meant.' },
                events: { description: 'A selection of Sigma.', type: ['object', 'array'] },
              },
              additionalProperties: false,
            },
          },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

const listSchema: JsonSchema = {
  $schema: draft,
  title: 'List, agent inventory or overrides of Tidegate',
  ...byKey('list', valueList, byKey('agents', agents, overrides)),
};
