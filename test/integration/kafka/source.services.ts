import type { KafkaConnection } from '../../../src/kafka/connection.ts';
import { describeSharedSource } from '../../conformance/shared-source.ts';
import { sharedKafka } from '../services/shared.ts';

describe('integration: Kafka source', () => {
  let connection: KafkaConnection = { brokers: [], clientId: 'test' };
  before(async function () {
    connection = { brokers: await sharedKafka(this), clientId: 'test' };
  });

  for (const client of ['kafkajs', 'platformatic'] as const) {
    describeSharedSource(client, () => connection);
  }
});
