import { Heap, type HeapItem } from '../base/heap.ts';
import type { EventTime } from '../event/record.ts';
import type { Entry, Turn } from './entry.ts';
import type { HostLane, LaneItem } from './lane.ts';
import { Timers } from './timers.ts';

/** What one event means to the correlations across hosts, while it waits for the slowest host. */
export interface CrossItem extends HeapItem {
  readonly turn: Turn;
  readonly entries: readonly Entry[];
  readonly sequence: number;
}

/**
 * Hits on their way to correlations whose groups are not bound to one host. They take their turns
 * in the order of (event time, event id, host) once every host seen has passed them: the frontier
 * is the lowest watermark of all hosts, and never goes back, so a host that appears with older
 * events than that has its hits counted as late here. A host that fell silent holds it back only as
 * long as its own clock, going on, would; or until the buffer is full and lets its earliest go.
 */
export class CrossLane {
  readonly waiting: Heap<CrossItem> = new Heap<CrossItem>(isEarlier);
  readonly timers: Timers = new Timers();
  frontier: EventTime = Number.MIN_SAFE_INTEGER;
  readonly #hosts: Heap<LaneItem> = new Heap<LaneItem>(isSlower);

  join(lane: HostLane): void {
    lane.pace.watermark = lane.frontier;
    this.#hosts.push(lane.pace);
  }

  leave(lane: HostLane): void {
    this.#hosts.remove(lane.pace);
  }

  /** The host speaks again: what its silence had let pass is no longer assumed. */
  hear(lane: HostLane): void {
    lane.silentMs = undefined;
    lane.pace.watermark = lane.frontier;
    this.#hosts.moved(lane.pace);
  }

  /** Moves the frontier to the slowest host; true if that moved it. */
  follow(): boolean {
    for (let top = this.#hosts.top; top !== undefined; top = this.#hosts.top) {
      const watermark = top.lane.frontier;
      if (top.watermark === watermark) break;
      top.watermark = watermark;
      this.#hosts.moved(top);
    }
    const slowest = this.#hosts.top?.watermark ?? this.frontier;
    if (slowest <= this.frontier) return false;
    this.frontier = slowest;
    return true;
  }
}

function isEarlier(one: CrossItem, other: CrossItem): boolean {
  const [first, second] = [one.turn, other.turn];
  if (first.time !== second.time) return first.time < second.time;
  if (first.id !== second.id) return first.id < second.id;
  if (first.host !== second.host) return first.host < second.host;
  return one.sequence < other.sequence;
}

function isSlower(one: LaneItem, other: LaneItem): boolean {
  if (one.watermark !== other.watermark) return one.watermark < other.watermark;
  return one.lane.host < other.lane.host;
}
