import { openKafkaProducer } from '../../kafka/producer.ts';
import { connectionOf, type KafkaSettings } from '../../kafka/settings.ts';
import type { Outbox } from './outbox.ts';

/** Where records go that were keyed anew. */
export interface TelemetryTopicSettings extends KafkaSettings {
  readonly topic: string;
}

/** Opens a topic of telemetry for writing: keys decide the partition, as everywhere. */
export function openTelemetryTopic(settings: TelemetryTopicSettings): Outbox & AsyncDisposable {
  const { topic } = settings;
  const connection = connectionOf(settings, 'tidegate-repartition');
  const producer = openKafkaProducer({ connection });
  return {
    send: (messages) =>
      producer.send(
        topic,
        messages.map(({ route, value, headers = [] }) => ({
          key: route,
          value,
          headers: Object.fromEntries(headers),
        })),
      ),
    // Whoever reads the topic sees times by the records.
    tell: async () => undefined,
    [Symbol.asyncDispose]: () => producer[Symbol.asyncDispose](),
  };
}
