import { join } from 'node:path';

import { LOOPBACK } from './ports.ts';
import type { TlsFiles } from './certificates.ts';

/** A way into a broker: what the client must speak there. */
export type ListenerName = 'plaintext' | 'sasl' | 'tls' | 'mtls';

/** Users that the SASL listener knows, by PLAIN and both kinds of SCRAM. */
export const KAFKA_USER = 'tidegate';
export const KAFKA_PASSWORD = 'tide-gate-17';

export interface BrokerLayout {
  readonly id: number;
  readonly folder: string;
  readonly controllerPort: number;
  /** Where the broker listens. */
  readonly ports: Readonly<Record<ListenerName, number>>;
  /** What it tells clients of its plain listener: a proxy's port, or its own. */
  readonly advertisedPort: number;
  /** The plain listener that brokers use among themselves, never through a proxy. */
  readonly innerPort: number;
}

/** The configuration of one of several brokers that are controllers too. */
export function brokerProperties(
  broker: BrokerLayout,
  cluster: { readonly brokers: readonly BrokerLayout[]; readonly tls: TlsFiles | undefined },
): string {
  const { ports } = broker;
  const count = cluster.brokers.length;
  const listeners = [
    ['PLAINTEXT', ports.plaintext, broker.advertisedPort],
    ['INNER', broker.innerPort, broker.innerPort],
    ...(cluster.tls === undefined
      ? []
      : [
          ['SASL', ports.sasl, ports.sasl],
          ['TLS', ports.tls, ports.tls],
          ['MTLS', ports.mtls, ports.mtls],
        ]),
  ] as const;
  const at = (name: string | number, port: string | number): string =>
    `${name}://${LOOPBACK}:${port}`;
  const voters = cluster.brokers.map(
    ({ id, controllerPort }) => `${id}@${LOOPBACK}:${controllerPort}`,
  );
  const replicas = Math.min(count, 3);
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': broker.id,
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INNER',
    listeners: [
      ...listeners.map(([name, port]) => at(name, port)),
      at('CONTROLLER', broker.controllerPort),
    ].join(','),
    'advertised.listeners': listeners.map(([name, , port]) => at(name, port)).join(','),
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,INNER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,MTLS:SSL',
    'log.dirs': join(broker.folder, 'data'),
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': 1,
    'default.replication.factor': replicas,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'auto.create.topics.enable': false,
    'message.max.bytes': 128 * 1024 * 1024,
    'replica.fetch.max.bytes': 128 * 1024 * 1024,
    'log.cleaner.backoff.ms': 500,
    'log.retention.check.interval.ms': 500,
    'log.initial.task.delay.ms': 500,
    // A killed broker of a test is to be missed soon.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 500,
    ...(cluster.tls === undefined ? {} : securityProperties(cluster.tls)),
  })
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}

function securityProperties(tls: TlsFiles): Readonly<Record<string, string>> {
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const bearer = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required';
  return {
    'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'listener.name.sasl.plain.sasl.jaas.config': `${plain} user_${KAFKA_USER}="${KAFKA_PASSWORD}";`,
    'listener.name.sasl.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': scram,
    // Kafka's own unsecured tokens (RFC 7515, `alg: none`): real enough to see the exchange.
    'listener.name.sasl.oauthbearer.sasl.jaas.config': `${bearer} unsecuredLoginStringClaim_sub="x";`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': tls.serverKeyAndCertificate,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': tls.authority,
    'listener.name.mtls.ssl.client.auth': 'required',
  };
}
