import { openKafkaProducer } from '../../src/kafka/producer.ts';
import { openKafkaTopics } from '../../src/kafka/topics.ts';
import { setupElasticsearch } from '../../src/sinks/elasticsearch/setup.ts';
import {
  startElasticsearch,
  type Elasticsearch,
} from '../../test/integration/services/elasticsearch.ts';
import { startKafka, type KafkaCluster } from '../../test/integration/services/kafka.ts';
import type { FleetRecord } from './fleet.ts';

/** A real Kafka and a real Elasticsearch, prepared. */
export class BenchServers implements AsyncDisposable {
  readonly kafka: KafkaCluster;
  readonly elasticsearch: Elasticsearch;

  private constructor(kafka: KafkaCluster, elasticsearch: Elasticsearch) {
    this.kafka = kafka;
    this.elasticsearch = elasticsearch;
  }

  static async start(): Promise<BenchServers> {
    const kafka = await startKafka();
    const elasticsearch = await startElasticsearch();
    await setupElasticsearch({
      settings: { url: elasticsearch.url },
      variant: undefined,
      retentionDays: 365,
      onStep: () => undefined,
    });
    return new BenchServers(kafka, elasticsearch);
  }

  async createTopic(name: string, partitions: number): Promise<void> {
    await using topics = openKafkaTopics(this.#connection);
    const settings = { 'message.timestamp.type': 'LogAppendTime' };
    await topics.create([{ name, partitions, replicas: 1, settings }]);
  }

  /** Writes records in large batches, in their order. */
  async fill(topic: string, records: Iterable<FleetRecord>): Promise<void> {
    await using producer = openKafkaProducer({ connection: this.#connection });
    let part: FleetRecord[] = [];
    for (const record of records) {
      part.push(record);
      if (part.length < PART) continue;
      await producer.send(topic, part);
      part = [];
    }
    await producer.send(topic, part);
  }

  get #connection(): { readonly brokers: readonly string[]; readonly clientId: string } {
    return { brokers: this.kafka.bootstrap, clientId: 'bench' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kafka[Symbol.asyncDispose]();
    await this.elasticsearch[Symbol.asyncDispose]();
  }
}

const PART = 20_000;
