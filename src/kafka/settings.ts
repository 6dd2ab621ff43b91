import { readFileSync } from 'node:fs';

import { Failure } from '../base/failure.ts';
import type { JsonSchema } from '../base/schema.ts';
import type { KafkaConnection, KafkaSasl, KafkaTls } from './connection.ts';
import { tokenProvider, type OauthSettings } from './oauth.ts';

/** How a Kafka is reached, as a configuration says it. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly tls?: {
    readonly ca_file?: string;
    readonly cert_file?: string;
    readonly key_file?: string;
    readonly passphrase?: string;
    readonly server_name?: string;
  };
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | (OauthSettings & { readonly mechanism: 'oauthbearer' });
}

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });

/** The keys of `KafkaSettings`, to be put among those of a part that uses Kafka. */
export const KAFKA_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  brokers: {
    type: 'array',
    minItems: 1,
    items: { type: 'string', pattern: '^.+:[0-9]{1,5}$' },
    description: 'addresses to begin with, host:port',
  },
  tls: {
    type: 'object',
    properties: {
      ca_file: text('PEM file of the authority that signed the certificates of the brokers'),
      cert_file: text('PEM file of our own certificate'),
      key_file: text('PEM file of its key'),
      passphrase: text('of the key'),
      server_name: text('the name in the certificates, where it is not the host name'),
    },
    dependentRequired: { cert_file: ['key_file'], key_file: ['cert_file'] },
    additionalProperties: false,
    description: 'absent: plain text; {}: the authorities that Node trusts',
  },
  sasl: {
    type: 'object',
    required: ['mechanism'],
    properties: {
      mechanism: { enum: ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] },
      username: text('user'),
      password: text('password'),
      token_file: text('oauthbearer: a file with a token that somebody keeps fresh'),
      token_endpoint: text('oauthbearer: address of the issuer, for client credentials'),
      client_id: text('oauthbearer: who we are to the issuer'),
      client_secret: text('oauthbearer: and our secret there'),
      scope: text('oauthbearer: what the token is asked for'),
    },
    dependentRequired: { token_endpoint: ['client_id', 'client_secret'] },
    ...byMechanism(),
    additionalProperties: false,
    description: 'who we are',
  },
};

// A table of words: a property named `then` makes an object look like a promise.
function byMechanism(): JsonSchema {
  const isOauth = { properties: { mechanism: { const: 'oauthbearer' } } };
  const words = [
    ['if', isOauth],
    ['then', {}],
    ['else', { required: ['username', 'password'] }],
  ] as const;
  return Object.fromEntries(words);
}

/** The connection that settings describe; reads the files that they name. */
export function connectionOf(settings: KafkaSettings, clientId: string): KafkaConnection {
  const { brokers, tls, sasl } = settings;
  return {
    brokers,
    clientId,
    ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
    ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
  };
}

function saslOf(sasl: NonNullable<KafkaSettings['sasl']>): KafkaSasl {
  if (sasl.mechanism !== 'oauthbearer') return sasl;
  return { mechanism: 'oauthbearer', token: tokenProvider(sasl) };
}

function tlsOf(tls: NonNullable<KafkaSettings['tls']>): KafkaTls {
  const { ca_file: ca, cert_file: certificate, key_file: key, passphrase } = tls;
  return {
    ...(ca === undefined ? {} : { authority: read(ca) }),
    ...(certificate === undefined ? {} : { certificate: read(certificate) }),
    ...(key === undefined ? {} : { key: read(key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(tls.server_name === undefined ? {} : { serverName: tls.server_name }),
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('source_unreadable', {
      message: `${path}: ${reason}`,
      retryable: false,
      cause,
    });
  }
}
