import { expect } from 'chai';
import { readFileSync } from 'node:fs';

import type { KafkaConnection } from '../../../src/kafka/connection.ts';
import { createKafkajs } from '../../../src/kafka/kafkajs.ts';
import { withAdmin } from '../kafka/admin.ts';
import { startElasticsearch } from './elasticsearch.ts';
import { startKafka, type KafkaCluster } from './kafka.ts';
import { KAFKA_PASSWORD, KAFKA_USER, type ListenerName } from './kafka-configuration.ts';
import {
  sharedElasticsearch,
  sharedKafka,
  sharedSecureKafka,
  startOrSkip,
  uniqueName,
} from './shared.ts';

type Way = Pick<KafkaConnection, 'sasl' | 'tls'> & { readonly listener: ListenerName };

describe('services: Kafka', () => {
  it('makes topics on the shared broker', async function () {
    const topic = uniqueName('made');
    const made = await withAdmin(
      { brokers: await sharedKafka(this), clientId: 'test' },
      async (admin) => {
        await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });
        return admin.fetchTopicMetadata({ topics: [topic] });
      },
    );
    expect(made.topics[0]?.partitions).to.have.length(3);
  });
});

describe('services: Kafka with security', () => {
  const user = { username: KAFKA_USER, password: KAFKA_PASSWORD };
  const nodes = async (cluster: KafkaCluster, way: Way): Promise<number> => {
    const { listener, ...options } = way;
    const brokers = cluster.addressesOf(listener);
    const admin = createKafkajs({ brokers, clientId: 'test', ...options }, 0).admin();
    await admin.connect();
    const { brokers: found } = await admin.describeCluster();
    await admin.disconnect();
    return found.length;
  };
  const ways: readonly (readonly [string, Way])[] = [
    ['PLAIN', { listener: 'sasl', sasl: { mechanism: 'plain', ...user } }],
    ['SCRAM-SHA-256', { listener: 'sasl', sasl: { mechanism: 'scram-sha-256', ...user } }],
    ['SCRAM-SHA-512', { listener: 'sasl', sasl: { mechanism: 'scram-sha-512', ...user } }],
  ];
  for (const [name, way] of ways) {
    it(`lets its user in by ${name}`, async function () {
      expect(await nodes(await sharedSecureKafka(this), way)).to.equal(1);
    });
  }

  it('speaks TLS, and asks for a certificate where it should', async function () {
    const cluster = await sharedSecureKafka(this);
    if (cluster.tls === undefined) throw new Error('no certificates');
    const { authority, clientKey, clientCertificate } = cluster.tls;
    const read = (file: string): string => readFileSync(file, 'utf8');
    const tls = { authority: read(authority) };
    const own = { ...tls, key: read(clientKey), certificate: read(clientCertificate) };
    expect(await nodes(cluster, { listener: 'tls', tls })).to.equal(1);
    expect(await nodes(cluster, { listener: 'mtls', tls: own })).to.equal(1);
    const refusal = await nodes(cluster, { listener: 'mtls', tls }).catch(String);
    expect(refusal).to.match(/certificate required|closed|disconnect/i);
  });
});

describe('services: Kafka of three brokers', () => {
  let cluster: KafkaCluster | undefined;
  before(async function () {
    cluster = await startOrSkip(this, () => startKafka({ brokers: 3 }));
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  it('another broker leads when the leader is killed, and the killed one comes back', async function () {
    this.timeout(120_000);
    if (cluster === undefined) throw new Error('no cluster');
    const topic = uniqueName('led');
    await withAdmin({ brokers: cluster.bootstrap, clientId: 'test' }, async (admin) => {
      const leader = async (): Promise<number> => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions[0]?.leader ?? -1;
      };
      const configured = { topic, numPartitions: 1, replicationFactor: 3 };
      await admin.createTopics({ topics: [configured], waitForLeaders: true });
      const first = await leader();
      await cluster?.brokers[first - 1]?.kill();
      let second = first;
      while (second === first || second === -1) second = await leader();
      await cluster?.brokers[first - 1]?.start();
      const { brokers } = await admin.describeCluster();
      expect(brokers).to.have.length(3);
    });
  });
});

describe('services: Elasticsearch', () => {
  it('indexes and finds a document on the shared node', async function () {
    const url = await sharedElasticsearch(this);
    const index = uniqueName('found');
    const put = await fetch(`${url}/${index}/_create/1?refresh=true`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"level":"high"}',
    });
    expect(put.status).to.equal(201);
    const found = await fetch(`${url}/${index}/_search?q=level:high`);
    expect(await found.json()).to.have.nested.property('hits.total.value', 1);
  });

  it('keeps what it acknowledged when it is killed', async function () {
    const elasticsearch = await startOrSkip(this, () => startElasticsearch());
    await using node = elasticsearch;
    const document = `${node.url}/kept/_doc/1`;
    const headers = { 'content-type': 'application/json' };
    await fetch(document, { method: 'PUT', headers, body: '{"level":"high"}' });
    await node.server.kill();
    await node.server.start();
    expect((await fetch(document)).status).to.equal(200);
  });
});
