import { compressionsAlgorithmsByBitmask, type BaseOptions } from '@platformatic/kafka';

import { isIP } from 'node:net';

import { CODEC_NUMBERS, decompress } from './codecs.ts';
import {
  connectMs,
  requestMs,
  tlsOptions,
  type KafkaConnection,
  type KafkaSasl,
} from './connection.ts';

let isPrepared = false;

/**
 * The connection in @platformatic/kafka's terms. Its codecs have no bound (29 KB of zstd become
 * 900 MB), so they are replaced by ours for the whole process.
 */
export function platformaticConnection(connection: KafkaConnection): BaseOptions {
  prepare();
  const { brokers, clientId, tls, sasl } = connection;
  return {
    bootstrapBrokers: [...brokers],
    clientId,
    connectTimeout: connectMs(connection),
    timeout: requestMs(connection),
    autocreateTopics: false,
    ...(tls === undefined
      ? {}
      : { tls: tlsOptions(tls), tlsServerName: tls.serverName ?? !brokers.some(isAddress) }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
  };
}

/** Addresses are no server names (RFC 6066); the certificate is checked against them all the same. */
function isAddress(broker: string): boolean {
  return isIP(broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')) !== 0;
}

function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  const algorithms = compressionsAlgorithmsByBitmask as unknown as Record<number, object>;
  for (const [number, codec] of CODEC_NUMBERS) {
    const decompressSync = (bytes: Buffer): Buffer => decompress(codec, bytes);
    algorithms[number] = { ...algorithms[number], decompressSync };
  }
}

function saslOptions(sasl: KafkaSasl): NonNullable<BaseOptions['sasl']> {
  if (sasl.mechanism === 'oauthbearer') {
    return { mechanism: 'OAUTHBEARER', token: sasl.token };
  }
  const { username, password } = sasl;
  const mechanisms = {
    plain: 'PLAIN',
    'scram-sha-256': 'SCRAM-SHA-256',
    'scram-sha-512': 'SCRAM-SHA-512',
  } as const;
  return { mechanism: mechanisms[sasl.mechanism], username, password };
}
