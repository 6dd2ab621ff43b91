import { expect } from 'chai';
import fc from 'fast-check';
import type { RuleSet } from '../../src/language/ruleset.ts';
import type { CorrelationType } from '../../src/language/tree.ts';
import { expectedAlerts, type Fact } from './model.ts';
import {
  alone,
  chains,
  correlations,
  deliver,
  deliveries,
  facts,
  outcome,
  sorted,
  suppressions,
  type Delivery,
} from './scenario.ts';
import { check, seed } from './seed.ts';

// G6: the engine against the model, however the stream is delivered. fast-check prints the seed and
// the smallest failing case; `FC_SEED=<n>` runs it again.

const types: readonly CorrelationType[] = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'temporal',
  'temporal_ordered',
  'first_seen',
];

interface Case {
  readonly rules: RuleSet;
  readonly stream: readonly Fact[];
  readonly latenessMs: number;
  readonly delivery: Delivery;
}

function cases(rules: fc.Arbitrary<RuleSet>): fc.Arbitrary<Case> {
  return fc.integer({ min: 0, max: 12 }).chain((latenessMs) =>
    fc.record({
      rules,
      stream: facts,
      latenessMs: fc.constant(latenessMs),
      delivery: deliveries(latenessMs),
    }),
  );
}

function agree({ rules, stream, latenessMs, delivery }: Case): void {
  const detections = deliver(rules, stream, { latenessMs, delivery });
  expect(outcome(detections)).to.deep.equal(sorted(expectedAlerts(rules, stream)));
  const opened = detections.filter(({ phase }) => phase === 'opened');
  expect(opened.length).to.equal(outcome(opened).length, 'an alert opened twice');
  const ids = new Set(stream.map(({ id }) => id));
  for (const { evidence, lastTime, window } of detections) {
    expect(evidence.length).to.be.within(1, 12);
    expect(evidence.every(({ id }) => ids.has(id))).to.equal(true);
    // The alert of an inner correlation counts when its window closed.
    expect(evidence.at(-1)?.time).to.be.at.most(Math.max(lastTime, window?.to ?? lastTime));
  }
}

function checkAll(rules: fc.Arbitrary<RuleSet>, numRuns: number): void {
  check(fc.property(cases(rules), agree), numRuns);
}

describe(`G6 correlations agree with the model (FC_SEED=${seed})`, () => {
  for (const type of types) {
    it(`${type}, 1,000 cases`, () => checkAll(correlations(type).map(alone), 1_000));
  }

  it('chains of two, 1,500 cases', () => {
    const pairs = fc.tuple(
      fc.constantFrom(...types),
      fc.constantFrom<CorrelationType>('event_count', 'temporal', 'temporal_ordered'),
    );
    checkAll(
      pairs.chain(([inner, outer]) => chains(inner, outer)),
      1_500,
    );
  });

  it('suppressed rules without window, 1,000 cases', () => checkAll(suppressions, 1_000));
});
