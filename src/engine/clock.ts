import type { EventTime } from '../event/record.ts';

/** The derived field that marks an event whose time was not believed when it arrived. */
export const CLOCK_SKEW_FIELD = 'tidegate.clock_skew';

/** How far an event may be ahead of the log's own time. */
const LEAD_MS_MAX = 5 * 60_000;
/** How far a host may jump ahead of its own previous maximum when nothing confirms it. */
const JUMP_MS_MAX = 60 * 60_000;
/** Events that must agree with one that jumped further. */
const AGREEING = 3;
/** Some 31,000 years either way: sums of times and timespans stay exact integers. */
const TIME_MAX = 1e15;

/** An event whose time waits for confirmation; `time` is the one it claims. */
export interface Suspect {
  readonly time: EventTime;
  /** What waits in the host's buffer under a clamped time, if the event is a candidate. */
  waiting: object | undefined;
}

/**
 * What one host's clock is believed (decisions §3). An event beyond belief is judged under a clamped time
 * and never moves `newest`, which drives the watermark; else one forged event would make every honest one
 * after it late. A jump that three further events confirm, with none between that contradicts, is a host
 * that slept: its events get their own times back, so that the order in which they arrived does not count.
 */
export class HostClock {
  /** Newest believed time; undefined before the first event. */
  newest: EventTime | undefined;
  /** True if the time returned by the last `read` is not the event's own. */
  skewed = false;
  #suspects: Suspect[] = [];
  #confirmed: Suspect[] = [];
  #refuted = 0;

  /** The time under which an event is judged. */
  read(claimed: EventTime, recordTime: EventTime | undefined): EventTime {
    const time = Math.max(-TIME_MAX, Math.min(TIME_MAX, claimed));
    this.skewed = time !== claimed;
    return recordTime === undefined ? this.#readAlone(time) : this.#readBeside(time, recordTime);
  }

  /** Links the suspect of the last `read` to what waits for it. */
  attach(waiting: object): void {
    const latest = this.#suspects.at(-1);
    if (latest !== undefined) latest.waiting = waiting;
  }

  /** Suspects that turned out to be right since the last call. */
  takeConfirmed(): readonly Suspect[] {
    if (this.#confirmed.length === 0) return this.#confirmed;
    const confirmed = this.#confirmed;
    this.#confirmed = [];
    return confirmed;
  }

  /** Number of suspects that turned out to be wrong since the last call. */
  takeRefuted(): number {
    const refuted = this.#refuted;
    this.#refuted = 0;
    return refuted;
  }

  get suspects(): readonly Suspect[] {
    return this.#suspects;
  }

  restore(newest: EventTime | undefined, suspects: readonly Suspect[]): void {
    this.newest = newest;
    this.#suspects = [...suspects];
  }

  // The log's time is trusted. A host that runs ahead moves its watermark only as the log moves, else
  // events dated four minutes ahead would make the honest ones late.
  #readBeside(time: EventTime, recordTime: EventTime): EventTime {
    let judged = time;
    if (time > recordTime + LEAD_MS_MAX) {
      judged = recordTime;
      this.skewed = true;
      this.#refuted += 1;
    }
    this.#believe(Math.min(judged, recordTime));
    return judged;
  }

  #readAlone(time: EventTime): EventTime {
    const newest = this.newest;
    if (newest === undefined || time <= newest + JUMP_MS_MAX) {
      this.#believe(time);
      if (this.#suspects.length > 0) this.#judgeSuspects();
      return time;
    }
    if (this.#agrees(time)) {
      const latest = Math.max(time, ...this.#suspects.map((suspect) => suspect.time));
      this.#believe(latest);
      this.#confirmed.push(...this.#suspects);
      this.#suspects = [];
      return time;
    }
    this.#suspects.push({ time, waiting: undefined });
    if (this.#suspects.length > AGREEING) {
      this.#suspects.shift();
      this.#refuted += 1;
    }
    this.skewed = true;
    return newest + JUMP_MS_MAX;
  }

  #agrees(time: EventTime): boolean {
    if (this.#suspects.length < AGREEING) return false;
    return this.#suspects.every((suspect) => Math.abs(suspect.time - time) <= JUMP_MS_MAX);
  }

  // An event within reach arrived after suspects: those now within reach themselves are confirmed, the
  // others contradicted.
  #judgeSuspects(): void {
    const byTime = this.#suspects.toSorted((one, other) => one.time - other.time);
    this.#suspects = [];
    for (const suspect of byTime) {
      if (suspect.time <= (this.newest ?? 0) + JUMP_MS_MAX) {
        this.#believe(suspect.time);
        this.#confirmed.push(suspect);
      } else {
        this.#refuted += 1;
      }
    }
  }

  #believe(time: EventTime): void {
    if (this.newest === undefined || time > this.newest) this.newest = time;
  }
}
