import type { Alert } from '../../alert/alert.ts';
import type { KafkaConnection } from '../../kafka/connection.ts';
import type { FollowedMessage } from '../../kafka/follow.ts';
import {
  openKafkaProducer,
  type KafkaProducer,
  type OutgoingMessage,
} from '../../kafka/producer.ts';
import { connectionOf } from '../../kafka/settings.ts';
import { openKafkaTopics } from '../../kafka/topics.ts';
import { Failure } from '../../base/failure.ts';
import type { DeadLetter } from '../dead-letter.ts';
import { reducedBody, stateBody } from '../documents.ts';
import { closedFailure } from '../file-failure.ts';
import { alertRecord } from '../letter.ts';
import { alertOfDocument, alertOfState } from '../read-back.ts';
import { documentReceipt, freshAlerts, RecentIds } from '../recent-ids.ts';
import type {
  LogBatch,
  LogReader,
  PrimarySink,
  SinkContext,
  SinkFinding,
  SinkReceipt,
} from '../sink.ts';
import { MESSAGE_BYTES_MAX, type KafkaSinkSettings } from './settings.ts';

/** Opens the sink; it connects with the first batch. */
export function openKafkaSink(settings: KafkaSinkSettings, context: SinkContext = {}): PrimarySink {
  return new KafkaSink(settings, context.deadLetter);
}

class KafkaSink implements PrimarySink {
  readonly name: string;
  private readonly connection: KafkaConnection;
  private readonly producer: KafkaProducer;
  private readonly topic: string;
  private readonly stateTopic: string;
  private readonly bytesMax: number;
  private readonly deadLetter: DeadLetter | undefined;
  // Spares consumers the repetitions of this process; they know the others by their keys.
  private readonly ids = new RecentIds();
  private isClosed = false;

  constructor(settings: KafkaSinkSettings, deadLetter: DeadLetter | undefined) {
    this.topic = settings.topic;
    this.stateTopic = stateTopicOf(settings);
    this.name = `topic ${this.topic}`;
    this.bytesMax = settings.message_bytes_max ?? MESSAGE_BYTES_MAX;
    this.deadLetter = deadLetter;
    this.connection = connectionOf(settings, 'tidegate-alerts');
    this.producer = openKafkaProducer({ connection: this.connection });
  }

  async write(batch: readonly Alert[]): Promise<SinkReceipt> {
    if (this.isClosed) throw closedFailure(this.name);
    const fresh = freshAlerts(batch, this.ids);
    const documents: OutgoingMessage[] = [];
    let reduced = 0;
    for (const alert of fresh) {
      const document = JSON.stringify(alert.document);
      const isTooLarge = Buffer.byteLength(document) > this.bytesMax;
      if (isTooLarge) reduced++;
      documents.push({
        key: alert.id,
        value: isTooLarge ? await this.reduce(alert) : document,
      });
    }
    if (documents.length > 0) await this.producer.send(this.topic, documents);
    for (const { id } of fresh) this.ids.add(id);
    const states = batch.map((alert) => ({ key: alert.id, value: this.stateOf(alert) }));
    if (states.length > 0) await this.producer.send(this.stateTopic, states);
    const receipt = documentReceipt(batch, fresh.length);
    return { ...receipt, reduced, advanced: batch.length, passed: 0 };
  }

  async *follow(reader: LogReader): AsyncGenerator<LogBatch> {
    if (this.isClosed) throw closedFailure(this.name);
    const { followTopics } = await import('../../kafka/follow.ts');
    const batches = followTopics({
      connection: this.connection,
      topics: reader.states ? [this.topic, this.stateTopic] : [this.topic],
      group: `tidegate-${this.topic}-${reader.name}`,
      from: reader.from,
      messagesMax: reader.alertsMax,
      signal: reader.signal,
    });
    for await (const { messages, commit } of batches) {
      const alerts = messages.flatMap((message) => this.alertOf(message) ?? []);
      yield { alerts, acknowledge: commit };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.producer[Symbol.asyncDispose]();
  }

  private async reduce(alert: Alert): Promise<string> {
    if (this.deadLetter !== undefined) {
      const detail = `larger than message_bytes_max (${this.bytesMax})`;
      this.deadLetter.add(alertRecord(alert), { reason: 'document_refused', detail });
      await this.deadLetter.flush();
    }
    return reducedBody(alert, 'too large for a message', {
      originalMax: Math.floor(this.bytesMax / 4),
    });
  }

  private stateOf(alert: Alert): string {
    const state = stateBody(alert);
    if (Buffer.byteLength(state) <= this.bytesMax) return state;
    return stateBody({ ...alert, state: { ...alert.state, evidence: [] } });
  }

  /** Undefined for what is no alert of ours: a tombstone, somebody else's message. */
  private alertOf({ topic, value }: FollowedMessage): Alert | undefined {
    if (value === null) return undefined;
    try {
      const content: unknown = JSON.parse(Buffer.from(value).toString('utf8'));
      const isDocument = topic === this.topic;
      const alert = isDocument ? alertOfDocument(content) : alertOfState(content, undefined);
      return alert.id === '' ? undefined : alert;
    } catch {
      return undefined;
    }
  }
}

function stateTopicOf({ topic, state_topic: stateTopic }: KafkaSinkSettings): string {
  return stateTopic ?? `${topic}-state`;
}

/** What is missing in the cluster for the sink to work. */
export async function checkKafkaSink(settings: KafkaSinkSettings): Promise<readonly SinkFinding[]> {
  const brokers = settings.brokers.join(', ');
  await using topics = openKafkaTopics(connectionOf(settings, 'tidegate-check'));
  try {
    const names = new Set((await topics.list()).map(({ name }) => name));
    return [
      { what: 'reachable', isOk: true, detail: brokers },
      ...[settings.topic, stateTopicOf(settings)].map((name) => ({
        what: `topic ${name}`,
        isOk: names.has(name),
        detail: names.has(name) ? 'is there' : 'is missing, or we may not see it; make it',
      })),
    ];
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    return [{ what: 'reachable', isOk: false, detail: cause.message }];
  }
}
