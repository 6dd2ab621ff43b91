import { startElasticsearch, type Elasticsearch } from '../integration/services/elasticsearch.ts';
import { startKafka, type KafkaCluster } from '../integration/services/kafka.ts';

/**
 * The servers of a run: rows that follow each other share one, and at most one kind of server runs at
 * a time. Clients reach them through proxies, which are healed for each row.
 */
export class Servers implements AsyncDisposable {
  #name: string | undefined;
  #server: Promise<AsyncDisposable> | undefined;

  async kafka(brokers: 1 | 3 = 1): Promise<KafkaCluster> {
    const start = (): Promise<KafkaCluster> => startKafka({ brokers, isProxied: true });
    const cluster = await this.#get(`kafka of ${String(brokers)}`, start);
    for (const proxy of cluster.proxies) proxy.heal();
    return cluster;
  }

  async elasticsearch(): Promise<Elasticsearch> {
    const start = (): Promise<Elasticsearch> => startElasticsearch({ isProxied: true });
    const server = await this.#get('elasticsearch', start);
    server.proxy?.heal();
    return server;
  }

  /** Stops what runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    this.#name = undefined;
    this.#server = undefined;
    await (await server?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  async #get<S extends AsyncDisposable>(name: string, start: () => Promise<S>): Promise<S> {
    if (this.#name !== name) {
      const before = this[Symbol.asyncDispose]();
      this.#name = name;
      this.#server = before.then(start);
    }
    return (await this.#server) as S;
  }
}
