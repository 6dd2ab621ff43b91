import { Heap } from '../base/heap.ts';
import type { EventTime } from '../event/record.ts';
import type { HostLane, LaneItem } from './lane.ts';

/**
 * How far the hosts of a task have come together: correlations across hosts wait for the slowest. A
 * host that fell silent holds them back only as long as its own clock, going on, would: by what the
 * log's time says where records have it, else by the time in which nothing came from anywhere.
 */
export class CrossLane {
  readonly #hosts: Heap<LaneItem> = new Heap<LaneItem>(isSlower);
  /** The newest time of the log itself; undefined where records have none. */
  logTime: EventTime | undefined;

  join(lane: HostLane): void {
    lane.pace.watermark = lane.frontier(this.logTime);
    this.#hosts.push(lane.pace);
  }

  leave(lane: HostLane): void {
    this.#hosts.remove(lane.pace);
  }

  /** The host speaks: what its silence had let pass is no longer assumed. */
  hear(lane: HostLane): void {
    const frontier = lane.frontier(this.logTime);
    if (lane.pace.watermark <= frontier) return;
    lane.pace.watermark = frontier;
    this.#hosts.moved(lane.pace);
  }

  /** How far the slowest host has come; undefined without any. */
  slowest(): EventTime | undefined {
    for (let top = this.#hosts.top; top !== undefined; top = this.#hosts.top) {
      const watermark = top.lane.frontier(this.logTime);
      if (top.watermark === watermark) break;
      top.watermark = watermark;
      this.#hosts.moved(top);
    }
    return this.#hosts.top?.watermark;
  }
}

function isSlower(one: LaneItem, other: LaneItem): boolean {
  if (one.watermark !== other.watermark) return one.watermark < other.watermark;
  return one.lane.host < other.lane.host;
}
