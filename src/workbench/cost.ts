import { createEngine, defaultLimits } from '../engine/create.ts';
import { createMatcher } from '../engine/matcher.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { createEnrichments } from '../enrichment/index.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { LinkedCorrelation, LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { Policy } from '../policy/policy.ts';
import { decodeRecord } from '../runtime/decoding.ts';
import { narrowed } from './choose-rules.ts';

/** What a rule costs alone, above an engine without rules. */
export interface RuleCost {
  readonly rule: LinkedDetection | LinkedCorrelation;
  /** Processor time for the recording, in ms; noise can make it slightly negative, which counts as 0. */
  readonly cpuMs: number;
  /** Of the sum over all rules. */
  readonly share: number;
  /** Group keys held at once, at most. */
  readonly groups: number;
  /** Size of its state as a checkpoint writes it, at most. */
  readonly stateBytes: number;
}

export interface CostOptions {
  readonly ruleSet: RuleSet;
  readonly policy: Policy;
  readonly decoder: Decoder;
  readonly events: readonly TelemetryEvent[];
  readonly onRule: (done: number, all: number) => void;
}

interface Measured {
  readonly cpuMs: number;
  readonly groups: number;
  readonly stateBytes: number;
}

/** State is looked at so often. */
const LOOKS = 8;

/**
 * Runs each rule alone over the same events, with the rules that it counts. The engine shares work between
 * rules, so a set costs less than the sum of its rules.
 */
export function costs(options: CostOptions): readonly RuleCost[] {
  const { ruleSet } = options;
  const rules = [...ruleSet.correlations, ...ruleSet.detections].filter(({ alerts }) => alerts);
  const none = { ...ruleSet, detections: [], correlations: [] };
  // The first pass decodes fields that later ones find decoded, so it is not counted.
  measure(none, options);
  measure(ruleSet, options);
  const base = measure(none, options);
  const measured = rules.map((rule, index) => {
    const cost = measure(narrowed(ruleSet, new Set([rule.rule.id])), options);
    options.onRule(index + 1, rules.length);
    return {
      rule,
      cpuMs: Math.max(0, cost.cpuMs - base.cpuMs),
      groups: cost.groups,
      stateBytes: Math.max(0, cost.stateBytes - base.stateBytes),
    };
  });
  const sum = measured.reduce((total, { cpuMs }) => total + cpuMs, 0);
  return measured
    .map((cost) => ({ ...cost, share: sum === 0 ? 0 : cost.cpuMs / sum }))
    .toSorted((a, b) => b.cpuMs - a.cpuMs || b.stateBytes - a.stateBytes);
}

function measure(ruleSet: RuleSet, { policy, decoder, events }: CostOptions): Measured {
  const enrichments = createEnrichments(policy);
  const engine = createEngine({
    ruleSet,
    matcher: createMatcher({ ruleSet, policy, enrichments }),
    enrichments,
    limits: { ...defaultLimits, redeliveryPerHostMax: 0 },
    revive: (record, index) => decodeRecord(decoder, record).events[index],
  });
  const ignore = (): void => undefined;
  const step = Math.max(1, Math.ceil(events.length / LOOKS));
  let cpuMs = 0;
  let groups = 0;
  let stateBytes = 0;
  for (let from = 0; from < events.length; from += step) {
    const batch = events.slice(from, from + step);
    const before = process.cpuUsage();
    engine.observe(batch, ignore);
    const { user, system } = process.cpuUsage(before);
    cpuMs += (user + system) / 1000;
    groups = Math.max(groups, engine.statistics().groups);
    stateBytes = Math.max(stateBytes, JSON.stringify(engine.snapshot().state).length);
  }
  return { cpuMs, groups, stateBytes };
}
