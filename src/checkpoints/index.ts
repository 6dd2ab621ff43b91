import { KAFKA_PROPERTIES, connectionOf, type KafkaSettings } from '../kafka/settings.ts';
import type { CheckpointStore } from './checkpoint.ts';
import { openKafkaCheckpoints } from './kafka.ts';
import { openSqliteCheckpoints } from './sqlite.ts';

/** A kind of checkpoint store, as a configuration names it. */
export interface CheckpointKind {
  readonly name: string;
  /** One line for the documentation. */
  readonly description: string;
  /** The form of the settings; secrets are texts here, resolved by whoever read the file. */
  readonly settings: Readonly<Record<string, unknown>>;
  open(settings: Readonly<Record<string, unknown>>): Promise<CheckpointStore>;
}

const text = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 1, maximum: 10_000 };

const sqlite: CheckpointKind = {
  name: 'sqlite',
  description: 'a file, for the processes of one machine',
  settings: {
    type: 'object',
    properties: { path: { ...text, description: 'default: checkpoints.db in data_dir' } },
    additionalProperties: false,
  },
  open: async (settings) => openSqliteCheckpoints(String(settings['path'])),
};

interface TopicSettings extends KafkaSettings {
  readonly topic?: string;
  readonly partitions?: number;
  readonly replicas?: number;
}

const kafka: CheckpointKind = {
  name: 'kafka',
  description: 'a compacted topic, for any number of processes of a group',
  settings: {
    type: 'object',
    properties: {
      ...KAFKA_PROPERTIES,
      topic: { ...text, default: 'tidegate-checkpoints' },
      partitions: { ...count, default: 16, description: 'of the topic, when it is made' },
      replicas: { ...count, description: "when it is made; default: the cluster's" },
    },
    required: ['brokers'],
    additionalProperties: false,
  },
  open: async (settings) => {
    const given = settings as unknown as TopicSettings;
    const { topic = 'tidegate-checkpoints', partitions = 16, replicas } = given;
    const connection = connectionOf(given, 'tidegate-checkpoints');
    return openKafkaCheckpoints({ connection, topic, partitions, replicas });
  },
};

/** Every place that checkpoints can be kept in. */
export const checkpointKinds: readonly CheckpointKind[] = [sqlite, kafka];
