import type { Client } from '@elastic/elasticsearch';
import { createClient } from '../../../src/sinks/elasticsearch/client.ts';
import { setupElasticsearch } from '../../../src/sinks/elasticsearch/setup.ts';

/** What a reader finds of an alert. */
export interface Stored {
  readonly id: string;
  readonly index: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly state: Readonly<Record<string, unknown>> | undefined;
}

/** A real cluster that tests share one after the other: each one finds it empty and prepared. */
export class Cluster {
  readonly url: string;
  readonly client: Client;
  private current: string | undefined;
  private readonly left: Map<string, readonly unknown[]> = new Map();

  constructor(url: string) {
    this.url = url;
    this.client = createClient({ url });
  }

  /** Gives the cluster to the test of this folder; what an earlier one left is remembered. */
  async use(folder: string): Promise<void> {
    if (this.current === folder) return;
    if (this.current !== undefined) this.left.set(this.current, await this.comparable());
    this.current = folder;
    await this.prepare();
  }

  /** What the test of this folder left, without what a clock decided. */
  async contentOf(folder: string): Promise<readonly unknown[]> {
    return folder === this.current ? this.comparable() : (this.left.get(folder) ?? []);
  }

  /** Removes all of ours and sets it up again. */
  async prepare(): Promise<void> {
    await this.clear();
    await setupElasticsearch({
      settings: { url: this.url },
      variant: undefined,
      retentionDays: 365,
      onStep: () => undefined,
    });
  }

  /** Removes every index and template of ours. */
  async clear(): Promise<void> {
    for (const path of [
      '/logs-tidegate.alerts-*,tidegate-*/_alias',
      '/_index_template/tidegate-*',
      '/_component_template/tidegate-*',
    ]) {
      await this.remove(path);
    }
  }

  /** All alerts, sorted by id. */
  async alerts(): Promise<readonly Stored[]> {
    const states = new Map(
      (await this.search('tidegate-alert-state')).map((hit) => [hit._id, hit._source]),
    );
    const alerts = (await this.search('logs-tidegate.alerts-*')).map(
      ({ _id: id, _index: index, _source: document }) => ({
        id,
        index,
        document,
        state: states.get(id),
      }),
    );
    return alerts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  async close(): Promise<void> {
    await this.clear();
    await this.client.close();
  }

  private async comparable(): Promise<readonly unknown[]> {
    return (await this.alerts()).map((stored) => {
      const { event, ...document } = Object(stored.document);
      const { ingested: _, ...rest } = Object(event);
      return { ...stored, document: { ...document, event: rest } };
    });
  }

  private async search(index: string): Promise<readonly Hit[]> {
    await this.client.indices.refresh({ index });
    const hits: Hit[] = [];
    for (;;) {
      const last = hits.at(-1)?.sort;
      const answer = await this.client.transport.request<{ hits: { hits: readonly Hit[] } }>({
        method: 'POST',
        path: `/${index}/_search`,
        body: {
          size: PAGE,
          sort: ['_seq_no', '_index'],
          ...(last === undefined ? {} : { search_after: last }),
        },
      });
      hits.push(...answer.hits.hits);
      if (answer.hits.hits.length < PAGE) return hits;
    }
  }

  private async remove(path: string): Promise<void> {
    const isIndex = path.endsWith('/_alias');
    const names = isIndex
      ? Object.keys(await this.client.transport.request({ method: 'GET', path }))
      : [];
    if (isIndex && names.length === 0) return;
    const target = isIndex ? `/${names.join(',')}` : path;
    await this.client.transport.request({ method: 'DELETE', path: target }, { ignore: [404] });
  }
}

/** Hits that a search gives at most. */
const PAGE = 10_000;

interface Hit {
  readonly sort: readonly unknown[];
  readonly _id: string;
  readonly _index: string;
  readonly _source: Readonly<Record<string, unknown>>;
}
