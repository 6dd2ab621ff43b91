import fc from 'fast-check';
import type { EngineSnapshot } from '../../src/engine/engine.ts';
import type { Detection } from '../../src/engine/engine.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import type { LinkedCorrelation, RuleSet } from '../../src/language/ruleset.ts';
import type { ConditionTree, Correlation, CorrelationType } from '../../src/language/tree.ts';
import {
  alertName,
  correlation,
  detection,
  END,
  engineFor,
  eventOf,
  recordOf,
  ruleSet,
  threshold,
} from '../engine/fakes.ts';
import type { ExpectedAlert, Fact } from './model.ts';

// Small numbers on purpose: windows of a few milliseconds over events of some dozen make every
// border and tie likely.

/** How a stream reaches the engine: none of it may matter. */
export interface Delivery {
  /** Extra delay of each event's arrival, up to the lateness. */
  readonly delays: readonly number[];
  /** Events delivered a second time, and how much later. */
  readonly again: readonly (readonly [number, number])[];
  /** Where the stream is cut into batches. */
  readonly cuts: readonly number[];
  /** Cuts after which the engine is stopped, and restored from its snapshot. */
  readonly kills: readonly number[];
}

const bases = ['a', 'b', 'c'];

/** Events of two hosts within some dozen milliseconds. */
export const facts: fc.Arbitrary<readonly Fact[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 40 }),
      host: fc.constantFrom('h1', 'h2'),
      rules: fc.subarray([...bases, 's'], { minLength: 1 }),
      user: fc.constantFrom('u1', 'u1', 'u2', undefined),
      v: fc.constantFrom<number | string | undefined>(1, 2, 2.25, -3, 7.5, '4', 'many', undefined),
      order: fc.integer({ min: 0, max: 99 }),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((drafts) =>
    drafts.map(({ at, host, rules, user, v, order }, index) => ({
      at,
      host,
      rules,
      // Ids in another order than times, unique by their end.
      id: `${String(order).padStart(2, '0')}-${String(index).padStart(2, '0')}`,
      fields: { ...(user === undefined ? {} : { user }), ...(v === undefined ? {} : { v }) },
    })),
  );

/** Ways to deliver a stream with this lateness. */
export function deliveries(latenessMs: number): fc.Arbitrary<Delivery> {
  const at = fc.integer({ min: 0, max: 30 });
  return fc.record({
    delays: fc.array(fc.integer({ min: 0, max: latenessMs }), { minLength: 24, maxLength: 24 }),
    again: fc.array(fc.tuple(at, fc.integer({ min: 0, max: 60 })), { maxLength: 6 }),
    cuts: fc.array(at, { maxLength: 5 }),
    kills: fc.array(at, { maxLength: 3 }),
  });
}

/** In order, at once. */
export const plainDelivery: Delivery = { delays: [], again: [], cuts: [], kills: [] };

const bound = fc.integer({ min: 1, max: 4 });
const limit = fc.constantFrom(-2, 0, 1.5, 2, 3, 4.25, 6, 10);

function bounds(value: fc.Arbitrary<number>): fc.Arbitrary<Parameters<typeof threshold>[0]> {
  return fc.oneof(
    { weight: 4, arbitrary: value.map((gte) => ({ gte })) },
    value.map((gt) => ({ gt })),
    value.map((lt) => ({ lt })),
    value.map((lte) => ({ lte })),
    value.map((eq) => ({ eq })),
    value.map((neq) => ({ neq })),
    fc.tuple(value, value).map(([gte, lte]) => ({ gte, lte })),
  );
}

/** Correlations of one type with everything else varied. */
export function correlations(type: CorrelationType, id = 'x'): fc.Arbitrary<LinkedCorrelation> {
  return fc
    .record({
      rules: fc.subarray(bases, { minLength: 1 }),
      groupBy: fc.constantFrom(['Computer'], ['Computer', 'user'], ['user'], []),
      timespanMs: fc.integer({ min: 1, max: 14 }),
      missingFields: fc.constantFrom<'drop' | 'group'>('drop', 'group'),
      condition: conditionOf(type),
      suppressMs: fc.option(fc.integer({ min: 1, max: 25 }), { nil: undefined }),
      order: fc.boolean(),
    })
    .map(({ rules: chosen, condition, suppressMs, order, ...rest }) => {
      const rules = order ? chosen : chosen.toReversed();
      return correlation(
        id,
        { type, rules, condition: fitted(condition, rules), ...rest },
        suppressMs === undefined ? {} : { suppress: { durationMs: suppressMs, by: [] } },
      );
    });
}

function conditionOf(type: CorrelationType): fc.Arbitrary<Correlation['condition']> {
  switch (type) {
    case 'event_count':
      return bounds(bound).map((limits) => threshold(limits));
    case 'value_count':
      return fc
        .tuple(bounds(bound), fc.constantFrom(['v'], ['user'], ['v', 'user']))
        .map(([limits, fields]) => threshold(limits, { fields }));
    case 'first_seen':
      return fc.constantFrom(['v'], ['v', 'user']).map((fields) => threshold({}, { fields }));
    case 'value_percentile':
      return fc
        .tuple(bounds(limit), fc.constantFrom(0, 10, 50, 75, 90, 100))
        .map(([limits, percentile]) => threshold(limits, { fields: ['v'], percentile }));
    case 'temporal':
    case 'temporal_ordered':
      return fc.oneof(
        bounds(fc.integer({ min: 1, max: 3 })).map((limits) => threshold(limits)),
        expression,
      );
    default:
      return bounds(limit).map((limits) => threshold(limits, { fields: ['v'] }));
  }
}

