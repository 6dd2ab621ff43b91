import { join } from 'node:path';

import type { Alert } from '../alert/alert.ts';
import { createRedactor } from '../alert/redaction.ts';
import type { Failure } from '../base/failure.ts';
import type { CheckpointStore } from '../checkpoints/checkpoint.ts';
import { checkpointKinds } from '../checkpoints/index.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { createAutoDecoder, findDecoder } from '../decoders/index.ts';
import type { EventTime } from '../event/record.ts';
import { openDeadLetter, type DeadLetter } from '../sinks/dead-letter.ts';
import { openPrimarySink, openSink, sinkKind } from '../sinks/index.ts';
import type { PrimarySink } from '../sinks/sink.ts';
import { sourceKinds } from '../sources/index.ts';
import type { Assignment, SharedSource, SourceNotice } from '../sources/source.ts';
import type { Config, SecondaryConfig, SourceConfig } from './config/config.ts';
import { deliver, feed, persist } from './delivery.ts';
import type { Logger } from './log.ts';
import { Losses } from './losses.ts';
import { Metrics, type TaskReading } from './metrics.ts';
import { redactionKey } from './redaction-key.ts';
import { BUNDLED_RULES } from './rule-files.ts';
import { logReload, logRules } from './rules-log.ts';
import { RulesInForce, type Reload } from './rules-in-force.ts';
import { serveStatus, type Status } from './status-server.ts';
import { defaultPatience } from './task/idleness.ts';
import { defaultReadAhead } from './task/input-reader.ts';
import { TaskRunner, type TaskObserver } from './task/runner.ts';
import type { ServiceReport } from './workers/report.ts';

export interface ServiceOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Ends the service in order. */
  readonly stop: AbortSignal;
  readonly rewindTo?: EventTime | undefined;
}

interface RunningTask {
  readonly source: string;
  readonly task: number;
  readonly decoder: Decoder;
  readonly runner: TaskRunner;
}

