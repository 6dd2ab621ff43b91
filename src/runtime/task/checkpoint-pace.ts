/** Share of the time that checkpoints of a process may cost: recovery replays the rest. */
const COST_SHARE_MAX = 0.05;

/** Says when a checkpoint is due: after an interval, or later where the state is large. */
export class CheckpointPace {
  readonly #everyMs: number;
  #dueAt: number;

  constructor(everyMs: number, now: number) {
    this.#everyMs = everyMs;
    this.#dueAt = now + everyMs;
  }

  isDue(now: number): boolean {
    return now >= this.#dueAt;
  }

  /**
   * A checkpoint was written, and kept the thread for so long.
   *
   * @param tasks Tasks of the process: they share what checkpoints may cost.
   */
  written(now: number, busyMs: number, tasks: number): void {
    this.#dueAt = now + Math.max(this.#everyMs, (busyMs * tasks) / COST_SHARE_MAX);
  }
}
