import { createHash } from 'node:crypto';

import { assert } from '../../base/assert.ts';
import { textOfProgress } from '../../engine/handed-hit.ts';
import { openKafkaProducer, type KafkaProducer } from '../../kafka/producer.ts';
import { connectionOf, type KafkaSettings } from '../../kafka/settings.ts';
import { openKafkaTopics } from '../../kafka/topics.ts';
import type { Outbox } from './outbox.ts';

/** The topic through which hits of rules across hosts go, as a configuration names it. */
export interface HitsTopicSettings extends KafkaSettings {
  readonly topic: string;
  readonly group: string;
  /** When it is made. */
  readonly partitions: number;
  readonly replicas?: number;
}

/** The internal topic of hits, open for writing. */
export interface HitsTopic extends AsyncDisposable {
  /** The outbox of one of a source's tasks. */
  outbox(task: HitsTask): Outbox;
}

/** Who hands over: a task, and how many the source has in all. */
export interface HitsTask {
  readonly source: string;
  readonly task: number;
  readonly tasks: number;
}

const DAY_MS = 86_400_000;

/** Opens the topic; it is made if it is not there. */
export async function openHitsTopic(settings: HitsTopicSettings): Promise<HitsTopic> {
  const connection = connectionOf(settings, 'tidegate-hits');
  const partitions = await prepare(settings);
  return new KafkaHitsTopic(openKafkaProducer({ connection }), settings.topic, partitions);
}

async function prepare({ topic, ...settings }: HitsTopicSettings): Promise<number> {
  await using topics = openKafkaTopics(connectionOf(settings, 'tidegate-hits'));
  const find = async (): Promise<number | undefined> =>
    (await topics.list()).find(({ name }) => name === topic)?.partitions;
  const there = await find();
  if (there !== undefined) return there;
  const { partitions, replicas } = settings;
  await topics.create([
    {
      name: topic,
      partitions,
      ...(replicas === undefined ? {} : { replicas }),
      // Longer than any outage of those who read it should be.
      settings: {
        'cleanup.policy': 'delete',
        'retention.ms': String(7 * DAY_MS),
        'message.timestamp.type': 'LogAppendTime',
      },
    },
  ]);
  // Another process may have made it with another number.
  return (await find()) ?? partitions;
}

class KafkaHitsTopic implements HitsTopic {
  readonly #producer: KafkaProducer;
  readonly #topic: string;
  readonly #partitions: number;

  constructor(producer: KafkaProducer, topic: string, partitions: number) {
    assert(partitions > 0, 'a topic has partitions');
    this.#producer = producer;
    this.#topic = topic;
    this.#partitions = partitions;
  }

  outbox(task: HitsTask): Outbox {
    return {
      send: (messages) =>
        this.#producer.send(
          this.#topic,
          messages.map(({ route, value }) => ({ key: digestOf(route), value })),
        ),
      tell: (frontier) => {
        const value = textOfProgress({ kind: 'progress', ...task, frontier });
        const all = Array.from({ length: this.#partitions }, (_, partition) => partition);
        return this.#producer.send(
          this.#topic,
          all.map((partition) => ({ key: null, value, partition })),
        );
      },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#producer[Symbol.asyncDispose]();
  }
}

// A route may be as long as a command line.
function digestOf(route: string): string {
  return createHash('sha256').update(route).digest('base64url').slice(0, 22);
}
