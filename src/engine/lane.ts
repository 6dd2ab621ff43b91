import { Heap, type HeapItem } from '../base/heap.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { Candidate } from './candidate.ts';
import { HostClock } from './clock.ts';
import { Timers } from './timers.ts';

/** Correlations across hosts run at most so far behind a silent host's own clock, in ms. */
const SILENT_ACROSS_MS = 30_000;
/**
 * After so much silence its event time goes on by itself, so that windows close which wait for
 * something not to happen. Less would make late what a laptop kept while it was offline.
 */
const SILENT_ALONE_MS = 600_000;

/** An event that waits for its turn. */
export interface Waiting extends HeapItem {
  /** The time it is judged by; becomes its own again when a doubted clock is confirmed. */
  time: EventTime;
  readonly event: TelemetryEvent;
  readonly candidate: Candidate;
  /** Breaks ties between equal ids, which redelivery beyond its limit can bring. */
  readonly sequence: number;
  isSkewed: boolean;
}

/** A lane in a heap. */
export interface LaneItem extends HeapItem {
  readonly lane: HostLane;
  /** For the order by frontier: what it was when last looked at. */
  watermark: EventTime;
}

/** One host's clock, its waiting events, and what its windows wait for. */
export class HostLane {
  readonly host: string;
  readonly clock: HostClock = new HostClock();
  readonly waiting: Heap<Waiting> = new Heap<Waiting>(isEarlier);
  readonly timers: Timers = new Timers();
  /** Lower bound of the watermark: from idle advances and early releases. */
  floor: EventTime = Number.MIN_SAFE_INTEGER;
  /** Number of the host's latest event among all events. */
  seen = 0;
  /** For how long the host has been silent; undefined since its latest event. */
  silentMs: number | undefined;
  /** When the log took its latest record, where it says so. */
  heardAt: EventTime | undefined;
  readonly crowd: LaneItem = { slot: -1, lane: this, watermark: 0 };
  readonly pace: LaneItem = { slot: -1, lane: this, watermark: Number.MIN_SAFE_INTEGER };
  readonly #latenessMs: number;

  constructor(host: string, latenessMs: number) {
    this.host = host;
    this.#latenessMs = latenessMs;
  }

  /** No event older than this is expected; what is older has had its turn. Never goes back. */
  get watermark(): EventTime {
    const { newest } = this.clock;
    return newest === undefined ? this.floor : Math.max(this.floor, newest - this.#latenessMs);
  }

  get isIdle(): boolean {
    return this.waiting.size === 0 && this.timers.size === 0;
  }

  /**
   * How far correlations across hosts need not wait for this one: its clock goes on in silence.
   *
   * @param logTime The time that the log has reached; whole seconds count.
   */
  frontier(logTime: EventTime | undefined): EventTime {
    const { newest } = this.clock;
    const { watermark, silentMs = 0, heardAt } = this;
    const missedMs = logTime === undefined || heardAt === undefined ? 0 : logTime - heardAt;
    const silence = Math.max(silentMs, missedMs - (missedMs % 1000));
    return newest === undefined
      ? watermark
      : Math.max(watermark, newest + silence - SILENT_ACROSS_MS);
  }

  /**
   * Adds to the host's silence. When it exceeds the lateness, nothing that could overtake its
   * newest event is expected any more.
   */
  elapse(ms: number): void {
    // The event before came at some moment of this span.
    this.silentMs = this.silentMs === undefined ? 0 : this.silentMs + ms;
    this.#pass(this.silentMs);
  }

  /** The same by what the log's time says; true if there is enough of it. */
  fallSilent(logTime: EventTime): boolean {
    return this.heardAt !== undefined && this.#pass(logTime - this.heardAt);
  }

  #pass(silentMs: number): boolean {
    const { newest } = this.clock;
    if (newest === undefined || silentMs < this.#latenessMs) return false;
    this.raiseFloor(newest + Math.max(1, silentMs - SILENT_ALONE_MS));
    return true;
  }

  raiseFloor(time: EventTime): void {
    if (time > this.floor) this.floor = time;
  }
}

function isEarlier(one: Waiting, other: Waiting): boolean {
  if (one.time !== other.time) return one.time < other.time;
  // Few events are of one millisecond, and the id of an event is made when somebody asks.
  const [first, second] = [one.event.id, other.event.id];
  if (first !== second) return first < second;
  return one.sequence < other.sequence;
}
