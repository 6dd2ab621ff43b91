import type { SourceNotice } from '../sources/source.ts';
import type { DeliveryOptions } from './delivery.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { TaskObserver } from './task/runner.ts';

/** Where it is told what tasks and sources do. */
export interface Telling {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Counts and logs what a task does. */
export function observeTask(
  task: string,
  { log, metrics }: Telling,
  delivery: Pick<DeliveryOptions, 'onTrouble' | 'onRecovered'>,
): TaskObserver {
  return {
    ...delivery,
    restored: ({ checkpoint, marks, passedOver }) => {
      for (const reason of passedOver) log.error({ task }, `passed over: ${reason}`);
      const inputs = checkpoint?.inputs.map(({ source, partition, next }) => [
        source,
        partition,
        next,
      ]);
      log.info({ task, inputs, marks: marks.length }, 'task begins');
    },
    turnedOver: (epoch) => log.info({ task, epoch }, 'the task has taken over the rules'),
    epochChanged: (before) => log.info({ task, before }, 'rules, lists or limits changed'),
    stepped: (step) => metrics.countStep(step),
    delivered: (batch, { alreadyThere }) => metrics.countAlerts(batch, alreadyThere),
    found: (finding) => log.warn({ task, ...finding }, 'something weakens detection'),
    marked: (kind) => metrics.marks.inc({ kind }),
    checkpointed: ({ bytes, bytesWritten }, seconds) => {
      metrics.checkpoints.inc();
      metrics.checkpointBytes.set(bytes);
      metrics.checkpointBytesWritten.inc(bytesWritten);
      metrics.checkpointSeconds.observe(seconds);
    },
  };
}

/** Counts and logs what a source says beside its records. */
export function noteSource(source: string, notice: SourceNotice, { log, metrics }: Telling): void {
  const { kind, ...rest } = notice;
  metrics.notices.inc({ kind });
  const isLoss = kind === 'gap' || kind === 'quarantined';
  log[isLoss ? 'error' : 'warn']({ from: source, ...rest }, NOTICES[kind]);
}

const NOTICES: Readonly<Record<SourceNotice['kind'], string>> = {
  gap: 'records were gone before we read them',
  quarantined: 'bytes that are no records, or that we refuse to unpack, were passed over',
  producer_time: "the topic keeps the producer's clock: event times are not bounded by the log's",
  waiting: 'waiting for the source',
  restarted: 'the client had stopped for good and was built anew',
};
