import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type MetricObject,
} from 'prom-client';

import type { Alert } from '../alert/alert.ts';
import type { EngineStatistics } from '../engine/engine.ts';
import type { SinkObserver } from '../sinks/sink.ts';
import type { InputProgress } from '../sources/source.ts';
import type { Step } from './task/task.ts';

/** What is read off each task when somebody asks. */
export interface TaskReading {
  readonly source: string;
  readonly task: number;
  readonly statistics: EngineStatistics;
}

/** What the metrics are read from when they are asked for. */
export interface Readings {
  readonly tasks: () => readonly TaskReading[];
  readonly inputs: () => readonly InputProgress[];
}

const perTask = ['source', 'task'] as const;
const perInput = ['input', 'partition'] as const;

/** The numbers of one process, in Prometheus' text form. Labels come from bounded sets only. */
export class Metrics {
  readonly #registry: Registry = new Registry();
  readonly records: Counter;
  readonly events: Counter;
  readonly tombstones: Counter;
  readonly handedOver: Counter;
  readonly refused: Counter<'reason'>;
  readonly alerts: Counter<'level'>;
  readonly alertsRepeated: Counter;
  readonly retries: Counter<'code'>;
  readonly #sinkRetries: Counter<'sink' | 'reason'>;
  readonly marks: Counter<'kind'>;
  readonly checkpoints: Counter;
  readonly checkpointBytes: Gauge;
  readonly checkpointBytesWritten: Counter;
  readonly checkpointSeconds: Histogram;
  readonly reloads: Counter<'outcome'>;
  readonly notices: Counter<'kind'>;
  readonly newestEvent: Gauge;

