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
  /** What waits in the host's buffer, if the event is a candidate. */
  waiting: object | undefined;
}

/** What became of the time of an event that waits. */
export interface Settled {
  readonly waiting: object;
  readonly time: EventTime;
  readonly isSkewed: boolean;
}

/**
 * What one host's clock is believed (decisions §3).
 *
 * An event beyond belief is judged under a clamped time and never moves `newest`, which drives the
 * watermark; else one forged event would make every honest one after it late. Without the log's
 * time, a jump of more than an hour is believed as far as three further events go as well: of four
 * events in a row beyond belief the earliest is believed, and what is then within reach. Those that
 * are confirmed while they wait get their own times back, so the order in which they arrived does
 * not count. An event within belief contradicts all that are still doubted. A host's first event is
 * believed once a second one is within an hour of it, or by the same rule of four: it may be as
 * forged as any.
 */
export class HostClock {
  /** Newest believed time; undefined before the first. */
  newest: EventTime | undefined;
  /** True if the time returned by the last `read` is not the event's own. */
  skewed = false;
  #suspects: Suspect[] = [];
  #isLatestDoubted = false;
  #settled: Settled[] = [];
  #refuted = 0;

  /** The time under which an event is judged. */
  read(claimed: EventTime, recordTime: EventTime | undefined): EventTime {
    // Decoders refuse what is no time; one that slips through must not disturb the order of the
    // others.
    const finite = Number.isFinite(claimed)
      ? Math.trunc(claimed)
      : (recordTime ?? this.newest ?? 0);
    const time = Math.max(-TIME_MAX, Math.min(TIME_MAX, finite));
    this.skewed = time !== claimed;
    return recordTime === undefined ? this.#readAlone(time) : this.#readBeside(time, recordTime);
  }

  /** Links the event of the last `read` to what waits for it, if it is doubted. */
  attach(waiting: object): void {
    const latest = this.#suspects.at(-1);
    if (latest !== undefined && this.#isLatestDoubted) latest.waiting = waiting;
  }

  /** The log itself has reached this time: whoever claimed it was right. */
  confirm(reached: EventTime): void {
    const right = this.#suspects.filter((suspect) => suspect.time <= reached);
    if (right.length === 0) return;
    for (const suspect of right) this.#believe(suspect.time);
    this.#settleReachable();
  }

  /** Waiting events whose time changed since the last call. */
  takeSettled(): readonly Settled[] {
    if (this.#settled.length === 0) return this.#settled;
    const settled = this.#settled;
    this.#settled = [];
    return settled;
  }

  /** Number of events whose time turned out to be wrong since the last call. */
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

  // The log's time is trusted. A host that runs ahead moves its watermark only as the log moves,
  // else events dated four minutes ahead would make the honest ones late.
  #readBeside(time: EventTime, recordTime: EventTime): EventTime {
    this.#isLatestDoubted = false;
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
    this.#isLatestDoubted = false;
    if (this.#isWithinBelief(time)) {
      this.#believe(time);
      if (this.#suspects.length > 0) this.#contradict();
      return time;
    }
    const suspect: Suspect = { time, waiting: undefined };
    this.#suspects.push(suspect);
    if (this.#suspects.length > AGREEING) {
      this.#believe(Math.min(...this.#suspects.map((other) => other.time)));
      this.#settleReachable();
    }
    this.#isLatestDoubted = this.#suspects.includes(suspect);
    if (!this.#isLatestDoubted || this.newest === undefined) return time;
    this.skewed = true;
    return this.newest + JUMP_MS_MAX;
  }

  #isWithinBelief(time: EventTime): boolean {
    if (this.newest !== undefined) return time <= this.newest + JUMP_MS_MAX;
    return this.#suspects.some((suspect) => Math.abs(suspect.time - time) <= JUMP_MS_MAX);
  }

  // Confirms suspects within reach, each of which extends it; the others go on waiting, an hour
  // ahead.
  #settleReachable(): void {
    const byTime = this.#suspects.toSorted((one, other) => one.time - other.time);
    this.#suspects = [];
    for (const suspect of byTime) {
      const limit = (this.newest ?? suspect.time) + JUMP_MS_MAX;
      const isReached = suspect.time <= limit;
      if (isReached) this.#believe(suspect.time);
      else this.#suspects.push(suspect);
      const time = isReached ? suspect.time : limit;
      const { waiting } = suspect;
      if (waiting !== undefined) this.#settled.push({ waiting, time, isSkewed: !isReached });
    }
  }

  #contradict(): void {
    this.#settleReachable();
    this.#refuted += this.#suspects.length;
    this.#suspects = [];
  }

  #believe(time: EventTime): void {
    if (this.newest === undefined || time > this.newest) this.newest = time;
  }
}
