import { parseDurationMs } from '../../base/duration.ts';
import { nearest } from '../../base/nearest.ts';
import { SchemaCheck, type JsonSchema } from '../../base/schema.ts';
import { LineIndex, readYaml, type YamlNode } from '../../base/yaml.ts';
import { defaultLimits } from '../../engine/create.ts';
import type { EngineLimits } from '../../engine/engine.ts';
import type { Level } from '../../language/tree.ts';
import { join } from 'node:path';
import type { HitsTopicSettings } from '../outbox/hits-topic.ts';
import type { KafkaDeadLetterSettings } from '../../sinks/kafka/dead-letter.ts';
import type { TelemetryTopicSettings } from '../outbox/telemetry-topic.ts';
import type { Config, LogLevel, PartConfig, RepartitionConfig, SourceConfig } from './config.ts';
import { dashboardOf, type RawDashboard } from './dashboard.ts';
import { configSchema, snakeCase } from './schema.ts';
import { resolveVariables, type Resolved, type Surroundings } from './variables.ts';

/** What is wrong with a configuration file, and where. Lines and columns are 1-based. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A file that was read: the configuration, if nothing is wrong with it. */
export interface ReadConfig {
  readonly config: Config | undefined;
  readonly problems: readonly ConfigProblem[];
  readonly resolved: Resolved | undefined;
}

/** Reads the text of a configuration file; all problems are told together. */
export function readConfig(text: string, surroundings: Surroundings): ReadConfig {
  const lines = new LineIndex(text);
  const { documents, problems } = readYaml(text);
  const [document] = documents;
  const broken = [...problems, ...documents.flatMap((each) => each.problems)].map(
    ({ offset, message, hint }): ConfigProblem => ({
      ...lines.place(offset),
      message: hint === undefined ? message : `${message}. ${hint}`,
    }),
  );
  if (broken.length > 0) return { config: undefined, problems: broken, resolved: undefined };
  if (document === undefined || documents.length > 1) {
    const message = documents.length > 1 ? 'holds several documents' : 'is empty';
    return { config: undefined, problems: [{ line: 1, column: 1, message }], resolved: undefined };
  }
  const { root } = document;
  const resolved = resolveVariables(root, surroundings);
  // What could not be had has no form that could be wrong.
  const missing = new Set(resolved.problems.map(({ path }) => path.join('.')));
  const found = [
    ...resolved.problems.map(({ path, message }) => ({ path, message, isKey: false })),
    ...schemaProblems(resolved.value).filter(({ path }) => !missing.has(path.join('.'))),
  ].map(({ path, message, isKey }) => ({
    ...lines.place(offsetOf(root, path, isKey)),
    message: path.length === 0 ? message : `${path.join('.')} ${message}`,
  }));
  const unique = found.filter(
    (problem, index) =>
      found.findIndex((other) => JSON.stringify(other) === JSON.stringify(problem)) === index,
  );
  unique.sort((one, other) => one.line - other.line || one.column - other.column);
  if (unique.length > 0) return { config: undefined, problems: unique, resolved };
  return { config: configOf(resolved.value as Raw), problems: [], resolved };
}

interface Found {
  readonly path: readonly string[];
  readonly message: string;
  /** The key itself is meant, not its value. */
  readonly isKey: boolean;
}

function schemaProblems(value: unknown): readonly Found[] {
  const schema = configSchema();
  return (
    new SchemaCheck(schema)
      .problems(value)
      // The branch for a kind tells what is wrong; that there is a branch need not be said.
      .filter(({ message }) => !message.startsWith('must match "'))
      .map(({ path, message }): Found => {
        const isKey = message === 'is not a known key';
        const key = path.at(-1) ?? '';
        const known = isKey ? keysAt(schema, value, path.slice(0, -1)) : [];
        const meant = nearest(key, known);
        const hint =
          meant !== undefined
            ? `; did you mean ${meant}?`
            : known.length > 0
              ? `; known are ${known.join(', ')}`
              : '';
        return { path, message: `${message}${hint}`, isKey };
      })
  );
}

