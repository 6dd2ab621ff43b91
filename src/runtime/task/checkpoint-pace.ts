/** Share of the time that taking snapshots may cost: recovery replays the rest. */
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

  /** A checkpoint was written, and held up the records for so long. */
  written(now: number, heldUpMs: number): void {
    this.#dueAt = now + Math.max(this.#everyMs, heldUpMs / COST_SHARE_MAX);
  }
}
