import type { EventTime } from '../event/record.ts';
import type { Detection, DetectionWindow, Evidence, KeyPart } from './engine.ts';
import { evidenceOf, isSampledBefore, type Kept, type Revive } from './kept.ts';
import type { ConsumerPlan } from './plan.ts';

/** What an episode begins with. */
export interface Opening {
  readonly plan: ConsumerPlan;
  readonly host: string;
  readonly parts: readonly KeyPart[];
  readonly start: EventTime | undefined;
  readonly eventId: string | undefined;
  readonly window: DetectionWindow | undefined;
  readonly value: number | undefined;
  readonly count: number;
  readonly firstTime: EventTime;
  readonly crossing: Kept;
  /** Remembered contributing events, the crossing one included, in event order. */
  readonly kept: readonly Kept[];
  readonly sources: ReadonlySet<number>;
  /** Selections that matched; undefined for correlations, whose sources say it. */
  readonly matched: readonly string[] | undefined;
  readonly evidenceMax: number;
}

/** Events that join an episode. */
export interface Growth {
  readonly count: number;
  readonly last: Kept;
  /** Those of them that a sample may be drawn from. */
  readonly sampled: readonly Kept[];
  readonly sources: Iterable<number>;
  readonly value: number | undefined;
}

/** The time during which a condition holds for a key: one alert, which grows. */
export class Episode {
  readonly opening: Omit<Opening, 'kept' | 'sources'>;
  readonly first: Kept;
  readonly sources: Set<number>;
  last: Kept;
  lastTime: EventTime;
  count: number;
  value: number | undefined;
  /** True while its growth is not yet told. */
  isDirty = false;
  #sample: Kept[];

  constructor(opening: Opening) {
    const { kept, sources, ...rest } = opening;
    this.opening = rest;
    this.first = kept[0] ?? opening.crossing;
    this.sources = new Set(sources);
    this.last = opening.crossing;
    this.lastTime = opening.crossing.time;
    this.count = opening.count;
    this.value = opening.value;
    this.#sample = kept.toSorted(bySample).slice(0, opening.evidenceMax);
  }

  /** Adds contributing events. */
  grow(growth: Growth): void {
    const { count, last, sampled, sources, value } = growth;
    this.count += count;
    this.value = value;
    // A late event of a rule without window may be older than what is known.
    if (last.time >= this.lastTime) {
      this.last = last;
      this.lastTime = last.time;
    }
    for (const source of sources) this.sources.add(source);
    for (const kept of sampled) this.#draw(kept);
  }

  detection(phase: Detection['phase'], revive: Revive): Detection {
    const { plan, host, parts, start, eventId, window, firstTime } = this.opening;
    return {
      rule: plan.rule,
      phase,
      meaning: plan.meaning,
      host,
      key: plan.kind === 'suppression' ? [] : parts,
      episodeStart: start,
      eventId,
      firstTime,
      lastTime: this.lastTime,
      count: this.count,
      value: this.value,
      window,
      evidence: this.#evidence(revive),
      matched: this.#matched(),
    };
  }

  get sample(): readonly Kept[] {
    return this.#sample;
  }

  restoreSample(sample: readonly Kept[]): void {
    this.#sample = [...sample];
  }

  #matched(): readonly string[] {
    const { plan, matched: selections } = this.opening;
    if (selections !== undefined) return selections;
    const matched = plan.sources.filter((_, source) => this.sources.has(source));
    return matched.map((source) => source.ruleId);
  }

  #draw(kept: Kept): void {
    const sample = this.#sample;
    const largest = sample.at(-1);
    const isFull = sample.length >= this.opening.evidenceMax;
    if (isFull && (largest === undefined || !isSampledBefore(kept, largest))) return;
    if (isFull) sample.pop();
    let at = sample.length;
    while (at > 0 && isSampledBefore(kept, sample[at - 1] ?? kept)) at -= 1;
    sample.splice(at, 0, kept);
  }

  // The crossing, the first and the last event, then the sample, in event order.
  #evidence(revive: Revive): readonly Evidence[] {
    const chosen = new Map<string, Kept>();
    for (const kept of [this.opening.crossing, this.first, this.last, ...this.#sample]) {
      if (chosen.size >= this.opening.evidenceMax) break;
      chosen.set(`${kept.host}\n${kept.id}`, kept);
    }
    const inOrder = [...chosen.values()].sort(byEventOrder);
    return inOrder.map((kept) => evidenceOf(kept, revive));
  }
}

function bySample(one: Kept, other: Kept): number {
  if (isSampledBefore(one, other)) return -1;
  return isSampledBefore(other, one) ? 1 : 0;
}

function byEventOrder(one: Kept, other: Kept): number {
  if (one.time !== other.time) return one.time - other.time;
  if (one.id !== other.id) return one.id < other.id ? -1 : 1;
  return one.host < other.host ? -1 : 1;
}