// The keys that the schema allows at a place of this value.
function keysAt(schema: JsonSchema, value: unknown, path: readonly string[]): readonly string[] {
  let place: JsonSchema = schema;
  let here = value;
  for (const key of path) {
    const found = Array.isArray(here) ? place['items'] : propertiesOf(place, here)[key];
    if (found === undefined) return [];
    place = found as JsonSchema;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return Object.keys(propertiesOf(place, here));
}

function propertiesOf(schema: JsonSchema, value: unknown): Readonly<Record<string, JsonSchema>> {
  const branches = (schema['allOf'] ?? []) as readonly Branch[];
  const kind = (value as { readonly kind?: unknown } | null)?.kind;
  const branch = branches.find(({ if: { properties } }) => properties.kind.const === kind);
  return ((branch?.then ?? schema)['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
}

interface Branch {
  readonly if: { readonly properties: { readonly kind: { readonly const: string } } };
  readonly then: JsonSchema;
}

function offsetOf(root: YamlNode, path: readonly string[], isKey: boolean): number {
  let node = root;
  let offset = root.offset;
  for (const [index, key] of path.entries()) {
    if (node.kind === 'map') {
      const entry = node.entries.get(key);
      if (entry === undefined) return offset;
      node = entry.value;
      offset = isKey && index === path.length - 1 ? entry.keyOffset : node.offset;
    } else if (node.kind === 'list') {
      const item = node.items[Number(key)];
      if (item === undefined) return offset;
      node = item;
      offset = node.offset;
    }
  }
  return offset;
}

type RawPart = Readonly<Record<string, unknown>> & { readonly kind: string };

interface Raw {
  readonly data_dir?: string;
  readonly rules?: readonly string[];
  readonly lists?: readonly string[];
  readonly pipelines?: readonly string[];
  readonly watch_rules?: string;
  readonly minimum_level?: Level;
  readonly lateness?: string;
  readonly limits?: Readonly<Record<string, number>>;
  readonly sources: readonly RawPart[];
  readonly primary: RawPart;
  readonly secondary?: readonly RawPart[];
  readonly checkpoints?: RawPart;
  readonly across_hosts?: Partial<HitsTopicSettings> & Pick<HitsTopicSettings, 'brokers'>;
  readonly repartition?: RawRepartition;
  readonly dead_letter?: { readonly path?: string } & Partial<KafkaDeadLetterSettings>;
  readonly http?: { readonly listen?: string };
  readonly dashboard?: RawDashboard;
  readonly log?: { readonly level?: LogLevel };
  readonly drain_timeout?: string;
}

interface RawRepartition {
  readonly sources: readonly RawPart[];
  readonly to: TelemetryTopicSettings;
  readonly addresses_valid?: string;
  readonly listen?: string;
}

const HITS = 'tidegate-hits';
const DEFAULT_LISTEN = '127.0.0.1:9464';

function configOf(raw: Raw): Config {
  const dataDir = raw.data_dir ?? '.tidegate';
  const checkpoints = partOf(raw.checkpoints ?? { kind: 'sqlite' }, ['every']);
  const every = raw.checkpoints?.['every'];
  return {
    dataDir,
    rules: raw.rules ?? [],
    lists: raw.lists ?? [],
    pipelines: raw.pipelines ?? [],
    watchRulesMs: durationMs(raw.watch_rules ?? '5s'),
    minimumLevel: raw.minimum_level ?? 'low',
    limits: limitsOf(raw),
    sources: raw.sources.map(sourceOf),
    primary: partOf(raw.primary, []),
    secondary: (raw.secondary ?? []).map((sink, index) => ({
      ...partOf(sink, ['name', 'from']),
      name: text(sink['name']) ?? defaultName(sink.kind, index),
      from: sink['from'] === 'now' ? 'now' : 'beginning',
    })),
    checkpoints: {
      kind: checkpoints.kind,
      settings:
        checkpoints.kind === 'sqlite'
          ? { path: join(dataDir, 'checkpoints.db'), ...checkpoints.settings }
          : checkpoints.settings,
      everyMs: durationMs(text(every) ?? '10s'),
    },
    acrossHosts:
      raw.across_hosts === undefined
        ? undefined
        : { topic: HITS, group: HITS, partitions: 16, ...raw.across_hosts },
    repartition: repartitionOf(raw.repartition),
    deadLetterTopic: deadLetterTopicOf(raw.dead_letter),
    deadLetterPath: raw.dead_letter?.path ?? join(dataDir, 'dead-letter.ndjson'),
    listen: listenOf(raw.http?.listen ?? DEFAULT_LISTEN),
    dashboard: dashboardOf(raw.dashboard),
    logLevel: raw.log?.level ?? 'info',
    drainMs: durationMs(raw.drain_timeout ?? '10s'),
  };
}

function sourceOf(source: RawPart, index: number): SourceConfig {
  return {
    ...partOf(source, ['name', 'input_format']),
    name: text(source['name']) ?? defaultName(source.kind, index),
    inputFormat: text(source['input_format']) ?? 'auto',
  };
}

function repartitionOf(raw: RawRepartition | undefined): RepartitionConfig | undefined {
  if (raw === undefined) return undefined;
  return {
    sources: raw.sources.map(sourceOf),
    to: raw.to,
    validMs: durationMs(raw.addresses_valid ?? '24h'),
    listen: listenOf(raw.listen ?? '127.0.0.1:9465'),
  };
}

function deadLetterTopicOf(raw: Raw['dead_letter']): KafkaDeadLetterSettings | undefined {
  const { path: _, topic, brokers, ...rest } = raw ?? {};
  return topic === undefined || brokers === undefined ? undefined : { topic, brokers, ...rest };
}

function limitsOf({ limits = {}, lateness = '5s' }: Raw): EngineLimits {
  const merged = Object.entries(defaultLimits).map(([key, value]): [string, number] => [
    key,
    limits[snakeCase(key)] ?? Number(value),
  ]);
  return { ...defaultLimits, ...Object.fromEntries(merged), latenessMs: durationMs(lateness) };
}

function partOf(raw: RawPart, common: readonly string[]): PartConfig {
  const own = Object.entries(raw).filter(([key]) => key !== 'kind' && !common.includes(key));
  return { kind: raw.kind, settings: Object.fromEntries(own) };
}

// The place in the list keeps names of several parts of a kind apart.
function defaultName(kind: string, index: number): string {
  return index === 0 ? kind : `${kind}-${String(index + 1)}`;
}

function durationMs(value: string): number {
  return value === '0' ? 0 : (parseDurationMs(value) ?? 0);
}

function listenOf(value: string): Config['listen'] {
  if (value === 'off') return undefined;
  const colon = value.lastIndexOf(':');
  return {
    host: value.slice(0, colon).replace(/^\[|\]$/g, ''),
    port: Number(value.slice(colon + 1)),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
