import { join } from 'node:path';

import type { Alert } from '../alert/alert.ts';
import { createRedactor } from '../alert/redaction.ts';
import type { Failure } from '../base/failure.ts';
import type { CheckpointStore } from '../checkpoints/checkpoint.ts';
import { checkpointKinds } from '../checkpoints/index.ts';
import type { EventTime } from '../event/record.ts';
import { openDeadLetter, type DeadLetter } from '../sinks/dead-letter.ts';
import { openPrimarySink, openSink, sinkKind } from '../sinks/index.ts';
import { openKafkaDeadLetter } from '../sinks/kafka/dead-letter.ts';
import type { PrimarySink } from '../sinks/sink.ts';
import { sourceKinds } from '../sources/index.ts';
import type { Assignment, SharedSource } from '../sources/source.ts';
import type { Config, RepartitionConfig, SecondaryConfig } from './config/config.ts';
import { deliver, feed, persist } from './delivery.ts';
import type { Logger } from './log.ts';
import { Losses } from './losses.ts';
import { Metrics, type TaskReading } from './metrics.ts';
import { openHitsTopic, type HitsTopic } from './outbox/hits-topic.ts';
import { openTelemetryTopic } from './outbox/telemetry-topic.ts';
import { redactionKey } from './redaction-key.ts';
import { BUNDLED_RULES } from './rule-files.ts';
import { logReload, logRules } from './rules-log.ts';
import { RulesInForce, type Reload } from './rules-in-force.ts';
import { checkSink } from './sink-check.ts';
import { serveStatus, type Status } from './status-server.ts';
import { repartitionStreams, streamsOf, type Stream } from './streams.ts';
import { defaultPatience } from './task/idleness.ts';
import { defaultReadAhead } from './task/input-reader.ts';
import { noteSource, observeTask, type Telling } from './task-observer.ts';
import { TaskRunner, type Judge } from './task/runner.ts';
import type { ServiceReport } from './workers/report.ts';

export interface ServiceOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Ends the service in order. */
  readonly stop: AbortSignal;
  readonly rewindTo?: EventTime | undefined;
  /** Instead of judging records, key them anew. */
  readonly repartition?: RepartitionConfig | undefined;
}

