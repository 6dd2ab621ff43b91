import type { SharedSource } from '../source.ts';
import { KafkaGroupSource } from './group-source.ts';
import type { KafkaSourceOptions } from './options.ts';

/** Opens topics of a Kafka, shared with the other members of the group; connects when iterated. */
export function openKafka(options: KafkaSourceOptions): SharedSource {
  return new KafkaGroupSource(options);
}
