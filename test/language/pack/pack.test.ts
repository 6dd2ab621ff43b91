import { expect } from 'chai';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { Failure } from '../../../src/base/failure.ts';
import { createMatcher } from '../../../src/engine/matcher.ts';
import { witnessesOf } from '../../../src/engine/matching/hints.ts';
import { linkRules } from '../../../src/language/link.ts';
import { unpackRules } from '../../../src/language/pack/read.ts';
import type { UnpackedRules } from '../../../src/language/pack/read.ts';
import { packRules } from '../../../src/language/pack/write.ts';
import type { PackedRules } from '../../../src/language/pack/write.ts';
import { readRules } from '../../../src/language/read.ts';
import type { RuleSet } from '../../../src/language/ruleset.ts';
import type { Expression, Match, PatternPart } from '../../../src/language/tree.ts';
import {
  plain,
  policyOf,
  ruleSetOf,
  sampleEvent,
  sampleRule,
  text as matchOf,
} from '../../engine/matching/sample.ts';

function unpacked({ index, parts }: PackedRules): UnpackedRules {
  return unpackRules({ index, partCount: parts.length, part: (number) => parts[number] ?? '' });
}

/** All that a rule set holds, read out of a pack or not. */
function contents({ detections, correlations, problems }: RuleSet): unknown {
  return {
    detections: detections.map(({ rule, expressions, alerts, meaning }) => {
      return { rule, expressions, alerts, meaning };
    }),
    correlations,
    problems,
  };
}

const text = `title: Everything that a rule can say
id: 5b2f1f1e-0000-4000-8000-000000000001
name: everything
status: test
description: d
license: MIT
references: [https://example.org]
author: a
date: 2026-01-02
modified: 2026/01/03
tags: [attack.t1005]
falsepositives: [none]
fields: [Image]
related: [{ id: 5b2f1f1e-0000-4000-8000-000000000009, type: similar }]
scope: [server]
logsource: { product: windows, category: process_creation, definition: { audit: [1, on] } }
__proto__: { a: 123456789012345678901234567890, b: [1.5, null, true, { c: -0 }], toString: x }
constructor: 2
detection:
  __proto__: { toString|contains: x }
  texts: { a|contains|all: ['x*y', 'z?'], b|startswith|cased: B, c|windash|endswith: ' -f' }
  numbers: { a: 5, b: 123456789012345678901234567890, c: -1.5, d|gt: 3, e|hour|lte: 5 }
  others: { a: true, b: null, c|exists: false, d|cidr: 10.0.0.0/8, e|re|i: ^a, f|fieldref|neq: g }
  lists: { a|expand|endswith: 'x%one%y%two%' }
  keywords: [keyword, 7]
  condition: ['1 of texts or 2 of (numbers)', 'not all of them and __proto__']
level: high
suppress: { duration: 1h, by: [host] }
missing_fields_strategy: group
`.replace('2 of (numbers)', 'numbers');

const set = `${text}---
title: Many
name: many
id: 5b2f1f1e-0000-4000-8000-000000000002
correlation:
  type: value_percentile
  rules: [everything]
  group-by: [host]
  timespan: 30s
  condition: { gte: 60, lt: 90, field: a, percentile: 95 }
  aliases: { who: { everything: User } }
suppress: 1d
---
title: One after the other
id: 5b2f1f1e-0000-4000-8000-000000000003
correlation:
  type: temporal
  timespan: 30s
  rules: [everything, many]
  generate: true
  condition: everything and not many
---
title: Not backups
id: 5b2f1f1e-0000-4000-8000-000000000004
logsource: { product: windows }
filter: { rules: any, s: { User: [backup, sync] }, condition: not s }
---
title: Narrowed too
id: 5b2f1f1e-0000-4000-8000-000000000005
logsource: { product: windows }
detection: { s: { a: b }, condition: s }
---
title: Refers to what is not there
id: 5b2f1f1e-0000-4000-8000-000000000006
correlation: { type: event_count, rules: [nobody], timespan: 1m, condition: { gte: 2 } }
`;

