import type { KafkaConfig, SASLOptions } from 'kafkajs';
import type { ConnectionOptions } from 'node:tls';

/** How a Kafka is reached; the same for every client, reading and writing. */
export interface KafkaConnection {
  /** Addresses to begin with, `host:port`; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Named in the broker's logs and quotas. */
  readonly clientId: string;
  /** Absent: plain text. An empty object: TLS with the authorities that Node trusts. */
  readonly tls?: KafkaTls;
  readonly sasl?: KafkaSasl;
  /** How long a connection may take to come about, in ms. Default 5,000. */
  readonly connectMsMax?: number;
  /** How long an answer may take, in ms. Default 30,000. */
  readonly requestMsMax?: number;
}

/** PEM texts, not paths. A certificate with its key makes it mutual. */
export interface KafkaTls {
  readonly authority?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** The name that the broker's certificate must bear, where it is not the host's. */
  readonly serverName?: string;
}

export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: 'oauthbearer';
      /** Asked for each connection: a token that is still valid. */
      readonly token: () => Promise<string>;
    };

const CONNECT_MS_MAX = 5000;
const REQUEST_MS_MAX = 30_000;

export function connectMs({ connectMsMax = CONNECT_MS_MAX }: KafkaConnection): number {
  return connectMsMax;
}

export function requestMs({ requestMsMax = REQUEST_MS_MAX }: KafkaConnection): number {
  return requestMsMax;
}

/** The connection in kafkajs's terms. */
export function kafkajsConnection(connection: KafkaConnection): KafkaConfig {
  const { brokers, clientId, tls, sasl } = connection;
  return {
    brokers: [...brokers],
    clientId,
    connectionTimeout: connectMs(connection),
    requestTimeout: requestMs(connection),
    ...(tls === undefined ? {} : { ssl: tlsOptions(tls) }),
    ...(sasl === undefined ? {} : { sasl: kafkajsSasl(sasl) }),
  };
}

function kafkajsSasl(sasl: KafkaSasl): SASLOptions {
  if (sasl.mechanism === 'oauthbearer') {
    const { mechanism, token } = sasl;
    return { mechanism, oauthBearerProvider: async () => ({ value: await token() }) };
  }
  const { mechanism, username, password } = sasl;
  return { mechanism, username, password };
}

/** TLS in Node's terms; nothing older than 1.2. */
export function tlsOptions(tls: KafkaTls): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(tls.authority === undefined ? {} : { ca: tls.authority }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}