const expression: fc.Arbitrary<Correlation['condition']> = fc
  .letrec<{ tree: ConditionTree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(...bases).map((name) => ({ kind: 'selection' as const, name })),
      tie('tree').map((operand) => ({ kind: 'not' as const, operand })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), tie('tree'), tie('tree'))
        .map(([kind, one, other]) => ({ kind, operands: [one, other] })),
    ),
  }))
  .tree.map((tree) => ({ kind: 'expression', tree, text: JSON.stringify(tree) }));

// An expression can only name rules that the correlation refers to.
function fitted(
  condition: Correlation['condition'],
  rules: readonly string[],
): Correlation['condition'] {
  if (condition.kind === 'threshold') return condition;
  const fit = (tree: ConditionTree): ConditionTree => {
    if (tree.kind === 'selection') {
      return rules.includes(tree.name) ? tree : { kind: 'selection', name: rules[0] ?? '' };
    }
    if (tree.kind === 'not') return { kind: 'not', operand: fit(tree.operand) };
    if (tree.kind === 'atLeast') return tree;
    return { kind: tree.kind, operands: tree.operands.map(fit) };
  };
  return { ...condition, tree: fit(condition.tree) };
}

/** A correlation over another one and a rule; the inner one may alert too. */
export function chains(inner: CorrelationType, outer: CorrelationType): fc.Arbitrary<RuleSet> {
  return fc
    .tuple(correlations(inner, 'inner'), correlations(outer, 'outer'), fc.boolean(), fc.boolean())
    .map(([first, second, alerts, isWide]) => {
      const { groupBy } = first.rule.correlation;
      const rules = ['inner', 'c'];
      const { condition } = second.rule.correlation;
      const whole = correlation('outer', {
        ...second.rule.correlation,
        rules,
        // What the inner alert's group does not have, its outer group can not name.
        groupBy: isWide ? groupBy.slice(0, -1) : groupBy,
        condition: fitted(condition, rules),
      });
      return ruleSet([{ ...first, alerts }, whole]);
    });
}

/** The rule set of one correlation. */
export function alone(linked: LinkedCorrelation): RuleSet {
  return ruleSet([linked]);
}

/** A rule without window whose alerts are thinned out. */
export const suppressions: fc.Arbitrary<RuleSet> = fc
  .record({
    durationMs: fc.integer({ min: 1, max: 20 }),
    by: fc.constantFrom([], ['Computer'], ['user'], ['Computer', 'user']),
  })
  .map((suppress) => ruleSet([], [detection('s', { suppress })]));

/** Runs the engine over a stream delivered like this. */
export function deliver(
  rules: RuleSet,
  stream: readonly Fact[],
  options: { readonly latenessMs: number; readonly delivery: Delivery },
): readonly Detection[] {
  const { latenessMs, delivery } = options;
  const arrivals = arrivalsOf(stream, delivery);
  const detections: Detection[] = [];
  const emit = (detected: Detection): unknown => detections.push(detected);
  const limits = { latenessMs };
  let engine = engineFor(rules, { limits });
  const stops = [...new Set([...delivery.cuts, ...delivery.kills, arrivals.length])];
  let from = 0;
  for (const stop of stops.toSorted((a, b) => a - b)) {
    const batch = arrivals.slice(from, stop);
    engine.observe(batch, emit);
    from = Math.min(stop, arrivals.length);
    if (!delivery.kills.includes(stop)) continue;
    const snapshot = JSON.parse(JSON.stringify(engine.snapshot())) as EngineSnapshot;
    engine = engineFor(rules, { limits });
    engine.restore(snapshot);
  }
  engine.advance(END, emit);
  return detections;
}

function arrivalsOf(stream: readonly Fact[], delivery: Delivery): readonly TelemetryEvent[] {
  const sorted = stream.toSorted((one, other) => one.at - other.at);
  const arrivals = sorted.map((fact, index) => ({
    record: recordOf(fact),
    arrival: fact.at + (delivery.delays[index] ?? 0),
  }));
  for (const [index, later] of delivery.again) {
    const first = arrivals[index % sorted.length];
    if (first !== undefined) arrivals.push({ ...first, arrival: first.arrival + later });
  }
  return arrivals
    .toSorted((one, other) => one.arrival - other.arrival)
    .map(({ record }) => eventOf(record));
}

/** What the model says too, of each alert in the end. */
export function outcome(detections: readonly Detection[]): readonly ExpectedAlert[] {
  const last = new Map<string, Detection>();
  for (const detected of detections) last.set(alertName(detected), detected);
  return sorted(
    [...last.values()].map((detected) => ({
      rule: detected.rule.id,
      key: detected.key.map(({ value }) => value),
      name:
        detected.eventId === undefined
          ? String(detected.episodeStart)
          : `${detected.host} ${detected.eventId}`,
      count: detected.count,
      firstTime: detected.firstTime,
      lastTime: detected.lastTime,
      value: detected.value,
      matched: detected.matched,
      window:
        detected.window === undefined ? undefined : [detected.window.from, detected.window.to],
    })),
  );
}

/** In an order of their own. */
export function sorted(alerts: readonly ExpectedAlert[]): readonly ExpectedAlert[] {
  const text = new Map(alerts.map((alert) => [alert, JSON.stringify(alert)]));
  return alerts.toSorted((one, other) =>
    (text.get(one) ?? '') < (text.get(other) ?? '') ? -1 : 1,
  );
}
