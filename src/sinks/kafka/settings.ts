import type { JsonSchema } from '../../base/schema.ts';
import { KAFKA_PROPERTIES, type KafkaSettings } from '../../kafka/settings.ts';
import { settingsSchema } from '../settings.ts';

/** Where alerts go in Kafka. */
export interface KafkaSinkSettings extends KafkaSettings {
  readonly topic: string;
  readonly state_topic?: string;
  readonly message_bytes_max?: number;
}

/** Below `message.max.bytes` of brokers (1 MiB by default) with what surrounds a message. */
export const MESSAGE_BYTES_MAX = 900_000;

const topicName: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,249}$' };

/** What a configuration may say of the topics of alerts. */
export const KAFKA_SINK_SETTINGS: JsonSchema = settingsSchema(
  {
    ...KAFKA_PROPERTIES,
    topic: { ...topicName, description: 'alert documents, keyed by alert id' },
    state_topic: {
      ...topicName,
      description: 'count and evidence of alerts as they grow, keyed alike; default TOPIC-state',
    },
    message_bytes_max: {
      type: 'integer',
      minimum: 10_000,
      maximum: 100_000_000,
      default: MESSAGE_BYTES_MAX,
      description: 'a larger alert is written in reduced form',
    },
  },
  ['brokers', 'topic'],
);
