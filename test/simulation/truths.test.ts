import { expect } from 'chai';
import fc from 'fast-check';
import type { Detection, EngineLimits, EngineSnapshot } from '../../src/engine/engine.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import type { RuleSet } from '../../src/language/ruleset.ts';
import {
  correlation,
  detection,
  END,
  engineFor,
  eventOf,
  recordOf,
  ruleSet,
  threshold,
} from '../engine/fakes.ts';
import type { Fact } from './model.ts';
import { deliver, facts, outcome, plainDelivery } from './scenario.ts';
import { check, seed } from './seed.ts';

// What must hold for any stream, also when every limit is reached at once.

const rules: RuleSet = ruleSet(
  [
    correlation('count', {
      type: 'event_count',
      rules: ['a'],
      condition: threshold({ gte: 2 }),
      groupBy: ['Computer', 'user'],
      timespanMs: 7,
      missingFields: 'group',
    }),
    correlation('distinct', {
      type: 'value_count',
      rules: ['a', 'b'],
      condition: threshold({ gte: 2 }, { fields: ['v'] }),
      groupBy: ['user'],
      timespanMs: 9,
    }),
    correlation('median', {
      type: 'value_median',
      rules: ['b'],
      condition: threshold({ gte: 2 }, { fields: ['v'] }),
      timespanMs: 8,
    }),
    correlation('few', {
      type: 'event_count',
      rules: ['c'],
      condition: threshold({ lt: 2 }),
      timespanMs: 5,
    }),
    correlation('ordered', {
      type: 'temporal_ordered',
      rules: ['a', 'b', 'c'],
      condition: threshold({ gte: 2 }),
      timespanMs: 6,
    }),
    correlation('new', {
      type: 'first_seen',
      rules: ['a', 'b'],
      condition: threshold({}, { fields: ['v'] }),
      timespanMs: 4,
    }),
    correlation('chain', {
      type: 'temporal',
      rules: ['count', 'few'],
      condition: threshold({ gte: 2 }),
      timespanMs: 20,
    }),
    correlation('across', {
      type: 'event_count',
      rules: ['count', 'b'],
      condition: threshold({ gte: 3 }),
      groupBy: [],
      timespanMs: 20,
    }),
  ],
  [detection('s', { suppress: { durationMs: 6, by: ['user'] } }), detection('plain')],
);

const tight: Partial<EngineLimits> = {
  latenessMs: 4,
  waitingPerHostMax: 3,
  waitingMax: 5,
  keysPerHostMax: 2,
  keysMax: 3,
  entriesPerKeyMax: 3,
  evidenceMax: 4,
  redeliveryPerHostMax: 4,
  redeliveryMax: 6,
  hostsMax: 2,
};

/** Events of five hosts in any order, some of them far too late, some delivered twice. */
const arrivals: fc.Arbitrary<readonly TelemetryEvent[]> = fc
  .array(
    fc.record({
      at: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(4_000_000, 9_000_000)),
      host: fc.constantFrom('h1', 'h1', 'h2', 'h3', 'h4'),
      rules: fc.subarray(['a', 'b', 'c', 's', 'plain']),
      fields: fc.record({
        user: fc.constantFrom('u', 'w', null),
        v: fc.constantFrom(1, 2, '3', 'x'),
      }),
      id: fc.integer({ min: 0, max: 60 }).map(String),
    }),
    { maxLength: 40 },
  )
  .map((rows) => rows.map((row) => eventOf(recordOf(row))));

const limitsFor = fc.constantFrom<Partial<EngineLimits>>({ latenessMs: 4 }, tight);
const cuts = fc.array(fc.nat(40), { maxLength: 6 });

function batchesOf(stream: readonly TelemetryEvent[], at: readonly number[]): TelemetryEvent[][] {
  const stops = [...new Set([0, ...at, stream.length])].toSorted((one, other) => one - other);
  // Decoded again for each run: enrichments write into events.
  return stops
    .slice(0, -1)
    .map((from, index) =>
      stream.slice(from, stops[index + 1]).map((event) => eventOf(event.origin.record)),
    );
}

interface Run {
  readonly detections: readonly Detection[];
  readonly statistics: unknown;
}

function runThrough(
  batches: readonly (readonly TelemetryEvent[])[],
  limits: Partial<EngineLimits>,
  restarts: ReadonlySet<number> = new Set(),
): Run {
  const detections: Detection[] = [];
  const emit = (detected: Detection): unknown => detections.push(detected);
  let engine = engineFor(rules, { limits });
  for (const [index, batch] of batches.entries()) {
    engine.observe(batch, emit);
    if (!restarts.has(index)) continue;
    const snapshot = JSON.parse(JSON.stringify(engine.snapshot())) as EngineSnapshot;
    engine = engineFor(rules, { limits });
    engine.restore(snapshot);
    // A snapshot of what was restored says the same.
    expect(JSON.parse(JSON.stringify(engine.snapshot()))).to.deep.equal(snapshot);
  }
  engine.advance(END, emit);
  return { detections, statistics: engine.statistics() };
}

describe(`simulation truths (FC_SEED=${seed})`, () => {
  it('cut into batches anyhow, the same alerts and counts', () => {
    check(
      fc.property(arrivals, limitsFor, cuts, (stream, limits, at) => {
        const whole = runThrough(batchesOf(stream, []), limits);
        const cut = runThrough(batchesOf(stream, at), limits);
        expect(outcome(cut.detections)).to.deep.equal(outcome(whole.detections));
        expect(cut.statistics).to.deep.equal(whole.statistics);
        const opened = (run: Run) => run.detections.filter(({ phase }) => phase === 'opened');
        expect(opened(cut)).to.deep.equal(opened(whole));
      }),
      600,
    );
  });

  it('K23 killed anywhere and restored, the same detections to the byte', () => {
    const restarts = fc.uniqueArray(fc.nat(6)).map((list) => new Set(list));
    check(
      fc.property(arrivals, limitsFor, cuts, restarts, (stream, limits, at, stops) => {
        const whole = runThrough(batchesOf(stream, at), limits);
        const killed = runThrough(batchesOf(stream, at), limits, stops);
        expect(JSON.stringify(killed.detections)).to.equal(JSON.stringify(whole.detections));
        expect(killed.statistics).to.deep.equal(whole.statistics);
      }),
      600,
    );
  });

  it('split over workers by host, the same alerts of rules bound to a host', () => {
    const bound = ruleSet(
      rules.correlations.filter(({ rule }) =>
        ['count', 'few', 'ordered', 'median', 'chain', 'new'].includes(rule.id),
      ),
    );
    const options = { latenessMs: 4, delivery: plainDelivery };
    check(
      fc.property(facts, (stream) => {
        const parts = Map.groupBy(stream, (fact: Fact) => fact.host);
        const split = [...parts.values()].flatMap((part) => deliver(bound, part, options));
        expect(outcome(split)).to.deep.equal(outcome(deliver(bound, stream, options)));
      }),
      300,
    );
  });

  it('state never exceeds its limits', () => {
    check(
      fc.property(arrivals, (stream) => {
        const engine = engineFor(rules, { limits: tight });
        for (const event of stream) {
          engine.observe([event], ({ evidence }) => expect(evidence.length).to.be.at.most(4));
          const { groups, waiting, hosts } = engine.statistics();
          expect(groups).to.be.at.most(3 * 9);
          expect(hosts).to.be.at.most(2);
          // Those of the hosts, and those of the cross lane.
          expect(waiting).to.be.at.most(5 + 5);
        }
      }),
      300,
    );
  });
});
