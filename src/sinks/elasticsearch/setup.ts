import type { Client } from '@elastic/elasticsearch';
import { Failure } from '../../base/failure.ts';
import { addressOf, createClient } from './client.ts';
import { reasonOf, requestFailure, statusOf } from './failure.ts';
import type { Variant } from './mappings.ts';
import { ALERTS_PATTERN } from './names.ts';
import type { ElasticsearchSettings } from './settings.ts';
import { resources, type Resource } from './templates.ts';

export interface SetupOptions {
  readonly settings: ElasticsearchSettings;
  /** Undefined: found out by trying. */
  readonly variant: Variant | undefined;
  readonly retentionDays: number;
  /** Told of each thing that was put or found. */
  readonly onStep: (step: SetupStep) => void;
}

export interface SetupStep {
  readonly resource: Resource;
  readonly outcome: 'put' | 'was there' | 'updated';
}

export interface SetupResult {
  readonly variant: Variant;
  readonly hasLifecycle: boolean;
}

/**
 * Puts templates and indices into the cluster, the lifecycle where it has lifecycles, and brings
 * the mappings of indices that are there already up to date. Doing it again changes nothing.
 */
export async function setupElasticsearch(options: SetupOptions): Promise<SetupResult> {
  const { settings, retentionDays, onStep } = options;
  const client = createClient(settings);
  const address = addressOf(settings);
  try {
    const hasLifecycle = await knowsLifecycles(client);
    const variant = options.variant ?? (await variantOf(client));
    const wanted = resources({ variant, retentionDays: hasLifecycle ? retentionDays : undefined });
    for (const resource of wanted) {
      const outcome = await put(client, resource);
      onStep({ resource, outcome });
    }
    await updateMappings(client, wanted);
    return { variant, hasLifecycle };
  } catch (cause) {
    throw requestFailure(address, cause);
  } finally {
    await client.close();
  }
}

async function put(client: Client, resource: Resource): Promise<SetupStep['outcome']> {
  try {
    await client.transport.request({ method: 'PUT', path: resource.path, body: resource.body });
    return 'put';
  } catch (cause) {
    const isThere = reasonOf(cause).startsWith('resource_already_exists_exception');
    if (resource.kind === 'index' && isThere) return 'was there';
    throw cause;
  }
}

async function knowsLifecycles(client: Client): Promise<boolean> {
  try {
    await client.transport.request({ method: 'GET', path: '/_ilm/policy' });
    return true;
  } catch (cause) {
    // Without the module there is no such path: 400, 404, 405, or 410 where Elastic runs it.
    const status = statusOf(cause) ?? 0;
    if ([400, 404, 405, 410].includes(status)) return false;
    throw cause;
  }
}

/**
 * The variant that the cluster takes. It is asked with a template that matches no index and is
 * taken away again.
 */
async function variantOf(client: Client): Promise<Variant> {
  const path = '/_component_template/tidegate-trial@mappings';
  const [trial] = resources({ variant: 'full', retentionDays: undefined });
  try {
    await client.transport.request({ method: 'PUT', path, body: trial?.body ?? {} });
    await client.transport.request({ method: 'DELETE', path });
    return 'full';
  } catch (cause) {
    if (statusOf(cause) !== 400) throw cause;
    return 'core';
  }
}

/** Months that are there already get the fields that a later version of the templates adds. */
async function updateMappings(client: Client, wanted: readonly Resource[]): Promise<void> {
  const mappings = wanted.find(({ name }) => name === 'tidegate-alerts@mappings');
  const { template } = Object(mappings?.body ?? {});
  try {
    await client.transport.request({
      method: 'PUT',
      path: `/${ALERTS_PATTERN}/_mapping`,
      querystring: { allow_no_indices: true },
      body: Object(template).mappings,
    });
  } catch (cause) {
    if (statusOf(cause) === 404) return;
    if (statusOf(cause) !== 400) throw cause;
    throw new Failure('store_unprepared', {
      message:
        `months of alerts that are there can not take the new fields (${reasonOf(cause)}); ` +
        'reindex them, or delete them',
      retryable: false,
      cause,
    });
  }
}
