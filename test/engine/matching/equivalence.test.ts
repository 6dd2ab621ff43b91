import fc from 'fast-check';
import { createMatcher } from '../../../src/engine/matcher.ts';
import { holds } from '../../../src/engine/matching/reference.ts';
import type { FieldValue } from '../../../src/event/event.ts';
import type { Expression, Match, PatternPart } from '../../../src/language/tree.ts';
import { plain, policyOf, ruleSetOf, sampleEvent, sampleRule } from './sample.ts';
import type { Fields } from './sample.ts';

// A small alphabet of troublemakers, so that random texts often meet: case, folding exceptions,
// dashes, surrogate pairs and halves, newlines, digits.
const letters = fc.constantFrom(
  ...Array.from('aAbBskiΣςσ-/15.\\\n äÄ😀𐐀𐐨'),
  ...Array.from('\u017f\u212a\u0130\u2013\u2014\u2015\u0430'),
  '\ud83d',
  '\ude00',
);
const shortText = fc.array(letters, { maxLength: 6 }).map((list) => list.join(''));
const plainText = fc.array(fc.constantFrom('a', 'b', 'A', '-', '/'), { maxLength: 8 });
const someText = fc.oneof(
  shortText,
  plainText.map((list) => list.join('')),
);

const part: fc.Arbitrary<PatternPart> = fc.oneof(
  { weight: 3, arbitrary: someText.map((text): PatternPart => ({ kind: 'literal', text })) },
  { weight: 2, arbitrary: fc.constant<PatternPart>({ kind: 'many' }) },
  { weight: 1, arbitrary: fc.constant<PatternPart>({ kind: 'one' }) },
  { weight: 1, arbitrary: fc.constant<PatternPart>({ kind: 'dash' }) },
);

const regexAtom = fc.constantFrom(
  ...String.raw`a b ab aab s k \. . [ab] [^a] [a-b] \d \x41 (?:a|b) (ab|ba) (a)?`.split(' '),
  ...String.raw`(?i:ab) a{2} a{0,2} b{1,}? (?:ab)+ ^ $ \b \\ 1|5`.split(' '),
);
const regexSource = fc.tuple(
  fc.array(fc.tuple(regexAtom, fc.constantFrom('', '', '', '?', '+', '*', '+?')), { maxLength: 4 }),
  fc.constantFrom('', '', '(?i)', '(?s)'),
);

const match: fc.Arbitrary<Match> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('text' as const),
      pattern: fc.array(part, { maxLength: 4 }),
      cased: fc.boolean(),
    }),
  },
  fc.constantFrom<Match>(
    { kind: 'number', value: 5 },
    { kind: 'number', value: 15n },
    { kind: 'number', value: -1.5 },
    { kind: 'boolean', value: true },
    { kind: 'boolean', value: false },
    { kind: 'null' },
    { kind: 'cidr', network: '10.0.0.0/8' },
    { kind: 'cidr', network: '::/0' },
  ),
  fc.tuple(regexSource, fc.constantFrom('', 'i', 's', 'm')).map(([[atoms, head], flags]): Match => {
    // Quantifiers on anchors and on quantifiers are other languages' syntax.
    const body = atoms.map(([atom, times]) =>
      /[\^$b*+?}]$/.test(atom) ? atom : `(?:${atom})${times}`,
    );
    return { kind: 'regex', source: head + body.join(''), flags };
  }),
  fc.record({
    kind: fc.constant('compare' as const),
    operator: fc.constantFrom(
      'lt' as const,
      'lte' as const,
      'gt' as const,
      'gte' as const,
      'eq' as const,
    ),
    value: fc.constantFrom(0, 1, 5, 15, 1.5),
  }),
  fc.record({
    kind: fc.constant('fieldref' as const),
    field: fc.constantFrom('a', 'b', 'c'),
    position: fc.constantFrom(
      'equal' as const,
      'startswith' as const,
      'endswith' as const,
      'contains' as const,
    ),
    cased: fc.boolean(),
  }),
);

const fieldName = fc.constantFrom('a', 'b', 'c', 'd');

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('field' as const), field: fieldName, match }),
    },
    fc.record({ kind: fc.constant('keyword' as const), match }),
    fc.record({ kind: fc.constant('exists' as const), field: fieldName, expected: fc.boolean() }),
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('expression'), { maxLength: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('not' as const), operand: tie('expression') }),
    },
  ),
}));

const scalar = fc.oneof(
  { weight: 6, arbitrary: someText },
  fc.constantFrom(null, true, false, 0, 5, 15, -1.5, 1e21),
  fc.constantFrom('TRUE', 'False', '5', '15', '5.0', '10.1.2.3', '::ffff:10.0.0.1', 'fe80::1'),
);
const { value } = fc.letrec<{ value: FieldValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 5, arbitrary: scalar },
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));
const fields: fc.Arbitrary<Fields> = fc.record(
  { a: value, b: value, c: value },
  { requiredKeys: [] },
);

const rules = fc.array(expression, { minLength: 1, maxLength: 6 });
const events = fc.array(fields, { minLength: 1, maxLength: 12 });

/**
 * Throws if the matcher says something else than the reference, for the stream so many times over.
 */
function compare(
  expressions: readonly Expression[],
  stream: readonly Fields[],
  times: number,
): void {
  const detections = expressions.map((each, index) => sampleRule(`rule-${index}`, [each]));
  const ruleSet = ruleSetOf(...detections);
  const matcher = createMatcher({ ruleSet, policy: policyOf(), enrichments: plain });
  if (matcher.problems.length > 0) throw new Error(JSON.stringify(matcher.problems));
  const expectations = stream.map((each) => {
    const event = sampleEvent(each);
    return expressions.flatMap((every, index) => (holds(every, event) ? [`rule-${index}`] : []));
  });
  for (let time = 0; time < times; time++) {
    for (const [index, each] of stream.entries()) {
      const matched: string[] = [];
      matcher.match(sampleEvent(each), 'arrival', ({ rule }) => matched.push(rule.id));
      const expected = expectations[index] ?? [];
      if (matched.join() === expected.join()) continue;
      const event = JSON.stringify(each);
      throw new Error(`matched ${matched.join()}, not ${expected.join()}: ${event}, time ${time}`);
    }
  }
}

describe('compiled rules', () => {
  it('match what the reference says, for any rules and any events', () => {
    // Twice, so that memos answer too.
    const property = fc.property(rules, events, (each, stream) => compare(each, stream, 2));
    fc.assert(property, { numRuns: 2000 });
  });

  it('match the same after witnesses were measured and changed', () => {
    const property = fc.property(rules, events, (each, stream) => {
      compare(each, stream, Math.ceil(300 / stream.length));
    });
    fc.assert(property, { numRuns: 150 });
  });
});
