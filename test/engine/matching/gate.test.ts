import { expect } from 'chai';
import fc from 'fast-check';
import { createMatcher, type Matcher } from '../../../src/engine/matcher.ts';
import type { Enrichments } from '../../../src/enrichment/enrichment.ts';
import type { Expression, Match } from '../../../src/language/tree.ts';
import {
  and,
  exists,
  field,
  keyword,
  launches,
  not,
  or,
  policyOf,
  ruleSetOf,
  sampleEvent,
  sampleRule,
  text,
} from './sample.ts';

/**
 * `agent` and `parent` are a tracker's, `class` is computed from the event, all others are the
 * sensor's.
 */
const enrichments: Enrichments = {
  derivations: [{ fields: ['class'], needs: [], derive: () => undefined }],
  trackers: [
    {
      name: 'tracker',
      fields: ['agent', 'parent'],
      feeds: () => false,
      observe: () => undefined,
      enrich: () => false,
      snapshot: () => undefined,
      restore: () => undefined,
      statistics: () => ({ entries: 0, evicted: 0, fullest: 0 }),
    },
  ],
};

function matcherOf(...expressions: readonly Expression[]): Matcher {
  const rules = expressions.map((expression, index) => sampleRule(`rule-${index}`, [expression]));
  return createMatcher({ ruleSet: ruleSetOf(...rules), policy: policyOf(), enrichments });
}

const agent = exists('agent');
const x = field('x', text('1'));

describe('gate: what an event must have for the rules of the ordered stage', () => {
  const reference: Match = { kind: 'fieldref', field: 'agent', position: 'equal', cased: false };
  const cases: readonly (readonly [
    name: string,
    rule: Expression,
    mayMatch: boolean,
    needsTracked: boolean,
  ])[] = [
    ['a part that does not hold', and(agent, x), false, true],
    ['a part that does not hold, far inside', and(agent, or(and(x, not(x)), x)), false, true],
    ['nothing but the tracker', agent, true, true],
    ['a way around the part', or(and(agent, x), agent), true, true],
    ['the opposite of the part', and(agent, not(x)), true, true],
    ['the opposite of the tracker', and(not(agent), x), false, false],
    ['the opposite of both', not(or(agent, x)), true, false],
    ['absence of what is tracked', and(exists('agent', false), x), false, false],
    ['null of what is tracked', field('agent', { kind: 'null' }), true, false],
    ['a computed field', and(agent, field('class', text('1'))), true, true],
    ['a reference to what is tracked', and(agent, field('x', reference)), true, true],
    ['a reference alone', field('x', reference), true, false],
    ['a keyword', and(agent, keyword(text('*needle*'))), false, true],
    ['no way at all', and(agent, or()), false, true],
    ['a clock that may be believed yet', and(agent, exists('tidegate.clock_skew')), true, true],
  ];
  for (const [name, rule, mayMatch, needsTracked] of cases) {
    it(name, () => {
      const matcher = matcherOf(rule);
      expect(matcher.mayMatch(sampleEvent({ x: '2' }))).to.equal(mayMatch);
      expect(matcher.needsTracked(launches)).to.equal(needsTracked);
    });
  }

  it('is passed by what has it, and asks nothing where no rule waits', () => {
    expect(matcherOf(and(agent, x)).mayMatch(sampleEvent({ x: '1' }))).to.equal(true);
    expect(matcherOf(x).mayMatch(sampleEvent({ x: '1' }))).to.equal(false);
  });
});

const match = fc.oneof(
  fc.constantFrom('1', '2', '*').map((pattern) => text(pattern)),
  fc.constant<Match>({ kind: 'null' }),
  fc.constantFrom('x', 'agent').map((name): Match => {
    return { kind: 'fieldref', field: name, position: 'equal', cased: false };
  }),
);
const name = fc.constantFrom('agent', 'parent', 'x', 'y');
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(name, match).map(([field_, match_]) => field(field_, match_)),
    fc.tuple(name, fc.boolean()).map(([field_, expected]) => exists(field_, expected)),
    match.map((match_) => keyword(match_)),
    fc.array(tie('expression'), { maxLength: 3 }).map((operands) => and(...operands)),
    fc.array(tie('expression'), { maxLength: 3 }).map((operands) => or(...operands)),
    tie('expression').map((operand) => not(operand)),
  ),
}));
const value = fc.constantFrom('1', '2', null);

describe('gate, for any rules and events', () => {
  it('keeps out no event that a rule of the ordered stage matches', () => {
    const property = fc.property(
      fc.array(expression, { minLength: 1, maxLength: 4 }),
      fc.record({ x: value, y: value }, { requiredKeys: [] }),
      fc.record({ agent: value, parent: value }, { requiredKeys: [] }),
      (expressions, fields, tracked) => {
        const matcher = matcherOf(...expressions);
        const event = sampleEvent(fields);
        const mayMatch = matcher.mayMatch(event);
        for (const [field_, known] of Object.entries(tracked)) event.derived.set(field_, known);
        let hits = 0;
        matcher.match(event, 'ordered', () => (hits += 1));
        const isTracked = event.derived.size > 0;
        const canMatch = mayMatch && (isTracked || !matcher.needsTracked(launches));
        expect(canMatch || hits === 0).to.equal(true);
      },
    );
    fc.assert(property, { numRuns: 3000 });
  });
});