interface RunningTask {
  readonly source: string;
  readonly task: number;
  readonly renew: () => Judge;
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
  #hasWarned = false;
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
      if (this.#options.repartition === undefined) this.#rules = this.#loadRules();
      parts.use(this.#watchRules());
      const deadLetter = parts.use(this.#openDeadLetter());
      const primary = parts.use(await this.#openPrimary(deadLetter));
      const checkpoints = parts.use(await this.#openCheckpoints());
      const work = this.#work({ deadLetter, primary, checkpoints });
      const followers = this.#guard(this.#runSecondaries(config.secondary, primary, deadLetter));
      const streams = await this.#openStreams(parts);
      await Promise.all(streams.map((stream) => this.#guard(this.#runSource(stream, work))));
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
    for (const { renew, runner } of this.#tasks) runner.turnOver(renew());
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
      handsOver: this.#options.config.acrossHosts !== undefined,
    });
    logRules(this.#log, loaded.sample);
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

  async #openStreams(parts: AsyncDisposableStack): Promise<readonly Stream[]> {
    const { config, repartition } = this.#options;
    if (repartition !== undefined) {
      return repartitionStreams(repartition, parts.use(openTelemetryTopic(repartition.to)));
    }
    if (this.#rules === undefined) throw new Error('rules are loaded first');
    const { acrossHosts } = config;
    if (acrossHosts === undefined) return streamsOf(config, this.#rules, undefined);
    const open = (): Promise<HitsTopic> => openHitsTopic(acrossHosts);
    const hits = parts.use(await this.#patiently('across_hosts', open));
    return streamsOf(config, this.#rules, hits);
  }

  #openDeadLetter(): DeadLetter {
    const { deadLetterTopic: topic, deadLetterPath: path } = this.#options.config;
    return topic === undefined ? openDeadLetter({ path }) : openKafkaDeadLetter(topic);
  }

  #openPrimary(deadLetter: DeadLetter): Promise<PrimarySink> {
    const { kind, settings } = this.#options.config.primary;
    void this.#guard(checkSink('primary', { kind, settings }, this.#log));
    const context = { deadLetter, observer: this.#metrics.sinkObserver('primary') };
    return this.#patiently('primary', () => openPrimarySink(kind, settings, context));
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

  async #runSource(stream: Stream, work: Work): Promise<void> {
    const { config } = stream;
    const kind = sourceKinds.find(({ name }) => name === config.kind);
    if (kind === undefined) throw new Error('the configuration names kinds of the shelf');
    await using source = await kind.open(config.settings, {
      notice: (notice) => {
        noteSource(config.name, notice, this.#telling);
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
      this.#warnOfReach(stream, assignment);
      const task = this.#guard(this.#runTask(stream, assignment, work));
      running.add(task);
      void task.finally(() => running.delete(task));
    }
    await Promise.all(running);
    this.#sources.delete(source);
  }

  // A rule across hosts that sees those of one partition only would say less in silence.
  #warnOfReach({ config }: Stream, { tasks }: Assignment): void {
    const isBlind =
      tasks > 1 &&
      this.#options.config.acrossHosts === undefined &&
      this.#rules?.reachesAcrossHosts === true;
    if (!isBlind || this.#hasWarned) return;
    this.#hasWarned = true;
    this.#log.warn(
      { source: config.name, tasks },
      'rules across hosts see only the hosts of one partition each: name across_hosts',
    );
  }

  async #runTask(stream: Stream, assignment: Assignment, work: Work): Promise<void> {
    const source = stream.config.name;
    const { task, tasks } = assignment;
    const name = `${source}/${String(task)}`;
    const log = await this.#patiently(name, () => work.checkpoints.open(name));
    const decoder = stream.decoder();
    const renew = (): Judge => stream.judge(decoder, assignment);
    const runner = new TaskRunner({
      ...work.common,
      ...renew(),
      assignment,
      decoder,
      log,
      outbox: stream.outbox({ source, task, tasks }),
      observer: observeTask(name, this.#telling, this.#delivery(name)),
    });
    const running: RunningTask = { source, task, renew, runner };
    this.#tasks.add(running);
    try {
      await runner.run();
      this.#log.info({ task: name }, 'task has ended, its checkpoint is written');
    } finally {
      this.#tasks.delete(running);
      this.#troubles.delete(name);
    }
  }

  #work({ deadLetter, primary, checkpoints }: Parts): Work {
    const { config, rewindTo } = this.#options;
    const losses = new Losses((alert) => this.#guard(this.#deliverLoss(primary, alert)));
    return {
      checkpoints,
      losses,
      common: {
        primary,
        deadLetter,
        alerts: { redactor: createRedactor(redactionKey(config.dataDir)) },
        minimumLevel: config.minimumLevel,
        patience: defaultPatience,
        readAhead: defaultReadAhead,
        checkpointEveryMs: config.checkpoints.everyMs,
        tasksRunning: () => Math.max(1, this.#tasks.size),
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
        void this.#guard(checkSink(name, { kind, settings }, this.#log));
        const observer = this.#metrics.sinkObserver(name);
        await using sink = await openSink(kind, settings, { deadLetter, observer });
        const states = sinkKind(kind).keepsStates;
        await feed(primary, sink, { name, states, from, signal, ...this.#delivery(name) });
      }),
    );
  }

  get #telling(): Telling {
    return { log: this.#log, metrics: this.#metrics };
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

interface OwnStatus extends Status {
  readonly isAlive: () => boolean;
  readonly notReady: () => readonly string[];
}

interface Parts {
  readonly deadLetter: DeadLetter;
  readonly primary: PrimarySink;
  readonly checkpoints: CheckpointStore;
}

interface Work {
  readonly checkpoints: CheckpointStore;
  readonly losses: Losses;
  readonly common: Omit<
    ConstructorParameters<typeof TaskRunner>[0],
    'assignment' | 'engine' | 'epoch' | 'decoder' | 'log' | 'observer'
  >;
}

function readTask({ source, task, runner }: RunningTask): TaskReading {
  return { source, task, statistics: runner.task.engine.statistics() };
}
