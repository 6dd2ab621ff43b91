import { Heap, type HeapItem } from '../base/heap.ts';
import type { EventTime } from '../event/record.ts';
import type { Correlator } from './correlator.ts';
import type { Entry, Turn } from './entry.ts';
import type { Health } from './health.ts';
import type { Tally } from './tally.ts';
import { Timers } from './timers.ts';

/** What one event means to the correlations across hosts, while it waits for the slowest host. */
export interface CrossItem extends HeapItem {
  readonly turn: Turn;
  readonly entries: readonly Entry[];
  readonly sequence: number;
}

export interface CrossTurnsOptions {
  readonly correlator: Correlator;
  readonly tally: Tally;
  readonly health: Health;
  /** Hits that wait, at most; beyond it the earliest has its turn. */
  readonly waitingMax: number;
}

/**
 * Hits on their way to correlations whose groups are not bound to one host. They take their turns in
 * the order of (event time, event id, host) once the frontier has passed them: the time before which
 * no host is expected to have any more. It never goes back, so hits that come later than that are
 * counted as late.
 */
export class CrossTurns {
  readonly waiting: Heap<CrossItem> = new Heap<CrossItem>(isEarlier);
  readonly timers: Timers = new Timers();
  frontier: EventTime = Number.MIN_SAFE_INTEGER;
  readonly #options: CrossTurnsOptions;

  constructor(options: CrossTurnsOptions) {
    this.#options = options;
  }

  take(turn: Turn, entries: readonly Entry[]): void {
    const { correlator, tally, waitingMax } = this.#options;
    let own = entries;
    if (turn.time < this.frontier) {
      const suppressed = entries.filter((entry) => entry.plan.kind === 'suppression');
      tally.lateAcrossHosts += entries.length - suppressed.length;
      if (suppressed.length > 0) correlator.run(turn, suppressed);
      own = [];
    }
    if (own.length === 0) return;
    this.waiting.push({ slot: -1, turn, entries: own, sequence: tally.events });
    if (this.waiting.size > waitingMax) this.#force();
  }

  /** Lets everything before the frontier happen, in order. */
  settle(frontier: EventTime): void {
    if (frontier <= this.frontier) return;
    const { correlator } = this.#options;
    this.frontier = frontier;
    for (let top = this.waiting.top; top !== undefined; top = this.waiting.top) {
      if (top.turn.time >= frontier) break;
      this.#run(top);
    }
    correlator.fire(this.timers, frontier);
  }

  #force(): void {
    const top = this.waiting.top;
    if (top === undefined) return;
    const { tally, health } = this.#options;
    tally.forced += 1;
    health.raise('waiting', undefined, undefined);
    this.frontier = Math.max(this.frontier, top.turn.time);
    this.#run(top);
  }

  #run(item: CrossItem): void {
    const { correlator } = this.#options;
    correlator.fire(this.timers, item.turn.time);
    this.waiting.remove(item);
    correlator.run(item.turn, item.entries);
  }
}

function isEarlier(one: CrossItem, other: CrossItem): boolean {
  const [first, second] = [one.turn, other.turn];
  if (first.time !== second.time) return first.time < second.time;
  if (first.id !== second.id) return first.id < second.id;
  if (first.host !== second.host) return first.host < second.host;
  const [plan, otherPlan] = [one.entries[0]?.plan.index ?? 0, other.entries[0]?.plan.index ?? 0];
  return plan !== otherPlan ? plan < otherPlan : one.sequence < other.sequence;
}
