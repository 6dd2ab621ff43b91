import type { JsonSchema } from '../../base/schema.ts';
import { systems } from '../action.ts';
import { agentNames, storyKinds } from './story.ts';

const time: JsonSchema = {
  type: 'string',
  pattern: '^([0-9]{1,12}(ms|s|m|h|d))+$',
  description: 'A time as 500ms, 5s, 1m30s.',
};
const text: JsonSchema = { type: 'string', minLength: 1, maxLength: 4_096 };
const systemSet: JsonSchema = {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { enum: systems },
};
const perSystem: JsonSchema = {
  description: 'The same for all systems, or the words of each.',
  anyOf: [
    text,
    {
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: Object.fromEntries(systems.map((system) => [system, text])),
    },
  ],
};
const name: JsonSchema = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,63}$' };
const count: JsonSchema = { type: 'integer', minimum: 1, maximum: 100_000 };
const port: JsonSchema = { type: 'integer', minimum: 1, maximum: 65_535 };
const bytes: JsonSchema = { type: 'integer', minimum: 0, maximum: 1_000_000_000_000 };

/** The keys that say what is done; a deed has exactly one of them. */
const verbs: Readonly<Record<string, JsonSchema>> = {
  start: { ...name, description: 'A program starts, and later lines call it so.' },
  run: { ...perSystem, description: "A command in the agent's own shell, pipes included." },
  end: { ...name, description: 'The program of this name ends.' },
  read: { ...perSystem, description: 'A file is opened for reading.' },
  create: { ...perSystem, description: 'A new file.' },
  write: { ...perSystem, description: 'A file that was there gets other content.' },
  rename: { ...perSystem, description: 'A file gets the name or place of `to`.' },
  delete: { ...perSystem, description: 'A file is gone.' },
  connect: { ...text, description: 'A host is looked up and connected to, or an address.' },
  resolve: { ...text, description: 'A name is looked up.' },
  upload: { ...text, description: 'So many `bytes` are sent to this URL.' },
  fetch: { ...text, description: 'This URL is fetched.' },
  copy: { ...text, description: 'A text is put on the clipboard.' },
  paste: { const: true, description: 'The clipboard is read.' },
  listen: { ...port, description: 'A port is opened; `address` says for whom.' },
  accept: { ...text, description: 'A connection comes in from this address.' },
  print: { ...perSystem, description: 'A document is printed.' },
  mount: { ...text, description: 'A removable drive of this label is plugged in.' },
  set: { ...text, description: 'A registry value is set.' },
  tool: { ...text, description: "An agent's tool is called, as the agent tells of it." },
  token: {
    enum: ['grant', 'use', 'refusal'],
    description: 'A broker decides about a token for `audience`.',
  },
};

const others: Readonly<Record<string, JsonSchema>> = {
  at: { ...time, description: 'From the beginning of the story, or of the program (`does`).' },
  every: time,
  repeat: count,
  jitter: { ...time, description: 'Each time comes up to so much later, by the seed.' },
  by: {
    ...name,
    description: 'Who does it: agent (the default), session, terminal, system, or a name.',
  },
  label: { ...name, description: 'What expected alerts call the deed.' },
  on: { ...systemSet, description: 'Only on these systems.' },
  as: { ...name, description: 'Of run: what later lines call the program.' },
  program: { ...perSystem, description: 'Of start: a name of the cast, or a path.' },
  arguments: { ...perSystem, description: 'Of start: what follows the program.' },
  directory: perSystem,
  for: { ...time, description: 'How long a program runs; to the end without.' },
  does: { type: 'array', items: { $ref: '#/$defs/deed' } },
  to: perSystem,
  port,
  method: { enum: ['GET', 'POST', 'PUT', 'PATCH'] },
  bytes,
  file: text,
  type: text,
  address: text,
  printer: text,
  pages: count,
  value: text,
  input: { type: 'object', additionalProperties: perSystem },
  decision: { enum: ['config', 'user_temporary', 'user_permanent', 'user_reject'] },
  server: text,
  audience: text,
  valid: time,
  device: text,
};

const expected: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['rule', 'evidence', 'within'],
  properties: {
    rule: { ...name, description: "The rule's name." },
    evidence: { type: 'array', minItems: 1, items: name, description: 'Labels of deeds.' },
    within: { ...time, description: 'From the first of these deeds to the alert.' },
    systems: systemSet,
    needs: { type: 'array', minItems: 1, items: name, description: 'Abilities of a sensor.' },
    not_on: {
      type: 'object',
      additionalProperties: text,
      description: 'Sensors that see the deeds and not what the rule needs of them, with why.',
    },
  },
};

/** The form of a scenario file. */
export const storySchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Tidegate scenario',
  type: 'object',
  additionalProperties: false,
  required: ['title', 'kind', 'description', 'deeds'],
  properties: {
    title: { type: 'string', maxLength: 120 },
    kind: { enum: storyKinds },
    description: { type: 'string', maxLength: 4_096 },
    systems: { ...systemSet, description: 'Where it can happen; everywhere without.' },
    agent: { enum: [...agentNames, 'any', 'none'], description: 'Who does it; any: by the seed.' },
    deeds: { type: 'array', minItems: 1, items: { $ref: '#/$defs/deed' } },
    alerts: {
      type: 'object',
      additionalProperties: false,
      properties: {
        must: { type: 'array', items: expected },
        must_not: { type: 'array', uniqueItems: true, items: name },
        missed: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['rule', 'gap'],
            properties: { rule: name, gap: { ...text, description: "Words of the rule's own." } },
          },
        },
      },
    },
  },
  $defs: {
    deed: {
      type: 'object',
      additionalProperties: false,
      properties: { ...verbs, ...others },
      oneOf: Object.keys(verbs).map((verb) => ({ required: [verb] })),
    },
  },
};