const marks = fc.constantFrom<PatternPart>({ kind: 'many' }, { kind: 'one' }, { kind: 'dash' });
const part = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).map((each): PatternPart => {
    return { kind: 'literal', text: each };
  }),
  fc.constantFrom<PatternPart>({ kind: 'literal', text: 'a' }, { kind: 'literal', text: '\ud800' }),
  marks,
);
const pattern = fc.array(part, { maxLength: 4 });
const cased = fc.boolean();
const name = fc.constantFrom('a', 'b', '__proto__');
const match: fc.Arbitrary<Match> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), pattern, cased }),
  fc.record({
    kind: fc.constant('number' as const),
    value: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => each + 0),
      fc.bigInt(),
    ),
  }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.constant<Match>({ kind: 'null' }),
  fc.record({
    kind: fc.constant('fieldref' as const),
    field: name,
    position: fc.constantFrom('equal' as const, 'contains' as const),
    cased,
  }),
  fc.record({
    kind: fc.constant('placeholder' as const),
    parts: fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('literal' as const), pattern }),
        fc.record({
          kind: fc.constant('placeholder' as const),
          name: fc.constantFrom('one', 'two'),
        }),
      ),
      { maxLength: 3 },
    ),
    cased,
  }),
);
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('field' as const), field: name, match }),
    fc.record({ kind: fc.constant('keyword' as const), match }),
    fc.record({ kind: fc.constant('exists' as const), field: name, expected: fc.boolean() }),
    fc.record(
      {
        kind: fc.constantFrom('and' as const, 'or' as const),
        operands: fc.array(tie('expression'), { maxLength: 4 }),
        item: fc.constant(true as const),
      },
      { requiredKeys: ['kind', 'operands'] },
    ),
    fc.record({ kind: fc.constant('not' as const), operand: tie('expression') }),
  ),
}));