/** Runs everything that a configuration names until it is stopped or every source has ended. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #tasks: Set<RunningTask> = new Set();
  readonly #sources: Set<SharedSource> = new Set();
  /** What is being tried again, by whom. */
  readonly #troubles: Map<string, string> = new Map();
  /** Aborts with the outer stop, and when a part has failed. */
  readonly #stopping: AbortController = new AbortController();
  readonly #abandon: AbortController = new AbortController();
  #rules: RulesInForce | undefined;
  #isStarted = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#metrics = new Metrics({
      tasks: () => [...this.#tasks].map(readTask),
      inputs: () => [...this.#sources].flatMap((source) => source.progress()),
    });
  }

  /** Throws the Failure that ended it; everything judged before is then safe or comes again. */
  async run(): Promise<void> {
    const { config, stop } = this.#options;
    const ending = (): void => this.#end();
    stop.addEventListener('abort', ending, { once: true });
    if (stop.aborted) this.#end();
    try {
      await using parts = new AsyncDisposableStack();
      // First, so that whoever watches sees a start that takes long.
      if (config.listen !== undefined) {
        parts.use(await serveStatus(config.listen, this.#status()));
        this.#log.info({ ...config.listen }, 'status is served');
      }
      const rules = this.#loadRules();
      parts.use(this.#watchRules());
      const deadLetter = parts.use(openDeadLetter({ path: config.deadLetterPath }));
      const { kind, settings } = config.primary;
      const primary = parts.use(
        await this.#patiently('primary', () => openPrimarySink(kind, settings, { deadLetter })),
      );
      const checkpoints = parts.use(await this.#openCheckpoints());
      const work = this.#work({ deadLetter, primary, checkpoints, rules });
      const followers = this.#guard(this.#runSecondaries(config.secondary, primary, deadLetter));
      await Promise.all(config.sources.map((source) => this.#guard(this.#runSource(source, work))));
      this.#stopping.abort();
      await followers;
      await work.losses.settled();
      if (this.#failure !== undefined) throw this.#failure.error;
    } finally {
      stop.removeEventListener('abort', ending);
    }
  }

  /**
   * Reads rules, lists and pipelines again and lets every task take over what is new, with the state
   * of each rule whose meaning is the same. Where something is broken that was not before, the rules
   * in force stay.
   */
  reload(): Reload {
    const rules = this.#rules;
    if (rules === undefined) return { kind: 'unchanged' };
    const outcome = rules.reload();
    this.#metrics.reloads.inc({ outcome: outcome.kind });
    logReload(this.#log, outcome);
    if (outcome.kind !== 'taken') return outcome;
    for (const { decoder, runner } of this.#tasks) {
      runner.turnOver({ engine: rules.detector(decoder).engine, epoch: rules.epoch });
    }
    return outcome;
  }

  /** What the process says of itself, for whoever started it. */
  async report(): Promise<ServiceReport> {
    const { isAlive, notReady } = this.#status();
    return {
      isAlive: isAlive(),
      notReady: notReady(),
      metrics: await this.#metrics.objects(),
    };
  }

  #loadRules(): RulesInForce {
    const { rules, lists, pipelines, limits } = this.#options.config;
    const loaded = new RulesInForce({
      rules: rules.length > 0 ? rules : [BUNDLED_RULES],
      lists: [join(BUNDLED_RULES, 'lists'), ...lists],
      pipelines,
      limits,
    });
    logRules(this.#log, loaded.sample);
    this.#rules = loaded;
    return loaded;
  }

  #watchRules(): Disposable {
    const { watchRulesMs } = this.#options.config;
    const look = (): void => {
      if (this.#rules?.hasChanged() === true) this.reload();
    };
    const timer = watchRulesMs === 0 ? undefined : setInterval(look, watchRulesMs).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  #openCheckpoints(): Promise<CheckpointStore> {
    const { kind, settings } = this.#options.config.checkpoints;
    const found = checkpointKinds.find(({ name }) => name === kind);
    if (found === undefined) throw new Error('the configuration names kinds of the shelf');
    return this.#patiently('checkpoints', () => found.open(settings));
  }

  // What is away at the start is waited for, as it would be later.
  #patiently<T>(part: string, action: () => Promise<T>): Promise<T> {
    const { signal } = this.#stopping;
    return persist(action, { signal, ...this.#delivery(part) });
  }

  // The first failure stops all others in order; it is thrown when they have ended.
  async #guard(part: Promise<void>): Promise<void> {
    try {
      await part;
    } catch (error) {
      this.#failure ??= { error };
      this.#end();
    }
  }

  #end(): void {
    if (this.#stopping.signal.aborted) return;
    this.#log.info({ drainMs: this.#options.config.drainMs }, 'stopping');
    this.#stopping.abort();
    setTimeout(() => {
      this.#log.error('the stop took too long: what was not written comes again at the next start');
      this.#abandon.abort();
    }, this.#options.config.drainMs).unref();
  }

  async #runSource(config: SourceConfig, work: Work): Promise<void> {
    const kind = sourceKinds.find(({ name }) => name === config.kind);
    if (kind === undefined) throw new Error('the configuration names kinds of the shelf');
    await using source = await kind.open(config.settings, {
      notice: (notice) => {
        this.#notice(config.name, notice);
        if (notice.kind === 'gap' || notice.kind === 'quarantined') work.losses.tell(notice);
      },
    });
    this.#sources.add(source);
    this.#isStarted = true;
    this.#log.info({ source: config.name, reads: source.name }, 'source is open');
    const running = new Set<Promise<void>>();
    // Closing takes every task away in order: each writes its last checkpoint, and none is given.
    const close = (): void => void this.#guard(source[Symbol.asyncDispose]());
    this.#stopping.signal.addEventListener('abort', close, { once: true });
    for await (const assignment of source.assignments()) {
      const task = this.#guard(this.#runTask(config, assignment, work));
      running.add(task);
      void task.finally(() => running.delete(task));
    }
    await Promise.all(running);
    this.#sources.delete(source);
  }

  async #runTask(config: SourceConfig, assignment: Assignment, work: Work): Promise<void> {
    const name = `${config.name}/${String(assignment.task)}`;
    const log = await this.#patiently(name, () => work.checkpoints.open(name));
    const decoder = decoderOf(config);
    const { rules } = work;
    const runner = new TaskRunner({
      ...work.common,
      assignment,
      engine: rules.detector(decoder).engine,
      epoch: rules.epoch,
      decoder,
      log,
      observer: this.#observer(name),
    });
    const running: RunningTask = { source: config.name, task: assignment.task, decoder, runner };
    this.#tasks.add(running);
    try {
      await runner.run();
      this.#log.info({ task: name }, 'task has ended, its checkpoint is written');
    } finally {
      this.#tasks.delete(running);
      this.#troubles.delete(name);
    }
  }

  #work({ deadLetter, primary, checkpoints, rules }: Parts): Work {
    const { config, rewindTo } = this.#options;
    const losses = new Losses((alert) => this.#guard(this.#deliverLoss(primary, alert)));
    return {
      checkpoints,
      losses,
      rules,
      common: {
        primary,
        deadLetter,
        alerts: { redactor: createRedactor(redactionKey(config.dataDir)) },
        minimumLevel: config.minimumLevel,
        patience: defaultPatience,
        readAhead: defaultReadAhead,
        checkpointEveryMs: config.checkpoints.everyMs,
        stop: this.#stopping.signal,
        abandon: this.#abandon.signal,
        rewindTo,
      },
    };
  }

  async #deliverLoss(primary: PrimarySink, alert: Alert): Promise<void> {
    const options = { signal: this.#abandon.signal, ...this.#delivery('losses') };
    const { alreadyThere } = await deliver(primary, [alert], options);
    this.#metrics.countAlerts([alert], alreadyThere);
  }

  async #runSecondaries(
    secondaries: readonly SecondaryConfig[],
    primary: PrimarySink,
    deadLetter: DeadLetter,
  ): Promise<void> {
    const { signal } = this.#stopping;
    await Promise.all(
      secondaries.map(async ({ kind, settings, name, from }) => {
        await using sink = await openSink(kind, settings, { deadLetter });
        const states = sinkKind(kind).keepsStates;
        await feed(primary, sink, { name, states, from, signal, ...this.#delivery(name) });
      }),
    );
  }

  #delivery(name: string): {
    readonly onTrouble: (failure: Failure, waitMs: number) => void;
    readonly onRecovered: () => void;
  } {
    return {
      onTrouble: (failure, waitMs) => this.#trouble(name, failure, waitMs),
      onRecovered: () => this.#recover(name),
    };
  }

  #trouble(name: string, { code, message }: Failure, waitMs: number): void {
    this.#troubles.set(name, message);
    this.#metrics.retries.inc({ code });
    this.#log.warn({ part: name, code, waitMs }, message);
  }

  #recover(name: string): void {
    this.#troubles.delete(name);
    this.#log.info({ part: name }, 'writes succeed again');
  }

  #notice(source: string, notice: SourceNotice): void {
    const { kind, ...rest } = notice;
    this.#metrics.notices.inc({ kind });
    const isLoss = kind === 'gap' || kind === 'quarantined';
    this.#log[isLoss ? 'error' : 'warn']({ from: source, ...rest }, NOTICES[kind]);
  }

  #observer(task: string): TaskObserver {
    return {
      ...this.#delivery(task),
      restored: ({ checkpoint, marks, passedOver }) => {
        for (const reason of passedOver) this.#log.error({ task }, `passed over: ${reason}`);
        const inputs = checkpoint?.inputs.map(({ source, partition, next }) => [
          source,
          partition,
          next,
        ]);
        this.#log.info({ task, inputs, marks: marks.length }, 'task begins');
      },
      turnedOver: (epoch) => this.#log.info({ task, epoch }, 'the task has taken over the rules'),
      epochChanged: (before) => this.#log.info({ task, before }, 'rules, lists or limits changed'),
      stepped: (step) => this.#metrics.countStep(step),
      delivered: (batch, { alreadyThere }) => this.#metrics.countAlerts(batch, alreadyThere),
      found: (finding) => this.#log.warn({ task, ...finding }, 'something weakens detection'),
      marked: (kind) => this.#metrics.marks.inc({ kind }),
      checkpointed: ({ bytes, bytesWritten }, seconds) => {
        this.#metrics.checkpoints.inc();
        this.#metrics.checkpointBytes.set(bytes);
        this.#metrics.checkpointBytesWritten.inc(bytesWritten);
        this.#metrics.checkpointSeconds.observe(seconds);
      },
    };
  }

  #status(): OwnStatus {
    return {
      isAlive: () => !this.#abandon.signal.aborted,
      notReady: () => {
        const reasons = [...this.#troubles].map(([name, message]) => `${name}: ${message}`);
        if (!this.#isStarted) reasons.push('starting');
        if (this.#stopping.signal.aborted) reasons.push('stopping');
        for (const source of this.#sources) {
          if (!source.isReady) reasons.push(`${source.name}: not connected`);
        }
        return reasons;
      },
      metrics: () => this.#metrics.text(),
      metricsType: this.#metrics.contentType,
    };
  }
}

const NOTICES: Readonly<Record<SourceNotice['kind'], string>> = {
  gap: 'records were gone before we read them',
  quarantined: 'bytes that are no records, or that we refuse to unpack, were passed over',
  producer_time: "the topic keeps the producer's clock: event times are not bounded by the log's",
  waiting: 'waiting for the source',
  restarted: 'the client had stopped for good and was built anew',
};

interface OwnStatus extends Status {
  readonly isAlive: () => boolean;
  readonly notReady: () => readonly string[];
}

interface Parts {
  readonly deadLetter: DeadLetter;
  readonly primary: PrimarySink;
  readonly checkpoints: CheckpointStore;
  readonly rules: RulesInForce;
}

interface Work {
  readonly checkpoints: CheckpointStore;
  readonly losses: Losses;
  readonly rules: RulesInForce;
  readonly common: Omit<
    ConstructorParameters<typeof TaskRunner>[0],
    'assignment' | 'engine' | 'epoch' | 'decoder' | 'log' | 'observer'
  >;
}

function readTask({ source, task, runner }: RunningTask): TaskReading {
  return { source, task, statistics: runner.task.engine.statistics() };
}

function decoderOf({ inputFormat }: SourceConfig): Decoder {
  const decoder = inputFormat === 'auto' ? createAutoDecoder() : findDecoder(inputFormat);
  if (decoder === undefined) throw new Error('the configuration names decoders of the shelf');
  return decoder;
}
