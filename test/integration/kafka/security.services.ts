import { expect } from 'chai';
import { readFileSync } from 'node:fs';

import type { KafkaConnection, KafkaSasl, KafkaTls } from '../../../src/kafka/connection.ts';
import { openKafkaTopics } from '../../../src/kafka/topics.ts';
import { openKafkaProducer } from '../../../src/kafka/producer.ts';
import { KAFKA_PASSWORD, KAFKA_USER, type ListenerName } from '../services/kafka-configuration.ts';
import type { KafkaCluster } from '../services/kafka.ts';
import { isShort, sharedSecureKafka, uniqueName } from '../services/shared.ts';
import { FAST, Member } from './member.ts';

/** Kafka's own unsecured token (RFC 7515, `alg: none`), for its test listener. */
function unsecuredToken(): Promise<string> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: KAFKA_USER, iat: now, exp: now + 3600 };
  return Promise.resolve(`${part({ alg: 'none' })}.${part(claims)}.`);
}

interface Way {
  readonly listener: ListenerName;
  readonly sasl?: KafkaSasl;
  readonly tls?: (cluster: KafkaCluster) => KafkaTls;
}

const user = { username: KAFKA_USER, password: KAFKA_PASSWORD };
const wrong = { username: KAFKA_USER, password: 'not-it' };
const read = (file: string | undefined): string => readFileSync(file ?? '', 'utf8');
const authority = ({ tls }: KafkaCluster): KafkaTls => ({ authority: read(tls?.authority) });
const mutual = (cluster: KafkaCluster): KafkaTls => ({
  ...authority(cluster),
  key: read(cluster.tls?.clientKey),
  certificate: read(cluster.tls?.clientCertificate),
});

const GOOD: readonly (readonly [string, Way])[] = [
  ['SASL PLAIN', { listener: 'sasl', sasl: { mechanism: 'plain', ...user } }],
  ['SCRAM-SHA-256', { listener: 'sasl', sasl: { mechanism: 'scram-sha-256', ...user } }],
  ['SCRAM-SHA-512', { listener: 'sasl', sasl: { mechanism: 'scram-sha-512', ...user } }],
  ['OAUTHBEARER', { listener: 'sasl', sasl: { mechanism: 'oauthbearer', token: unsecuredToken } }],
  ['TLS', { listener: 'tls', tls: authority }],
  ['mutual TLS', { listener: 'mtls', tls: mutual }],
];

const BAD: readonly (readonly [string, Way, RegExp])[] = [
  [
    'a wrong password (PLAIN)',
    { listener: 'sasl', sasl: { mechanism: 'plain', ...wrong } },
    /[Aa]uthentication failed/,
  ],
  [
    'a wrong password (SCRAM)',
    { listener: 'sasl', sasl: { mechanism: 'scram-sha-512', ...wrong } },
    /[Aa]uthentication failed/,
  ],
  [
    'an authority that did not sign',
    { listener: 'tls', tls: ({ tls }) => ({ authority: read(tls?.strangeAuthority) }) },
    /certificate|signature/,
  ],
  [
    'a server of another name',
    {
      listener: 'tls',
      tls: (cluster) => ({ ...authority(cluster), serverName: 'kafka.example.com' }),
    },
    /altnames|Hostname/,
  ],
  ['no certificate of our own', { listener: 'mtls', tls: authority }, /certificate required/],
];

for (const client of ['kafkajs', 'platformatic'] as const) {
  describe(`integration: Kafka source by ${client}, security`, function () {
    this.timeout(60_000);
    let cluster: KafkaCluster | undefined;
    before(async function () {
      cluster = await sharedSecureKafka(this);
    });

    function connectionOf({ listener, sasl, tls }: Way): KafkaConnection {
      if (cluster === undefined) throw new Error('no cluster');
      return {
        brokers: cluster.addressesOf(listener),
        clientId: 'test',
        ...(sasl === undefined ? {} : { sasl }),
        ...(tls === undefined ? {} : { tls: tls(cluster) }),
      };
    }

    for (const [name, way] of isShort ? GOOD.slice(-1) : GOOD) {
      it(`reads and writes by ${name}`, async () => {
        const connection = connectionOf(way);
        const topic = uniqueName('secured');
        await using topics = openKafkaTopics(connection);
        await topics.create([{ name: topic, partitions: 1 }]);
        await using producer = openKafkaProducer({ connection });
        await producer.send(topic, [{ key: null, value: name }]);
        const group = uniqueName('group');
        await using member = new Member({
          connection,
          client,
          group,
          topics: [topic],
          limits: FAST,
        });
        await member.until(() => member.texts.includes(name));
      });
    }

    for (const [name, way, reason] of isShort ? BAD.slice(0, 1) : BAD) {
      it(`fails with a named reason: ${name}`, async () => {
        const connection = connectionOf(way);
        const group = uniqueName('group');
        await using member = new Member({ connection, client, group, topics: ['x'], limits: FAST });
        const failure = await member.failed();
        expect(failure).to.have.property('code', 'peer_refused');
        expect(failure).to.have.property('retryable', false);
        expect(String(failure)).to.match(reason).and.not.contain(KAFKA_PASSWORD);
      });
    }
  });
}
