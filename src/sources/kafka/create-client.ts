import type { GroupClient, GroupClientOptions } from './client.ts';
import { KafkajsClient } from './kafkajs-client.ts';
import type { KafkaClientName } from './options.ts';
import { PlatformaticClient } from './platformatic-client.ts';

/** The libraries that a configuration may name. */
export function createGroupClient(name: KafkaClientName, options: GroupClientOptions): GroupClient {
  return name === 'kafkajs' ? new KafkajsClient(options) : new PlatformaticClient(options);
}
