import type { Client } from '@elastic/elasticsearch';
import type { Alert } from '../../alert/alert.ts';
import { Failure } from '../../base/failure.ts';
import { closedFailure } from '../file-failure.ts';
import { alertRecord } from '../letter.ts';
import type { DeadLetter } from '../dead-letter.ts';
import {
  NOTHING_WRITTEN,
  type LogBatch,
  type LogReader,
  type PrimarySink,
  type SinkContext,
  type SinkReceipt,
} from '../sink.ts';
import { BulkWriter, type BulkOperation, type BulkOptions } from './bulk.ts';
import { addressOf, createClient } from './client.ts';
import { alertBody, barestBody, reducedBody, reducedStateBody, stateBody } from '../documents.ts';
import { ElasticsearchLog } from './log.ts';
import { alertsIndex, STATE_INDEX } from './names.ts';
import { Preparation } from './preparation.ts';
import type { ElasticsearchSettings } from './settings.ts';

/** What a test puts in place of the world. */
export type Surroundings = Pick<BulkOptions, 'now' | 'random' | 'wait'>;

/** Opens the sink. It is not asked for anything yet, so a cluster that is away is no failure. */
export function openElasticsearchSink(
  settings: ElasticsearchSettings,
  context: SinkContext = {},
  surroundings: Surroundings = {},
): PrimarySink {
  return new ElasticsearchSink(settings, context, surroundings);
}

class ElasticsearchSink implements PrimarySink {
  readonly name: string;
  private readonly client: Client;
  private readonly writer: BulkWriter;
  private readonly preparation: Preparation;
  private readonly deadLetter: DeadLetter | undefined;
  private readonly log: ElasticsearchLog;
  private readonly now: () => number;
  private isClosed = false;

  constructor(
    settings: ElasticsearchSettings,
    { deadLetter, observer }: SinkContext,
    surroundings: Surroundings,
  ) {
    this.name = addressOf(settings);
    this.client = createClient(settings);
    this.now = surroundings.now ?? Date.now;
    this.deadLetter = deadLetter;
    this.writer = new BulkWriter({
      client: this.client,
      address: this.name,
      concurrency: settings.concurrency ?? 2,
      bodyBytesMax: settings.body_bytes_max ?? 5_000_000,
      observer,
      ...surroundings,
    });
    this.preparation = new Preparation(this.client, this.name);
    this.log = new ElasticsearchLog(this.client, this.name, this.preparation);
  }

  // Documents before states, so that nobody reads the state of an alert that is not there.
  async write(batch: readonly Alert[], signal: AbortSignal = NEVER): Promise<SinkReceipt> {
    if (this.isClosed) throw closedFailure(this.name);
    if (batch.length === 0) return NOTHING_WRITTEN;
    const documents = await this.writeDocuments(batch, signal);
    const states = await this.writeStates(batch, signal);
    this.log.changed();
    return { ...documents, ...states };
  }

  async *follow(reader: LogReader): AsyncGenerator<LogBatch> {
    if (this.isClosed) throw closedFailure(this.name);
    yield* this.log.follow(reader);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.log.close();
    await this.client.close();
  }

  private async writeDocuments(
    batch: readonly Alert[],
    signal: AbortSignal,
  ): Promise<Pick<SinkReceipt, 'created' | 'alreadyThere' | 'reduced'>> {
    const opened = batch.filter(({ document }) => document !== undefined);
    const places = [...firstOfEach(opened)].map((alert) => ({
      alert,
      index: alertsIndex({
        episodeStart: alert.time,
        recordTime: alert.recordTime,
        now: this.now(),
      }),
    }));
    for (const index of new Set(places.map(({ index: name }) => name))) {
      await this.preparation.ensure(index);
    }
    const operations = places.map(({ alert, index }) =>
      creation(alert, index, () => alertBody(alert.document ?? {}, this.now())),
    );
    const outcomes = await this.writer.write(operations, signal);
    let created = 0;
    let reduced = 0;
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.kind === 'written') created++;
      const place = places[at];
      if (outcome.kind !== 'refused' || place === undefined) continue;
      await this.bury(place.alert, outcome.reason);
      if (!(await this.reduce(place.alert, place.index, outcome.reason, signal))) continue;
      created++;
      reduced++;
    }
    return { created, alreadyThere: opened.length - created, reduced };
  }

  private async writeStates(
    batch: readonly Alert[],
    signal: AbortSignal,
  ): Promise<Pick<SinkReceipt, 'advanced' | 'passed'>> {
    await this.preparation.ensure(STATE_INDEX);
    const latest = [...latestOfEach(batch)];
    const outcomes = await this.writer.write(
      latest.map((alert) => advance(alert, () => stateBody(alert))),
      signal,
    );
    let advanced = outcomes.filter(({ kind }) => kind === 'written').length;
    for (const [at, outcome] of outcomes.entries()) {
      const alert = latest[at];
      if (outcome.kind !== 'refused' || alert === undefined) continue;
      const smaller = advance(alert, () => reducedStateBody(alert));
      if (await this.writeOne(smaller, signal)) advanced++;
    }
    return { advanced, passed: batch.length - advanced };
  }

  /** Keeps the original first: the reduced form is proof for a restart that all was done. */
  private async bury(alert: Alert, reason: string): Promise<void> {
    if (this.deadLetter === undefined) return;
    this.deadLetter.add(alertRecord(alert), { reason: 'document_refused', detail: reason });
    await this.deadLetter.flush();
  }

  private async reduce(
    alert: Alert,
    index: string,
    reason: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const small = creation(alert, index, () =>
      reducedBody(alert, reason, { ingested: this.now() }),
    );
    const [outcome] = await this.writer.write([small], signal);
    if (outcome?.kind !== 'refused') return outcome?.kind === 'written';
    const barest = creation(alert, index, () => barestBody(alert, reason, this.now()));
    return this.writeOne(barest, signal);
  }

  /** True when it was written now. What is refused in this form is not the document's fault. */
  private async writeOne(operation: BulkOperation, signal: AbortSignal): Promise<boolean> {
    const [outcome] = await this.writer.write([operation], signal);
    if (outcome?.kind === 'refused') {
      const message = `${this.name}: ${operation.index} takes no documents: ${outcome.reason}`;
      throw new Failure('peer_refused', { message, retryable: false });
    }
    return outcome?.kind === 'written';
  }
}

const NEVER = new AbortController().signal;

function creation(alert: Alert, index: string, document: () => string): BulkOperation {
  return { index, id: alert.id, version: undefined, document };
}

function advance(alert: Alert, document: () => string): BulkOperation {
  return { index: STATE_INDEX, id: alert.id, version: alert.state.version, document };
}

function firstOfEach(batch: readonly Alert[]): Iterable<Alert> {
  const first = new Map<string, Alert>();
  for (const alert of batch) if (!first.has(alert.id)) first.set(alert.id, alert);
  return first.values();
}

function latestOfEach(batch: readonly Alert[]): Iterable<Alert> {
  const latest = new Map<string, Alert>();
  for (const alert of batch) {
    const known = latest.get(alert.id);
    if (known === undefined || alert.state.version >= known.state.version) {
      latest.set(alert.id, alert);
    }
  }
  return latest.values();
}
