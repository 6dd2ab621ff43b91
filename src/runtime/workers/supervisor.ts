import { setTimeout as sleep } from 'node:timers/promises';

import { AggregatorRegistry, Counter, Registry, type MetricObject } from 'prom-client';

import type { ListenConfig } from '../config/config.ts';
import type { Logger } from '../log.ts';
import { serveStatus } from '../status-server.ts';
import { WorkerProcess, type WorkerEnd } from './process.ts';
import type { ServiceReport } from './report.ts';

export interface SupervisorOptions {
  readonly workers: number;
  /** What each worker runs: our program, and its arguments by the worker's number, from 1. */
  readonly program: string;
  readonly argsOf: (worker: number) => readonly string[];
  readonly listen: ListenConfig | undefined;
  readonly log: Logger;
  /** Ends all workers in order. */
  readonly stop: AbortSignal;
}

/** A worker that does not answer for so long is taken for one that hangs. */
const ANSWER_MS = 2_000;
/** The waits before a worker that was killed is started again, growing. */
const RESTART_MS_MIN = 1_000;
const RESTART_MS_MAX = 30_000;
/** A worker that ran for so long has recovered from what had killed it. */
const WELL_MS = 60_000;

/**
 * Several processes of one machine that share a group, seen as one: one place for its status, one
 * end. A worker that is killed is started again, and meanwhile the group gives its tasks to the
 * others; one that gives up for a reason ends them all, since all have the same configuration.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #workers: Map<number, WorkerProcess> = new Map();
  readonly #stopping = new AbortController();
  readonly #registry = new Registry();
  readonly #restarts: Counter;
  /** Workers that are done: what they read has ended. */
  #finished = 0;
  #failed = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#restarts = new Counter({
      name: 'tidegate_worker_restarts_total',
      help: 'Workers that were killed and started again',
      registers: [this.#registry],
    });
  }

  /** True if every worker ended in order. */
  async run(): Promise<boolean> {
    const { workers, listen, stop, log } = this.#options;
    const ending = (): void => this.#end('SIGTERM');
    stop.addEventListener('abort', ending, { once: true });
    if (stop.aborted) ending();
    try {
      await using parts = new AsyncDisposableStack();
      if (listen !== undefined) {
        parts.use(await serveStatus(listen, this.#status()));
        log.info({ ...listen, workers }, 'status is served for all workers');
      }
      const numbers = Array.from({ length: workers }, (_, index) => index + 1);
      await Promise.all(numbers.map((worker) => this.#keep(worker)));
      return !this.#failed;
    } finally {
      stop.removeEventListener('abort', ending);
    }
  }

  signal(signal: NodeJS.Signals): void {
    for (const worker of this.#workers.values()) worker.signal(signal);
  }

  #end(signal: NodeJS.Signals): void {
    this.#stopping.abort();
    this.signal(signal);
  }

  async #keep(worker: number): Promise<void> {
    const { program, argsOf, log } = this.#options;
    const { signal } = this.#stopping;
    for (let waitMs = RESTART_MS_MIN; !signal.aborted;) {
      const running = new WorkerProcess(program, argsOf(worker));
      this.#workers.set(worker, running);
      log.info({ worker, pid: running.pid }, 'worker is started');
      const began = performance.now();
      const end = await running.ended;
      this.#workers.delete(worker);
      if (!this.#comesBack(worker, end)) return;
      if (performance.now() - began > WELL_MS) waitMs = RESTART_MS_MIN;
      log.error({ worker, by: end.signal, waitMs }, 'a worker was killed and is started again');
      this.#restarts.inc();
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, RESTART_MS_MAX);
    }
  }

  #comesBack(worker: number, { code, signal }: WorkerEnd): boolean {
    if (code === 0) {
      this.#finished += 1;
      return false;
    }
    // It was told before it could listen, and had begun nothing.
    if (signal === 'SIGTERM' && this.#stopping.signal.aborted) return false;
    const isKilled = signal !== null || code === ABORTED;
    if (isKilled && !this.#stopping.signal.aborted) return true;
    this.#failed = true;
    if (!this.#stopping.signal.aborted) {
      this.#options.log.error({ worker, code }, 'a worker has given up: the others end in order');
      this.#end('SIGTERM');
    }
    return false;
  }

  #status(): Parameters<typeof serveStatus>[1] {
    return {
      isAlive: async () => (await this.#reports()).every(([, report]) => report?.isAlive === true),
      notReady: async () => {
        const reports = await this.#reports();
        const missing = this.#options.workers - this.#finished - reports.length;
        const reasons = reports.flatMap(([worker, report]) =>
          (report?.notReady ?? ['does not answer']).map(
            (reason) => `worker ${String(worker)}: ${reason}`,
          ),
        );
        if (missing > 0) reasons.push(`${String(missing)} workers are not running`);
        return reasons;
      },
      metrics: async () => {
        const reports = await this.#reports();
        const told = reports.flatMap(([, report]) =>
          report === undefined ? [] : [report.metrics],
        );
        const all = [...told, await this.#registry.getMetricsAsJSON()];
        return AggregatorRegistry.aggregate(all as unknown as MetricObject[]).metrics();
      },
      metricsType: this.#registry.contentType,
    };
  }

  #reports(): Promise<readonly (readonly [number, ServiceReport | undefined])[]> {
    return Promise.all(
      [...this.#workers].map(
        async ([worker, running]) => [worker, await running.report(ANSWER_MS)] as const,
      ),
    );
  }
}

/** What Node ends with when an assertion or the heap's limit has aborted it in a shell's words. */
const ABORTED = 134;