  constructor(readings: Readings) {
    const registers = [this.#registry];
    const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
    this.records = counter('tidegate_records_total', 'Records that were judged or refused');
    this.events = counter('tidegate_events_total', 'Events that records became');
    this.tombstones = counter('tidegate_tombstones_total', 'Records without a value');
    this.handedOver = counter(
      'tidegate_handed_over_total',
      'Messages to other tasks: hits of rules across hosts, or records keyed anew',
    );
    this.refused = new Counter({
      name: 'tidegate_refused_records_total',
      help: 'Records that no decoder understood, by reason; they are in the dead letter',
      labelNames: ['reason'],
      registers,
    });
    this.alerts = new Counter({
      name: 'tidegate_alerts_total',
      help: 'Alerts that the primary sink took for the first time in this process, by level',
      labelNames: ['level'],
      registers,
    });
    this.alertsRepeated = counter(
      'tidegate_alerts_already_there_total',
      'Alerts that the primary sink had from before: written again after a stop',
    );
    this.retries = new Counter({
      name: 'tidegate_write_retries_total',
      help: 'Writes that failed and were tried again, by failure',
      labelNames: ['code'],
      registers,
    });
    this.#sinkRetries = new Counter({
      name: 'tidegate_sink_retries_total',
      help: 'Documents that a sink sent again, by what its peer had answered',
      labelNames: ['sink', 'reason'],
      registers,
    });
    this.marks = new Counter({
      name: 'tidegate_marks_total',
      help: 'Marks that were stored: what beside the records changes an outcome',
      labelNames: ['kind'],
      registers,
    });
    this.checkpoints = counter('tidegate_checkpoints_total', 'Checkpoints that were written');
    this.checkpointBytes = new Gauge({
      name: 'tidegate_checkpoint_bytes',
      help: 'Size of the latest checkpoint, compressed',
      aggregator: 'max',
      registers,
    });
    this.checkpointBytesWritten = counter(
      'tidegate_checkpoint_written_bytes_total',
      'Bytes that checkpoints took: what has not changed is not written again',
    );
    this.checkpointSeconds = new Histogram({
      name: 'tidegate_checkpoint_duration_seconds',
      help: 'From the snapshot until it is durable',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60],
      registers,
    });
    this.reloads = new Counter({
      name: 'tidegate_rule_reloads_total',
      help: 'Times that rules were read again while running: taken, unchanged, or refused',
      labelNames: ['outcome'],
      registers,
    });
    this.notices = new Counter({
      name: 'tidegate_source_notices_total',
      help: 'What sources report beside records: gaps, quarantined ranges, waits, restarts',
      labelNames: ['kind'],
      registers,
    });
    this.newestEvent = new Gauge({
      name: 'tidegate_newest_event_time_seconds',
      help: 'Time of the newest event of the latest batch, by its own clock',
      aggregator: 'max',
      registers,
    });
    taskMetrics(readings, registers);
    inputMetrics(readings, registers);
    collectDefaultMetrics({ register: this.#registry });
  }

  sinkObserver(sink: string): SinkObserver {
    return { retried: (count, reason) => this.#sinkRetries.inc({ sink, reason }, count) };
  }

  countStep(step: Step): void {
    this.records.inc(step.records);
    this.events.inc(step.events);
    this.tombstones.inc(step.tombstones);
    this.handedOver.inc(step.outgoing.length);
    for (const { problem } of step.refused) this.refused.inc({ reason: problem.reason });
    if (step.newest !== undefined) this.newestEvent.set(step.newest / 1000);
  }

  countAlerts(batch: readonly Alert[], alreadyThere: number): void {
    for (const { level, document } of batch) if (document !== undefined) this.alerts.inc({ level });
    this.alertsRepeated.inc(alreadyThere);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The same numbers, to be joined with those of other processes. */
  async objects(): Promise<readonly MetricObject[]> {
    return this.#registry.getMetricsAsJSON();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

type Registers = Registry[];

/** How the engine's counts are named; those that only grow are counters all the same. */
const engineCounts: readonly (readonly [keyof EngineStatistics, string, string])[] = [
  ['matches', 'tidegate_matches', 'Rules that an event matched'],
  ['late', 'tidegate_late_events', 'Events later than the lateness: left out of closed windows'],
  ['duplicates', 'tidegate_duplicate_events', 'Events that were delivered again'],
  ['evicted', 'tidegate_evicted_keys', 'Group keys and entries given up at a limit'],
  ['forced', 'tidegate_forced_events', 'Candidates that left a full buffer too early'],
  ['clockSkewed', 'tidegate_clock_skewed_events', 'Events whose time was not believed'],
  ['lateAcrossHosts', 'tidegate_late_across_hosts', 'Hits too late for rules across hosts'],
  ['groupMissing', 'tidegate_group_missing', 'Hits without a field of their group'],
  ['unrevived', 'tidegate_unrevived_events', 'Waiting events no longer understood at a restart'],
  ['waiting', 'tidegate_waiting_events', 'Candidates that wait for their watermark'],
  ['hosts', 'tidegate_hosts', 'Hosts whose clock and windows are kept'],
  ['groups', 'tidegate_group_keys', 'Group keys held, over all rules'],
];

function taskMetrics({ tasks }: Readings, registers: Registers): void {
  for (const [key, name, help] of engineCounts) {
    new Gauge({
      name,
      help,
      labelNames: perTask,
      registers,
      collect(): void {
        this.reset();
        for (const { source, task, statistics } of tasks()) {
          this.set({ source, task }, Number(statistics[key]));
        }
      },
    });
  }
  new Gauge({
    name: 'tidegate_health_findings',
    help: 'What weakens detection: hosts, rules and limits, by kind',
    labelNames: ['kind'],
    registers,
    collect(): void {
      this.reset();
      for (const { statistics } of tasks()) {
        for (const { kind } of statistics.findings) this.inc({ kind });
      }
    },
  });
}

const inputCounts: readonly (readonly [keyof InputProgress, string, string])[] = [
  ['position', 'tidegate_input_position', 'Offset of the next record to be handed over'],
  ['end', 'tidegate_input_end', 'Offset that the next record written will have'],
  ['lag', 'tidegate_input_lag_records', 'Records between position and end'],
  ['records', 'tidegate_input_records', 'Records handed over'],
  ['bytes', 'tidegate_input_bytes', 'Bytes handed over'],
  ['recordsPerSecond', 'tidegate_input_records_per_second', 'Rate of the last minute'],
  ['bufferedRecords', 'tidegate_input_buffered_records', 'Records read ahead'],
  ['bufferedBytes', 'tidegate_input_buffered_bytes', 'Bytes read ahead'],
  ['isPaused', 'tidegate_input_paused', '1 while the input is paused: what follows is slower'],
];

function inputMetrics({ inputs }: Readings, registers: Registers): void {
  for (const [key, name, help] of inputCounts) {
    new Gauge({
      name,
      help,
      labelNames: perInput,
      registers,
      collect(): void {
        this.reset();
        for (const progress of inputs()) {
          const value = progress[key];
          if (value === undefined) continue;
          this.set({ input: progress.source, partition: progress.partition }, Number(value));
        }
      },
    });
  }
}
