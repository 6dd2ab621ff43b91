import { holds } from '../../engine/condition.ts';
import type { Measure, WindowEntry } from '../../engine/correlations/correlation.ts';
import type { KeyPart } from '../../engine/engine.ts';
import { entryOf, mergeEntries, type Entry, type Hit } from '../../engine/entry.ts';
import { keepEvent } from '../../engine/kept.ts';
import { planStream, type ConsumerPlan, type StreamPlan } from '../../engine/plan.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import type { EventTime } from '../../event/record.ts';
import type { RuleSet } from '../../language/ruleset.ts';

/** What a window held when one event had come. */
export interface WindowMoment {
  readonly rule: string;
  readonly key: readonly KeyPart[];
  readonly time: EventTime;
  /** Entries inside `(time - timespan, time]`. */
  readonly entries: number;
  /** What the condition is held against: a count, distinct values, a sum. */
  readonly value: number | undefined;
  readonly holds: boolean;
  /** The condition was false before this event and is true with it. */
  readonly becameTrue: boolean;
  /** An event that the correlation left out, and why. */
  readonly leftOut?: 'group' | 'value';
}

interface OpenWindow {
  readonly measure: Measure;
  readonly entries: WindowEntry[];
  wasTrue: boolean;
}

/** Bounded: the trace of a large recording is cut, never the verdicts. */
const ENTRIES_MAX = 100_000;

/**
 * Follows the windows of a rule set's correlations, event by event. A reading aid beside the engine: it
 * knows what stands in a window at each moment, the engine alone decides when an episode ends.
 */
export class WindowTrace {
  readonly #plan: StreamPlan;
  readonly #windows = new Map<ConsumerPlan, Map<string, OpenWindow>>();

  constructor(ruleSet: RuleSet) {
    this.#plan = planStream(ruleSet);
  }

  /** Takes in which rules an event matched; returns what that did to windows. */
  observe(
    event: TelemetryEvent,
    ruleIds: readonly string[],
    field: Hit['field'],
  ): readonly WindowMoment[] {
    const [first] = ruleIds;
    if (first === undefined) return [];
    const hit: Hit = {
      host: event.host,
      kept: keepEvent({ event, time: event.time, ruleId: first, computed: [...event.derived] }),
      matched: undefined,
      field,
    };
    return this.#take(ruleIds, hit, event.time);
  }

  #take(ruleIds: readonly string[], hit: Hit, time: EventTime): readonly WindowMoment[] {
    const moments: WindowMoment[] = [];
    for (const [plan, entry] of this.#entries(ruleIds, hit)) {
      if (plan.rule.kind !== 'correlation') continue;
      if (typeof entry === 'string') {
        const left = {
          entries: 0,
          value: undefined,
          holds: false,
          becameTrue: false,
          leftOut: entry,
        };
        moments.push({ rule: plan.rule.id, key: [], time, ...left });
        continue;
      }
      const moment = this.#add(plan, entry, time);
      moments.push(moment);
      if (!moment.becameTrue) continue;
      const parts = new Map(entry.parts.map(({ field, value }) => [field, value]));
      const inner: Hit = { ...hit, field: (name) => parts.get(name) ?? undefined };
      moments.push(...this.#take([plan.rule.id], inner, time));
    }
    return moments;
  }

  // An event that reaches a group through several rules is one entry.
  #entries(
    ruleIds: readonly string[],
    hit: Hit,
  ): ReadonlyMap<ConsumerPlan, Entry | 'group' | 'value'> {
    const entries = new Map<ConsumerPlan, Entry | 'group' | 'value'>();
    for (const ruleId of ruleIds) {
      for (const route of this.#plan.routes.get(ruleId) ?? []) {
        const entry = entryOf(route, hit);
        const before = entries.get(route.plan);
        const isBoth = typeof entry === 'object' && typeof before === 'object';
        entries.set(route.plan, isBoth ? mergeEntries(before, entry) : entry);
      }
    }
    return entries;
  }

  #add(plan: ConsumerPlan, entry: Entry, time: EventTime): WindowMoment {
    const groups = this.#windows.get(plan) ?? new Map<string, OpenWindow>();
    this.#windows.set(plan, groups);
    const window = groups.get(entry.key) ?? this.#start(plan);
    groups.set(entry.key, window);
    const after = time - plan.windowMs;
    const { measure, entries } = window;
    while (
      entries[0] !== undefined &&
      (entries[0].time <= after || entries.length >= ENTRIES_MAX)
    ) {
      measure.remove(entries[0]);
      entries.shift();
    }
    const added = { time, sources: entry.sources, value: entry.value };
    if (measure.admit?.(added) ?? true) {
      entries.push(added);
      measure.add(added);
    }
    const isTrue = entries.length > 0 && holds(plan.condition, { measure, after });
    const becameTrue = isTrue && !window.wasTrue;
    window.wasTrue = isTrue;
    return {
      rule: plan.rule.id,
      key: entry.parts,
      time,
      entries: entries.length,
      value: measure.value(after),
      holds: isTrue,
      becameTrue,
    };
  }

  #start({ rule, sources, measure }: ConsumerPlan): OpenWindow {
    const correlation = rule.kind === 'correlation' ? rule.correlation : undefined;
    const options = { correlation, sources: sources.length, entriesMax: ENTRIES_MAX };
    return { measure: measure.start(options), entries: [], wasTrue: false };
  }
}