describe('rule pack', () => {
  const { rules, problems } = readRules(set, 'set.yml');
  const ruleSet = linkRules(rules);
  const all = [...problems, ...ruleSet.problems];
  const packed = packRules(ruleSet, { problems: all, witnesses: witnessesOf(ruleSet, plain) });

  it('holds everything that rules, correlations and filters say', () => {
    expect(all.map(({ code }) => code)).to.include.members(['old-date', 'unknown-rule']);
    const read = unpacked(packed);
    expect(read.ruleSet.detections.map(({ rule }) => rule.title)).to.have.lengthOf(2);
    expect(read.ruleSet.correlations).to.have.lengthOf(2);
    expect(isDeepStrictEqual(contents(read.ruleSet), contents(ruleSet))).to.equal(true);
    expect(read.problems).to.deep.equal(all);
  });

  it('writes a test once, however many rules have it, and reads it as one object', () => {
    const [one, other] = [0, 1].map((number) => {
      return sampleRule(`rule-${number}`, [
        { kind: 'field', field: 'a', match: { kind: 'boolean', value: true } },
      ]);
    });
    if (one === undefined || other === undefined) throw new Error('no rules');
    const read = unpacked(packRules(ruleSetOf(one, other), { problems: [], witnesses: new Map() }))
      .ruleSet.detections;
    expect(read[0]?.expressions[0]).to.equal(read[1]?.expressions[0]);
  });

  it('keeps what filters share shared', () => {
    const filters = unpacked(packed).ruleSet.detections.map(({ expressions: [first] }) => {
      return first?.kind === 'and' ? first.operands.at(-1) : undefined;
    });
    expect(filters[0]).to.have.property('kind', 'not');
    expect(filters[0]).to.equal(filters[1]);
  });

  it('reads a rule only when it is asked for', () => {
    const asked: number[] = [];
    const read = unpackRules({
      index: packed.index,
      partCount: packed.parts.length,
      part: (number) => {
        asked.push(number);
        return packed.parts[number] ?? '';
      },
    });
    const ids = read.ruleSet.detections.map((linked) => linked.outline?.id);
    expect(ids).to.deep.equal(ruleSet.detections.map(({ rule }) => rule.id));
    expect(asked).to.deep.equal([]);
    expect(read.ruleSet.detections[1]?.meaning).to.equal(ruleSet.detections[1]?.meaning);
    expect(asked).to.have.lengthOf(1);
  });

  it('lets a matcher read a rule only when an event may match it', () => {
    const made = ruleSetOf(
      sampleRule('near', [{ kind: 'field', field: 'a', match: matchOf('x*y') }]),
      sampleRule('far', [{ kind: 'field', field: 'a', match: matchOf('far away') }]),
    );
    const { index, parts } = packRules(made, {
      problems: [],
      witnesses: witnessesOf(made, plain),
    });
    const asked = new Set<string>();
    const part = (number: number): string => {
      asked.add(parts[number] ?? '');
      return parts[number] ?? '';
    };
    const read = unpackRules({ index, partCount: parts.length, part });
    const matcher = createMatcher({
      ruleSet: read.ruleSet,
      policy: policyOf(),
      enrichments: plain,
    });
    const matched: string[] = [];
    matcher.match(sampleEvent({ a: 'xxy' }), 'arrival', ({ meaning }) => matched.push(meaning));
    expect(matched).to.deep.equal(['near']);
    expect([...asked].filter((each) => each.includes('far.yml'))).to.deep.equal([]);
    // The tests of both, the body and the header of one, and what rules share.
    expect(asked.size).to.equal(4);
  });

  it('has the form that the number in its first line stands for', () => {
    const bare = packRules(ruleSet, { problems: [], witnesses: new Map() });
    const digest = createHash('sha256').update(JSON.stringify(bare)).digest('hex');
    // Another digest means another form: raise FORM in src/runtime/pack-file.ts, then write it here.
    expect(`form 1 ${digest.slice(0, 16)}`).to.equal('form 1 ac16b0260e62f299');
  });

  it('takes lists from the policy of the start, not from the pack', () => {
    const disabled = (lists: Readonly<Record<string, readonly string[]>>): readonly string[] =>
      createMatcher({
        ruleSet: unpacked(packed).ruleSet,
        policy: policyOf(lists),
        enrichments: plain,
      }).problems.map(({ message, line }) => `${line}: ${message}`);
    const missing = (list: string): string =>
      `24: the rule is disabled: no list defines the placeholder %${list}%`;
    expect(disabled({ one: [] }))
      .to.include(missing('two'))
      .and.not.include(missing('one'));
    expect(disabled({ one: ['x'], two: ['y'] })).to.deep.equal([]);
  });

  it('gives back any expression, and the same verdicts', () => {
    const lists = policyOf({ one: ['a', 'b*'], two: [] });
    const event = sampleEvent({ a: 'a', b: ['b', 'ab', true, null], __proto__: 'a' });
    const verdicts = (given: RuleSet): readonly string[] => {
      const found: string[] = [];
      const matcher = createMatcher({ ruleSet: given, policy: lists, enrichments: plain });
      matcher.match(event, 'arrival', ({ rule }) => found.push(rule.id));
      return found;
    };
    fc.assert(
      fc.property(fc.array(expression, { maxLength: 5 }), (expressions) => {
        const made = ruleSetOf(...expressions.map((each, at) => sampleRule(`rule-${at}`, [each])));
        const read = unpacked(
          packRules(made, { problems: [], witnesses: witnessesOf(made, plain) }),
        ).ruleSet;
        expect(verdicts(read)).to.deep.equal(verdicts(made));
        expect(contents(read)).to.deep.equal(contents(made));
      }),
      { numRuns: 500 },
    );
  });

  it('is damaged, and says so, or stays sound, whatever somebody writes into it', () => {
    const insert = fc.constantFrom(
      ...['0', '-1', '1e9', '"9"', 'null', '[]', '{}', '[[[[]]]]', '"__proto__"', 'true', ',', ']'],
    );
    const target = fc.nat({ max: packed.parts.length });
    fc.assert(
      fc.property(target, fc.nat(), fc.nat({ max: 8 }), insert, (number, seed, length, written) => {
        const texts = [packed.index, ...packed.parts];
        const before = texts[number] ?? '';
        const at = seed % (before.length + 1);
        texts[number] = before.slice(0, at) + written + before.slice(at + length);
        const [index = '', ...parts] = texts;
        try {
          const read = unpacked({ index, parts });
          contents(read.ruleSet);
          createMatcher({ ruleSet: read.ruleSet, policy: policyOf(), enrichments: plain });
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.code).to.equal('source_corrupt');
        }
        expect(({} as Readonly<Record<string, unknown>>)['a']).to.equal(undefined);
      }),
      { numRuns: 1500 },
    );
  });

  for (const [what, nodes] of [
    [
      'more than four million tests',
      Array.from({ length: 40 }, (_, at) => ['and', false, at - 1, at - 1]),
    ],
    [
      'nested deeper than a thousand levels',
      Array.from({ length: 1100 }, (_, at) => ['not', false, at - 1]),
    ],
    ['inside itself', [['and', false, 0]]],
  ] as const) {
    it(`refuses a rule that is ${what}`, () => {
      const parts = [...packed.parts];
      const body = parts.findIndex((each) => each.startsWith('[[["'));
      parts[body] = JSON.stringify([nodes, [], [nodes.length - 1]]);
      const [first] = unpacked({ index: packed.index, parts }).ruleSet.detections;
      expect(() => first?.expressions).to.throw(Failure, 'the rule pack is damaged');
    });
  }
});
