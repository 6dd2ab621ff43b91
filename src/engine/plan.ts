import { assert } from '../base/assert.ts';
import type { LinkedCorrelation, LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { CorrelationRule, DetectionRule } from '../language/tree.ts';
import { compileCondition, isRising, type WindowCondition } from './condition.ts';
import type { CorrelationMeasure } from './correlations/correlation.ts';
import { eventCount } from './correlations/event-count.ts';
import { correlationMeasures } from './correlations/index.ts';
import { hostFields } from './host-fields.ts';

/** Three thousand years: sums of times and windows stay exact integers. */
const WINDOW_MS_MAX = 1e14;

/**
 * What takes hits and keeps state by key: a correlation, or the suppression of a rule without
 * window.
 */
export interface ConsumerPlan {
  /** Place in the order in which consumers see an event: a correlation after those it builds on. */
  readonly index: number;
  readonly rule: DetectionRule | CorrelationRule;
  readonly meaning: string;
  readonly alerts: boolean;
  readonly kind: 'rising' | 'closing' | 'suppression';
  /** True if its keys belong to one host each, so that the host's own watermark is enough. */
  readonly isHostBound: boolean;
  readonly groupBy: readonly string[];
  readonly missingFields: 'drop' | 'group';
  readonly sources: readonly SourcePlan[];
  readonly measure: CorrelationMeasure;
  readonly valueFields: readonly string[];
  readonly condition: WindowCondition;
  readonly windowMs: number;
  /** How long the condition must have been false for an episode to end. */
  readonly lastsMs: number;
}

/** A rule that a consumer refers to. */
export interface SourcePlan {
  readonly ruleId: string;
  /** The source's own names for the fields of `groupBy`. */
  readonly groupFields: readonly string[];
}

/** Where the hits of a rule go: the consumer, and the rule's place among its sources. */
export interface Route {
  readonly plan: ConsumerPlan;
  readonly source: number;
}

/** Everything that a rule set asks of the engine beyond matching. */
export interface StreamPlan {
  readonly consumers: readonly ConsumerPlan[];
  /** By the id of the rule whose hits they are. */
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly hasCrossHost: boolean;
}

/** Plans correlations and suppressions. */
export function planStream(ruleSet: RuleSet): StreamPlan {
  const consumers: ConsumerPlan[] = [];
  const names = new Map<string, string | undefined>();
  for (const linked of ruleSet.detections) {
    const { id, name } = linked.outline ?? linked.rule;
    names.set(id, name);
  }
  for (const { rule } of ruleSet.correlations) names.set(rule.id, rule.name);
  const correlations = new Map<string, ConsumerPlan>();
  for (const linked of ruleSet.correlations) {
    const plan = planCorrelation(linked, consumers.length, { names, correlations });
    correlations.set(linked.rule.id, plan);
    consumers.push(plan);
  }
  for (const linked of ruleSet.detections) {
    const plan = planSuppression(linked, consumers.length);
    if (plan !== undefined) consumers.push(plan);
  }
  const routes = new Map<string, Route[]>();
  for (const plan of consumers) {
    for (const [source, { ruleId }] of plan.sources.entries()) {
      const route = { plan, source };
      const known = routes.get(ruleId);
      if (known === undefined) routes.set(ruleId, [route]);
      else known.push(route);
    }
  }
  return { consumers, routes, hasCrossHost: consumers.some((plan) => !plan.isHostBound) };
}

interface Known {
  readonly names: ReadonlyMap<string, string | undefined>;
  readonly correlations: ReadonlyMap<string, ConsumerPlan>;
}

function planCorrelation(linked: LinkedCorrelation, index: number, known: Known): ConsumerPlan {
  const { rule, sources, alerts, meaning } = linked;
  const { correlation, suppress } = rule;
  const { type, groupBy } = correlation;
  const timespanMs = Math.max(1, Math.min(WINDOW_MS_MAX, correlation.timespanMs));
  assert(sources.length === correlation.rules.length, `${rule.id} is not linked`);
  const sourcePlans = sources.map((ruleId, source) => {
    const written = correlation.rules[source] ?? ruleId;
    const names = [written, ruleId, known.names.get(ruleId) ?? ruleId];
    return { ruleId, groupFields: groupBy.map((field) => fieldFor(rule, field, names)) };
  });
  const condition = compileCondition(rule);
  // A new value is news on its own: its window is its own millisecond, and `timespan` is for
  // learning.
  const windowMs = type === 'first_seen' ? 1 : timespanMs;
  const quietMs = type === 'first_seen' ? 0 : timespanMs;
  return {
    index,
    rule,
    meaning,
    alerts,
    kind: isRising(condition) ? 'rising' : 'closing',
    isHostBound: sourcePlans.every(
      ({ ruleId, groupFields }) =>
        groupFields.some((field) => hostFields.has(field)) &&
        (known.correlations.get(ruleId)?.isHostBound ?? true),
    ),
    groupBy,
    missingFields: correlation.missingFields,
    sources: sourcePlans,
    measure: correlationMeasures[type],
    valueFields: correlation.condition.kind === 'threshold' ? correlation.condition.fields : [],
    condition,
    windowMs,
    lastsMs: Math.max(quietMs, Math.min(WINDOW_MS_MAX, suppress?.durationMs ?? 0)),
  };
}

function fieldFor(rule: CorrelationRule, field: string, names: readonly string[]): string {
  const alias = rule.correlation.aliases.get(field);
  for (const name of names) {
    const own = alias?.get(name);
    if (own !== undefined) return own;
  }
  return field;
}

function planSuppression(linked: LinkedDetection, index: number): ConsumerPlan | undefined {
  const { suppress } = linked.outline ?? linked.rule;
  if (suppress === undefined || !linked.alerts) return undefined;
  const { rule, alerts, meaning } = linked;
  const groupBy = suppress.by;
  return {
    index,
    rule,
    meaning,
    alerts,
    kind: 'suppression',
    isHostBound: groupBy.length === 0 || groupBy.some((field) => hostFields.has(field)),
    groupBy,
    // An alert is never dropped because the field that would thin it out is missing.
    missingFields: 'group',
    sources: [{ ruleId: rule.id, groupFields: groupBy }],
    measure: eventCount,
    valueFields: [],
    condition: { kind: 'bounds', bounds: [] },
    windowMs: Math.min(WINDOW_MS_MAX, suppress.durationMs),
    lastsMs: Math.min(WINDOW_MS_MAX, suppress.durationMs),
  };
}
