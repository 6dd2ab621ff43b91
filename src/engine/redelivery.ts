import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';

/** The ids of one time: mostly there is one. */
type Ids = string | Set<string>;

/** Ids of one host's events. */
interface Generation {
  readonly host: string;
  /** By the moment of the event: to hash a number takes a fraction of what it takes to hash an id. */
  readonly byMoment: Map<number, Ids>;
  /**
   * Those of events that had no time but the log's: their record may come again under another one.
   */
  readonly undated: Set<string>;
  size: number;
}

/** A generation: its host, its ids by moment, and those of the log's time. */
type GenerationSnapshot = readonly [
  host: string,
  byMoment: readonly (readonly [number, readonly string[]])[],
  undated: readonly string[],
];

/** The generations of ids in the order in which they began. */
export type RedeliverySnapshot = readonly GenerationSnapshot[];

/**
 * Ids of the candidates and matches seen lately, to know an event that is delivered again. Each
 * host fills generations of half its quota; the older one is forgotten when a third begins, and
 * when all hosts hold too many, the generation that began first. So what is remembered is a
 * function of the log.
 */
export class Redelivery {
  readonly #perGeneration: number;
  readonly #idsMax: number;
  readonly #hosts: Map<string, readonly Generation[]> = new Map();
  readonly #order: Set<Generation> = new Set();
  #count = 0;
  #countPeak = 0;

  constructor(idsPerHostMax: number, idsMax: number) {
    this.#perGeneration = Math.ceil(idsPerHostMax / 2);
    this.#idsMax = idsMax;
  }

  /** The largest part of the ids over all hosts that was ever in use. */
  get fullest(): number {
    return this.#idsMax === 0 ? 0 : this.#countPeak / this.#idsMax;
  }

  /** True if this host's event was seen before; else remembers it. */
  isKnown(host: string, event: TelemetryEvent): boolean {
    if (this.#perGeneration === 0) return false;
    const generations = this.#hosts.get(host) ?? [];
    for (const generation of generations) if (holds(generation, event)) return true;
    let current = generations.at(-1);
    if (current === undefined || current.size >= this.#perGeneration) {
      const oldest = generations.length > 1 ? generations[0] : undefined;
      if (oldest !== undefined) this.#forget(oldest);
      current = this.#begin(host);
    }
    add(current, momentOf(event.time), event.id);
    if (isUndated(event)) current.undated.add(event.id);
    this.#count += 1;
    if (this.#count > this.#countPeak) this.#countPeak = this.#count;
    this.#shrink(current);
    return false;
  }

  /** Forgets a host. */
  drop(host: string): void {
    for (const generation of this.#hosts.get(host) ?? []) this.#forget(generation);
  }

  snapshot(): RedeliverySnapshot {
    return [...this.#order].map(({ host, byMoment, undated }) => {
      const moments = [...byMoment].map(([moment, ids]) => {
        return [moment, typeof ids === 'string' ? [ids] : [...ids]] as const;
      });
      return [host, moments, [...undated]];
    });
  }

  restore(snapshot: RedeliverySnapshot): void {
    this.#hosts.clear();
    this.#order.clear();
    this.#count = 0;
    for (const [host, byMoment, undated] of snapshot) {
      const generation = this.#begin(host);
      for (const [moment, ids] of byMoment) for (const id of ids) add(generation, moment, id);
      for (const id of undated) generation.undated.add(id);
      this.#count += generation.size;
    }
  }

  #shrink(current: Generation): void {
    if (this.#count <= this.#idsMax) return;
    for (const generation of this.#order) {
      if (generation === current) continue;
      this.#forget(generation);
      return;
    }
  }

  #begin(host: string): Generation {
    const generation = { host, byMoment: new Map(), undated: new Set<string>(), size: 0 };
    this.#hosts.set(host, [...(this.#hosts.get(host) ?? []), generation]);
    this.#order.add(generation);
    return generation;
  }

  #forget(generation: Generation): void {
    this.#order.delete(generation);
    this.#count -= generation.size;
    const left = (this.#hosts.get(generation.host) ?? []).filter((other) => other !== generation);
    if (left.length === 0) this.#hosts.delete(generation.host);
    else this.#hosts.set(generation.host, left);
  }
}

function holds(generation: Generation, event: TelemetryEvent): boolean {
  const ids = generation.byMoment.get(momentOf(event.time));
  if (ids !== undefined && (typeof ids === 'string' ? ids === event.id : ids.has(event.id))) {
    return true;
  }
  return generation.undated.size > 0 && isUndated(event) && generation.undated.has(event.id);
}

function add(generation: Generation, moment: number, id: string): void {
  const { byMoment } = generation;
  const ids = byMoment.get(moment);
  if (ids === undefined) byMoment.set(moment, id);
  else if (typeof ids === 'string') byMoment.set(moment, new Set([ids, id]));
  else ids.add(id);
  generation.size += 1;
}

// The last 32 bits, which V8 hashes without a call. Times fifty days apart share a moment.
function momentOf(time: EventTime): number {
  return time | 0;
}

// Only records that tell no time get the log's; one that tells the very same passes for one of
// them.
function isUndated({ time, origin }: TelemetryEvent): boolean {
  return time === origin.record.recordTime;
}
