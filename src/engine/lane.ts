import { Heap, type HeapItem } from '../base/heap.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { LinkedDetection } from '../language/ruleset.ts';
import { HostClock } from './clock.ts';
import { Timers } from './timers.ts';

/** An event that waits for its turn. */
export interface Waiting extends HeapItem {
  /** The time it is judged by; becomes its own again when a doubted clock is confirmed. */
  time: EventTime;
  readonly id: string;
  readonly event: TelemetryEvent;
  /** Rules that matched when it arrived. */
  readonly hits: readonly LinkedDetection[];
  /** Breaks ties between equal ids, which redelivery beyond its limit can bring. */
  readonly sequence: number;
  isSkewed: boolean;
}

/** A lane in a heap. */
export interface LaneItem extends HeapItem {
  readonly lane: HostLane;
  /** For the order by watermark: what it was when last looked at. */
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

  raiseFloor(time: EventTime): void {
    if (time > this.floor) this.floor = time;
  }
}

function isEarlier(one: Waiting, other: Waiting): boolean {
  if (one.time !== other.time) return one.time < other.time;
  if (one.id !== other.id) return one.id < other.id;
  return one.sequence < other.sequence;
}
