import { Heap } from '../base/heap.ts';
import type { HostLane, LaneItem, Waiting } from './lane.ts';

/**
 * At the limit this share of the hosts goes at once, so that looking for them costs little for
 * each.
 */
const EVICTED_SHARE = 1 / 16;

/** All hosts that the engine keeps. */
export class Lanes {
  readonly #lanes: Map<string, HostLane> = new Map();
  /** The host with the most waiting events first; names break ties. */
  readonly #crowds: Heap<LaneItem> = new Heap<LaneItem>(isMoreCrowded);
  #waiting = 0;
  /**
   * The one asked for last: events of a host come in runs, and to compare a name takes less than to
   * hash it.
   */
  #latest: HostLane | undefined;
  #waitingPeak = 0;

  get size(): number {
    return this.#lanes.size;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** The most that ever waited at once. */
  get waitingPeak(): number {
    return this.#waitingPeak;
  }

  /** Hosts in the order in which they were first seen. */
  get all(): readonly HostLane[] {
    return [...this.#lanes.values()];
  }

  get(host: string): HostLane | undefined {
    if (this.#latest?.host !== host) this.#latest = this.#lanes.get(host);
    return this.#latest;
  }

  add(lane: HostLane): void {
    this.#lanes.set(lane.host, lane);
    this.#crowds.push(lane.crowd);
  }

  remove(lane: HostLane): void {
    this.#lanes.delete(lane.host);
    if (this.#latest === lane) this.#latest = undefined;
    this.#crowds.remove(lane.crowd);
    this.#waiting -= lane.waiting.size;
  }

  wait(lane: HostLane, waiting: Waiting): void {
    lane.waiting.push(waiting);
    this.#waiting += 1;
    if (this.#waiting > this.#waitingPeak) this.#waitingPeak = this.#waiting;
    this.#crowds.moved(lane.crowd);
  }

  /** Takes the host's earliest waiting event. */
  next(lane: HostLane): Waiting | undefined {
    const waiting = lane.waiting.pop();
    if (waiting === undefined) return undefined;
    this.#waiting -= 1;
    this.#crowds.moved(lane.crowd);
    return waiting;
  }

  get mostCrowded(): HostLane | undefined {
    return this.#crowds.top?.lane;
  }

  /**
   * The hosts to be given up: those of which nothing is remembered but their clock, longest silent
   * first.
   */
  leastMissed(): readonly HostLane[] {
    const order = this.all.toSorted((one, other) => {
      if (one.isIdle !== other.isIdle) return one.isIdle ? -1 : 1;
      return one.seen - other.seen;
    });
    return order.slice(0, Math.max(1, Math.floor(order.length * EVICTED_SHARE)));
  }
}

function isMoreCrowded(one: LaneItem, other: LaneItem): boolean {
  const difference = one.lane.waiting.size - other.lane.waiting.size;
  return difference !== 0 ? difference > 0 : one.lane.host < other.lane.host;
}
