import { parseDurationMs } from '../../base/duration.ts';
import { Failure } from '../../base/failure.ts';
import { KAFKA_PROPERTIES, connectionOf, type KafkaSettings } from '../../kafka/settings.ts';
import type { SourceKind } from '../source.ts';
import { openKafka } from './index.ts';
import {
  sessionLimits,
  type KafkaClientName,
  type KafkaLimits,
  type KafkaStart,
  type TopicSelector,
} from './options.ts';

const topics = {
  type: 'array',
  items: { type: 'string', minLength: 1 },
  minItems: 1,
};

interface SourceSettings extends KafkaSettings {
  readonly client_id?: string;
  readonly group?: string;
  readonly client?: KafkaClientName;
  readonly topics: readonly string[];
  readonly references?: readonly string[];
  readonly start?: string;
  readonly session_timeout?: string;
}

/** Topics of a Kafka. */
export const kafka: SourceKind = {
  name: 'kafka',
  isShared: true,
  description: 'topics keyed by host, shared with the other members of the group',
  settings: {
    type: 'object',
    properties: {
      ...KAFKA_PROPERTIES,
      client_id: {
        type: 'string',
        minLength: 1,
        default: 'tidegate',
        description: "named in the broker's logs and quotas",
      },
      client: { enum: ['kafkajs', 'platformatic'], default: 'kafkajs' },
      group: { type: 'string', minLength: 1, default: 'tidegate' },
      topics: {
        ...topics,
        description: 'topics keyed by host: names, or patterns such as /telemetry-.*/',
      },
      references: { ...topics, description: 'low-volume topics that every task reads whole' },
      start: {
        type: 'string',
        pattern: '^(earliest|latest|[0-9]{4}-.+)$',
        default: 'earliest',
        description: 'where to begin without a checkpoint: earliest, latest, or a time',
      },
      session_timeout: {
        type: 'string',
        pattern: '^[0-9]{1,9}(ms|s|m)$',
        default: '20s',
        description: 'how long the group waits for a member that says nothing',
      },
    },
    required: ['brokers', 'topics'],
    additionalProperties: false,
  },
  open: async (settings, { notice }) => {
    const given = settings as unknown as SourceSettings;
    return openKafka({
      connection: connectionOf(given, given.client_id ?? 'tidegate'),
      client: given.client ?? 'kafkajs',
      group: given.group ?? 'tidegate',
      topics: given.topics.map(selectorOf),
      references: (given.references ?? []).map(selectorOf),
      start: startOf(given.start ?? 'earliest'),
      limits: limitsOf(given.session_timeout),
      onNotice: notice,
    });
  },
};

function selectorOf(name: string): TopicSelector {
  if (name.length < 3 || !name.startsWith('/') || !name.endsWith('/')) return name;
  try {
    return { pattern: new RegExp(name.slice(1, -1)) };
  } catch {
    throw misconfigured(`topics: ${name} is no pattern`);
  }
}

function startOf(start: string): KafkaStart {
  if (start === 'earliest' || start === 'latest') return start;
  const time = Date.parse(start);
  if (!Number.isSafeInteger(time)) throw misconfigured(`start: ${start} is no time`);
  return { time };
}

function limitsOf(session: string | undefined): Partial<KafkaLimits> {
  if (session === undefined) return {};
  const limits = sessionLimits(parseDurationMs(session) ?? 0);
  if (limits === undefined) throw misconfigured(`session_timeout: ${session} is too short`);
  return limits;
}

function misconfigured(message: string): Failure {
  return new Failure('source_misconfigured', { message, retryable: false });
}
