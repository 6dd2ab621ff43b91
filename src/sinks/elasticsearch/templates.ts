import {
  alertMappings,
  stateMappings,
  triageMappings,
  type Mapping,
  type Variant,
} from './mappings.ts';
import { ALERTS_ALIAS, ALERTS_PATTERN, READER_INDEX, STATE_INDEX, TRIAGE_INDEX } from './names.ts';

/** Raised whenever a mapping or setting below changes; indices say which one they were made by. */
export const TEMPLATE_VERSION = 1;

/** Something that setup puts into a cluster. */
export interface Resource {
  readonly kind: 'lifecycle' | 'component' | 'template' | 'index';
  readonly name: string;
  /** Where it is put. */
  readonly path: string;
  readonly body: Mapping;
}

export interface TemplateOptions {
  readonly variant: Variant;
  /** Undefined where the cluster has no lifecycles. */
  readonly retentionDays: number | undefined;
}

export const LIFECYCLE = 'tidegate-alerts';
/** The template of alerts; the sink does not write where it is missing. */
export const ALERTS_TEMPLATE = 'tidegate-alerts';
/** Above those that come with Elasticsearch (`logs` has 100), which would make a data stream. */
const PRIORITY = 500;

/** Everything that the sink needs, in the order in which it is put. */
export function resources({ variant, retentionDays }: TemplateOptions): readonly Resource[] {
  const lifecycle = retentionDays === undefined ? [] : [lifecyclePolicy(retentionDays)];
  const withLifecycle = retentionDays !== undefined;
  const meta = metaOf(variant);
  return [
    ...lifecycle,
    component('tidegate-alerts@mappings', {
      mappings: { ...alertMappings(variant), _meta: meta },
    }),
    component('tidegate-alerts@settings', { settings: alertSettings(variant, withLifecycle) }),
    template(ALERTS_TEMPLATE, ALERTS_PATTERN, {
      composed_of: [
        'tidegate-alerts@mappings',
        'tidegate-alerts@settings',
        'tidegate-alerts@custom',
      ],
      // What an organisation adds of its own, if it does.
      ignore_missing_component_templates: ['tidegate-alerts@custom'],
      template: { aliases: { [ALERTS_ALIAS]: {} } },
      _meta: meta,
    }),
    ...fixedIndex(STATE_INDEX, stateMappings(), meta),
    ...fixedIndex(TRIAGE_INDEX, triageMappings(), meta),
    ...fixedIndex(READER_INDEX, { dynamic: false, properties: {} }, meta),
  ];
}

/** What our indices and templates say of themselves. */
export interface Meta {
  readonly tidegate: { readonly version: number; readonly variant: Variant };
}

function metaOf(variant: Variant): Meta {
  return { tidegate: { version: TEMPLATE_VERSION, variant } };
}

/** The version that a mapping or template of ours names; undefined for somebody else's. */
export function versionIn(meta: unknown): number | undefined {
  const ours: unknown = typeof meta === 'object' && meta !== null ? Object(meta).tidegate : null;
  const version: unknown = typeof ours === 'object' && ours !== null ? Object(ours).version : null;
  return typeof version === 'number' ? version : undefined;
}

function component(name: string, content: Mapping): Resource {
  const body = { template: content, _meta: { description: 'Tidegate alerts' } };
  return { kind: 'component', name, path: `/_component_template/${name}`, body };
}

function template(name: string, pattern: string, content: Mapping): Resource {
  const body = { index_patterns: [pattern], priority: PRIORITY, ...content };
  return { kind: 'template', name, path: `/_index_template/${name}`, body };
}

/** An index of one name: its template, and the index itself. */
function fixedIndex(name: string, mappings: Mapping, meta: Meta): readonly Resource[] {
  return [
    template(name, name, {
      template: { settings: FIXED_SETTINGS, mappings: { ...mappings, _meta: meta } },
      _meta: meta,
    }),
    { kind: 'index', name, path: `/${name}`, body: {} },
  ];
}

/** One shard: its sequence numbers are the order that the other sinks read in. */
const FIXED_SETTINGS: Mapping = {
  index: { number_of_shards: 1, auto_expand_replicas: '0-1' },
};

function alertSettings(variant: Variant, withLifecycle: boolean): Mapping {
  return {
    index: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      // Needs the native zstd library of a complete distribution.
      ...(variant === 'full' ? { codec: 'best_compression' } : {}),
      // A number, date or address that is none stays in the document and costs nothing else.
      mapping: { ignore_malformed: true, total_fields: { limit: 2000 } },
      ...(withLifecycle ? { lifecycle: { name: LIFECYCLE } } : {}),
    },
  };
}

/** A month of alerts is kept whole and then removed whole; nothing is rolled over. */
function lifecyclePolicy(retentionDays: number): Resource {
  return {
    kind: 'lifecycle',
    name: LIFECYCLE,
    path: `/_ilm/policy/${LIFECYCLE}`,
    body: {
      policy: {
        phases: {
          hot: { actions: { set_priority: { priority: 100 } } },
          // The month itself lasts up to 31 days from the index' creation.
          delete: { min_age: `${retentionDays + 31}d`, actions: { delete: {} } },
        },
      },
    },
  };
}
