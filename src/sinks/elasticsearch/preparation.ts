import type { Client } from '@elastic/elasticsearch';
import { Failure } from '../../base/failure.ts';
import type { SinkFinding } from '../sink.ts';
import { addressOf, createClient } from './client.ts';
import { reasonOf, requestFailure, statusOf } from './failure.ts';
import { READER_INDEX, STATE_INDEX, TRIAGE_INDEX } from './names.ts';
import type { ElasticsearchSettings } from './settings.ts';
import { ALERTS_TEMPLATE, TEMPLATE_VERSION, versionIn } from './templates.ts';

const REMEDY = 'run `tidegate setup elasticsearch`';

/**
 * Makes sure, before the first document goes to an index, that the index has our mapping. Without
 * our templates the cluster would guess a mapping from the first alert, or make a data stream, and
 * neither can be mended later.
 */
export class Preparation {
  private readonly client: Client;
  private readonly address: string;
  private readonly prepared = new Map<string, Promise<void>>();

  constructor(client: Client, address: string) {
    this.client = client;
    this.address = address;
  }

  /** Resolves when the index is there and ours; looks once for each name. */
  async ensure(index: string): Promise<void> {
    const known = this.prepared.get(index);
    if (known !== undefined) return known;
    const looking = this.look(index);
    this.prepared.set(index, looking);
    try {
      await looking;
    } catch (cause) {
      this.prepared.delete(index);
      throw requestFailure(this.address, cause);
    }
  }

  private async look(index: string): Promise<void> {
    let version = await mappingVersion(this.client, index);
    if (version === 'no index') {
      await this.demandTemplate(index);
      await this.create(index);
      version = await mappingVersion(this.client, index);
    }
    if (typeof version === 'number') return;
    throw this.unprepared(`the index ${index} was not made by our template; delete it, then`);
  }

  private async create(index: string): Promise<void> {
    try {
      await this.client.transport.request({ method: 'PUT', path: `/${index}`, body: {} });
    } catch (cause) {
      const reason = reasonOf(cause);
      // Another task was faster.
      if (reason.startsWith('resource_already_exists_exception')) return;
      if (statusOf(cause) === 400) throw this.unprepared(`${index}: ${reason};`);
      throw cause;
    }
  }

  private async demandTemplate(index: string): Promise<void> {
    const name = index === STATE_INDEX || index === READER_INDEX ? index : ALERTS_TEMPLATE;
    const version = await templateVersion(this.client, name);
    if (version === undefined) throw this.unprepared(`the index template ${name} is missing;`);
  }

  private unprepared(what: string): Failure {
    const message = `${this.address}: ${what} ${REMEDY}`;
    return new Failure('store_unprepared', { message, retryable: false });
  }
}

/** What is missing in the cluster for the sink to work. Changes nothing. */
export async function checkElasticsearch(
  settings: ElasticsearchSettings,
): Promise<readonly SinkFinding[]> {
  const client = createClient(settings);
  const address = addressOf(settings);
  const findings: SinkFinding[] = [];
  try {
    const reading = await mappingVersion(client, STATE_INDEX);
    findings.push({ what: 'reachable', isOk: true, detail: address });
    const template = await templateVersion(client, ALERTS_TEMPLATE);
    if (template !== 'hidden') {
      findings.push(finding(`index template ${ALERTS_TEMPLATE}`, template));
    }
    findings.push(finding(`index ${STATE_INDEX}`, reading));
    for (const index of [TRIAGE_INDEX, READER_INDEX]) {
      findings.push(finding(`index ${index}`, await mappingVersion(client, index)));
    }
  } catch (cause) {
    const { message } = requestFailure(address, cause);
    findings.push({ what: 'reachable', isOk: false, detail: message });
  } finally {
    await client.close();
  }
  return findings;
}

type Found = number | undefined | 'no index';

function finding(what: string, found: Found): SinkFinding {
  if (found === TEMPLATE_VERSION) return { what, isOk: true, detail: `version ${found}` };
  if (typeof found === 'number') {
    const isOk = found > TEMPLATE_VERSION;
    const detail = `version ${found}, this Tidegate has ${TEMPLATE_VERSION}`;
    return { what, isOk, detail: isOk ? detail : `${detail}; ${REMEDY}` };
  }
  const words = found === 'no index' ? 'is missing' : 'is missing, or not ours';
  return { what, isOk: false, detail: `${words}; ${REMEDY}` };
}

async function mappingVersion(client: Client, index: string): Promise<Found> {
  try {
    const answer = await client.transport.request<Readonly<Record<string, unknown>>>({
      method: 'GET',
      path: `/${index}/_mapping`,
    });
    const { mappings } = Object(Object.hasOwn(answer, index) ? answer[index] : {});
    return versionIn(Object(mappings)._meta);
  } catch (cause) {
    if (statusOf(cause) === 404) return 'no index';
    throw cause;
  }
}

/** `hidden`: the credentials may not look, which a role of least rights need not. */
async function templateVersion(
  client: Client,
  name: string,
): Promise<number | undefined | 'hidden'> {
  try {
    const answer = await client.transport.request<{
      readonly index_templates?: readonly { readonly index_template?: unknown }[];
    }>({ method: 'GET', path: `/_index_template/${name}` });
    return versionIn(Object(answer.index_templates?.[0]?.index_template)._meta);
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined;
    if (statusOf(cause) === 403) return 'hidden';
    throw cause;
  }
}
