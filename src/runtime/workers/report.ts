import type { MetricObject } from 'prom-client';

/** What a process of the service says of itself. */
export interface ServiceReport {
  /** False when only a restart can help. */
  readonly isAlive: boolean;
  /** Why it is not ready; empty when it is. */
  readonly notReady: readonly string[];
  readonly metrics: readonly MetricObject[];
}

/** What goes from the process that was started to its workers. */
export interface WorkerQuestion {
  readonly question: number;
}

/** What a worker answers. */
export interface WorkerAnswer {
  readonly question: number;
  readonly report: ServiceReport;
}
