import { Failure } from '../../base/failure.ts';
import type { RawRecord } from '../../event/record.ts';
import { readTopic } from '../../kafka/follow.ts';
import {
  openKafkaProducer,
  type KafkaProducer,
  type OutgoingMessage,
} from '../../kafka/producer.ts';
import { connectionOf, type KafkaSettings } from '../../kafka/settings.ts';
import type { DeadLetter } from '../dead-letter.ts';
import { closedFailure } from '../file-failure.ts';
import { letterLine, readLetter, type Letter, type RefusalReason } from '../letter.ts';

export interface KafkaDeadLetterSettings extends KafkaSettings {
  readonly topic: string;
}

/** Bytes of a payload that are kept: base64 makes them a third more, and a message has 1 MiB. */
const PAYLOAD_MAX = 600_000;
/** What waits for a flush; more is not taken. */
const WAITING_BYTES_MAX = 64 << 20;

/** Opens a topic for refused records, in the form that the file has; it connects with a flush. */
export function openKafkaDeadLetter(
  settings: KafkaDeadLetterSettings,
  now: () => number = Date.now,
): DeadLetter {
  return new KafkaDeadLetter(settings, now);
}

class KafkaDeadLetter implements DeadLetter {
  count = 0;
  // The retention of the topic decides how long they are kept.
  readonly deleted = 0;
  readonly name: string;
  private readonly topic: string;
  private readonly now: () => number;
  private readonly producer: KafkaProducer;
  private waiting: OutgoingMessage[] = [];
  private waitingBytes = 0;
  private last: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(settings: KafkaDeadLetterSettings, now: () => number) {
    this.topic = settings.topic;
    this.name = `topic ${settings.topic}`;
    this.now = now;
    this.producer = openKafkaProducer({
      connection: connectionOf(settings, 'tidegate-dead-letter'),
    });
  }

  add(record: RawRecord, problem: RefusalReason): void {
    if (this.isClosed) throw closedFailure(this.name);
    if (this.waitingBytes > WAITING_BYTES_MAX) {
      const message = `${this.name}: ${this.waitingBytes} bytes wait to be written`;
      throw new Failure('store_full', { message, retryable: true });
    }
    const value = letterLine(record, problem, { refusedAt: this.now(), payloadMax: PAYLOAD_MAX });
    const { source, partition } = record.position;
    this.waiting.push({ key: `${source}/${partition}`, value });
    this.waitingBytes += value.length;
    this.count++;
  }

  async flush(): Promise<void> {
    if (this.isClosed) throw closedFailure(this.name);
    await this.sendInTurn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    try {
      await this.sendInTurn();
    } finally {
      await this.producer[Symbol.asyncDispose]();
    }
  }

  // Several may flush at the same time, and each waits for what it added.
  private sendInTurn(): Promise<void> {
    const turn = this.last.then(() => this.send());
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async send(): Promise<void> {
    const messages = [...this.waiting];
    if (messages.length === 0) return;
    await this.producer.send(this.topic, messages);
    // What was added meanwhile waits for the next flush.
    this.waiting = this.waiting.slice(messages.length);
    this.waitingBytes = this.waiting.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  }
}

/** A letter in a topic, and its place there. */
export interface PlacedLetter {
  readonly partition: number;
  readonly offset: number;
  /** Undefined for a message that is no letter. */
  readonly letter: Letter | undefined;
}

/** Reads what is in the topic now. */
export async function* readKafkaDeadLetter(
  settings: KafkaDeadLetterSettings,
): AsyncGenerator<PlacedLetter> {
  const connection = connectionOf(settings, 'tidegate-dead-letter');
  for await (const { partition, offset, value } of readTopic(connection, settings.topic)) {
    const letter = value === null ? undefined : readLetter(Buffer.from(value).toString('utf8'));
    yield { partition, offset, letter };
  }
}
