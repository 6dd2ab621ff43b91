import { levels } from '../../alert/level.ts';
import type { JsonSchema } from '../../base/schema.ts';
import { checkpointKinds } from '../../checkpoints/index.ts';
import { decoders } from '../../decoders/index.ts';
import { defaultLimits } from '../../engine/create.ts';
import { sinkKinds } from '../../sinks/index.ts';
import { sourceKinds } from '../../sources/index.ts';
import { KAFKA_PROPERTIES } from '../../kafka/settings.ts';
import { logLevels } from './config.ts';
import { dashboardSchema } from './dashboard.ts';

/** A kind of part that a configuration can name. */
interface Kind {
  readonly name: string;
  readonly description: string;
  readonly settings: JsonSchema;
}

const count: JsonSchema = { type: 'integer', minimum: 1, maximum: 10_000 };
const path: JsonSchema = { type: 'string', minLength: 1 };
const paths: JsonSchema = { type: 'array', items: path };
const duration: JsonSchema = {
  type: 'string',
  pattern: '^(0|[0-9]{1,9}(ms|s|m|h|d|w))$',
  description: 'a time such as 0, 500ms, 5s, 10m or 1h',
};
const name: JsonSchema = {
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9._-]{0,62}$',
  description: 'small letters, digits, dot, dash and underscore',
};

/** What a configuration file may hold, as a JSON Schema. */
export function configSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Tidegate configuration',
    type: 'object',
    required: ['version', 'sources', 'primary'],
    additionalProperties: false,
    properties: {
      version: { const: 1, description: 'the version of this form' },
      data_dir: { ...path, default: '.tidegate', description: 'where state is kept' },
      rules: { ...paths, description: 'rule files and folders, instead of the bundled ones' },
      lists: { ...paths, description: 'folders of lists that win over the bundled ones' },
      pipelines: { ...paths, description: 'processing pipelines in pySigma form' },
      watch_rules: {
        ...duration,
        default: '5s',
        description:
          'how often rules, lists and pipelines are looked at for changes; 0: on SIGHUP only',
      },
      minimum_level: {
        enum: levels,
        default: 'low',
        description: 'alerts below it are not written',
      },
      lateness: {
        ...duration,
        default: '5s',
        description: 'how far out of order events may arrive and still count in windows',
      },
      limits: limits(),
      sources: {
        type: 'array',
        minItems: 1,
        items: part(sourceKinds, { name, input_format: inputFormat() }),
      },
      primary: part(sinkKinds.filter(({ canBePrimary }) => canBePrimary)),
      secondary: {
        type: 'array',
        items: part(sinkKinds, {
          name,
          from: { enum: ['beginning', 'now'], default: 'beginning' },
        }),
      },
      checkpoints: part(checkpointKinds, { every: { ...duration, default: '10s' } }),
      across_hosts: {
        type: 'object',
        required: ['brokers'],
        properties: {
          ...KAFKA_PROPERTIES,
          topic: { ...path, default: 'tidegate-hits' },
          group: { ...path, default: 'tidegate-hits' },
          partitions: { ...count, default: 16, description: 'of the topic, when it is made' },
          replicas: { ...count, description: "when it is made; default: the cluster's" },
        },
        additionalProperties: false,
        description: 'internal topic through which rules across hosts see the hosts of all tasks',
      },
      repartition: {
        type: 'object',
        required: ['sources', 'to'],
        properties: {
          sources: {
            type: 'array',
            minItems: 1,
            items: part(
              sourceKinds.filter(({ isShared }) => isShared === true),
              { name, input_format: inputFormat() },
            ),
          },
          to: {
            type: 'object',
            required: ['brokers', 'topic'],
            properties: { ...KAFKA_PROPERTIES, topic: path },
            additionalProperties: false,
            description: 'the topic that gets the records, keyed by host',
          },
          addresses_valid: {
            ...duration,
            default: '24h',
            description: 'how long it counts which host had an address',
          },
          listen: listen('127.0.0.1:9465'),
        },
        additionalProperties: false,
        description: 'what `tidegate repartition` reads and writes; `tidegate run` ignores it',
      },
      dead_letter: {
        type: 'object',
        properties: { path, topic: path, ...KAFKA_PROPERTIES },
        dependentRequired: { topic: ['brokers'], brokers: ['topic'] },
        additionalProperties: false,
        description: 'where refused records are kept: a file, or a topic that is there',
      },
      http: {
        type: 'object',
        properties: {
          listen: listen('127.0.0.1:9464'),
        },
        additionalProperties: false,
      },
      dashboard: dashboardSchema(),
      log: {
        type: 'object',
        properties: { level: { enum: logLevels, default: 'info' } },
        additionalProperties: false,
      },
      drain_timeout: {
        ...duration,
        default: '10s',
        description: 'how long a stop may take before it is a failure',
      },
    },
  };
}

function listen(address: string): JsonSchema {
  return {
    type: 'string',
    pattern: '^(off|.+:[0-9]{1,5})$',
    default: address,
    description: 'address of /healthz, /readyz and /metrics, or off',
  };
}

function limits(): JsonSchema {
  const counts = Object.entries(defaultLimits).filter(([key]) => key !== 'latenessMs');
  const properties = counts.map(([key, value]): [string, JsonSchema] => [
    snakeCase(key),
    { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: value },
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    description: 'counts at which state is given up, each time told',
  };
}

function inputFormat(): JsonSchema {
  return { enum: ['auto', ...decoders.map((decoder) => decoder.name)], default: 'auto' };
}

// Which keys are allowed depends on `kind`; each kind is one file of its shelf.
function part(
  kinds: readonly Kind[],
  common: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: kinds.map((kind) => kind.name) } },
    allOf: kinds.map((kind) => branch(kind, withCommon(kind, common))),
  };
}

/** JSON Schema's words for a choice by `kind`. */
const BRANCH = ['if', 'then'] as const;

function branch({ name: kind }: Kind, then: JsonSchema): JsonSchema {
  const condition = { type: 'object', properties: { kind: { const: kind } }, required: ['kind'] };
  return Object.fromEntries(BRANCH.map((word, index) => [word, [condition, then][index]]));
}

function withCommon(
  { description, settings }: Kind,
  common: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  const own = (settings['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  return { ...settings, description, properties: { kind: {}, ...common, ...own } };
}

/** `keysPerHostMax` as a setting writes it: `keys_per_host_max`. */
export function snakeCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
