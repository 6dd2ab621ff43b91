import { expect } from 'chai';

import { codesOf, errorsOf } from './support.ts';
import { readRules } from '../../src/language/read.ts';
import type { Correlation, CorrelationRule } from '../../src/language/tree.ts';

const head = 'title: c\nid: 00000000-0000-4000-8000-000000000001\n';

function text(correlation: string): string {
  const lines = correlation.split('\n').map((line) => `  ${line}`);
  return `${head}correlation:\n${lines.join('\n')}\n`;
}

function read(correlation: string): CorrelationRule {
  const { rules, problems } = readRules(text(correlation), 'f');
  expect(errorsOf(problems)).to.deep.equal([]);
  const [rule] = rules;
  if (rule?.kind !== 'correlation') throw new Error('no correlation');
  return rule;
}

const counting = 'type: event_count\nrules: [a]\ntimespan: 1m\n';
const two = 'type: temporal\nrules: [a, b]\ntimespan: 1m\n';

describe('correlations', () => {
  const accepted: readonly (readonly [string, string, Partial<Correlation>])[] = [
    [
      'K1 event_count',
      `${counting}group-by: [h]\ncondition: { gte: 3 }`,
      {
        type: 'event_count',
        rules: ['a'],
        groupBy: ['h'],
        timespanMs: 60_000,
        condition: { kind: 'threshold', bounds: [{ operator: 'gte', value: 3 }], fields: [] },
        generate: false,
        missingFields: 'drop',
      },
    ],
    ['K2 a single rule', counting.replace('[a]', 'a') + 'condition: { gt: 1 }', { rules: ['a'] }],
    [
      'K2 ids are compared without case',
      counting.replace('[a]', 'ABCDEF00-0000-4000-8000-000000000001') + 'condition: { gt: 1 }',
      { rules: ['abcdef00-0000-4000-8000-000000000001'] },
    ],
    ['K3 no group-by is one group', `${counting}condition: { gte: 3 }`, { groupBy: [] }],
    ['K3 a single field', `${counting}group-by: h\ncondition: { gte: 3 }`, { groupBy: ['h'] }],
    [
      'K4 missing fields may form a group',
      `${counting}missing_fields_strategy: group\ncondition: { gte: 3 }`,
      { missingFields: 'group' },
    ],
    [
      'K6 a range',
      `${counting}condition: { lte: 200, gt: 100.5 }`,
      {
        condition: {
          kind: 'threshold',
          bounds: [
            { operator: 'gt', value: 100.5 },
            { operator: 'lte', value: 200 },
          ],
          fields: [],
        },
      },
    ],
    [
      'K7 value_count over tuples',
      'type: value_count\nrules: a\ntimespan: 1h\ncondition: { gte: 3, field: [x, y] }',
      {
        condition: {
          kind: 'threshold',
          bounds: [{ operator: 'gte', value: 3 }],
          fields: ['x', 'y'],
        },
      },
    ],
    [
      'K8 value_percentile',
      'type: value_percentile\nrules: a\ntimespan: 1h\ncondition: { gt: 5, field: x, percentile: 95 }',
      {
        condition: {
          kind: 'threshold',
          bounds: [{ operator: 'gt', value: 5 }],
          fields: ['x'],
          percentile: 95,
        },
      },
    ],
    [
      'K9 temporal asks for all rules',
      two,
      { condition: { kind: 'threshold', bounds: [{ operator: 'gte', value: 2 }], fields: [] } },
    ],
    [
      'K10 temporal with a number of rules',
      `${two}condition: { eq: 1 }`,
      { condition: { kind: 'threshold', bounds: [{ operator: 'eq', value: 1 }], fields: [] } },
    ],
    [
      'K11 temporal expression',
      `${two}condition: a and not b`,
      {
        rules: ['a', 'b'],
        condition: {
          kind: 'expression',
          text: 'a and not b',
          tree: {
            kind: 'and',
            operands: [
              { kind: 'selection', name: 'a' },
              { kind: 'not', operand: { kind: 'selection', name: 'b' } },
            ],
          },
        },
      },
    ],
    [
      'K11 rules are taken from the expression',
      'type: temporal\ntimespan: 1m\ncondition: (b or a) and c',
      { rules: ['b', 'a', 'c'] },
    ],
    ['K14 generate', `${counting}generate: true\ncondition: { gte: 1 }`, { generate: true }],
    [
      'first_seen',
      'type: first_seen\nrules: a\ntimespan: 14d\ngroup-by: [user]\ncondition: { field: destination }',
      {
        type: 'first_seen',
        timespanMs: 1_209_600_000,
        condition: { kind: 'threshold', bounds: [], fields: ['destination'] },
      },
    ],
  ];
  for (const [name, correlation, expected] of accepted) {
    it(name, () => {
      expect(read(correlation).correlation).to.deep.include(expected);
    });
  }

  for (const type of ['value_sum', 'value_avg', 'value_median']) {
    it(`K1 ${type} takes one field`, () => {
      const base = `type: ${type}\nrules: a\ntimespan: 1h\n`;
      expect(read(`${base}condition: { gt: 5, field: x }`).correlation.type).to.equal(type);
      const several = readRules(text(`${base}condition: { gt: 5, field: [x, y] }`), 'f');
      expect(codesOf(several.problems)).to.deep.equal(['invalid-correlation']);
    });
  }

  const spans: readonly (readonly [string, number | undefined])[] = [
    ['10s', 10_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['1M', 2_629_746_000],
    ['1y', 31_556_952_000],
    ['1h30m', undefined],
    ['1.5h', undefined],
    ['0s', undefined],
    ['-1s', undefined],
    ['60', undefined],
    ['1 h', undefined],
    ['500ms', undefined],
    ['9999999999y', undefined],
  ];
  for (const [span, expected] of spans) {
    it(`K5 timespan ${span}`, () => {
      const { rules, problems } = readRules(
        text(`type: event_count\nrules: a\ntimespan: ${span}\ncondition: { gte: 2 }`),
        'f',
      );
      const [rule] = rules;
      const found = rule?.kind === 'correlation' ? rule.correlation.timespanMs : undefined;
      expect(found).to.equal(expected);
      expect(codesOf(problems)).to.deep.equal(expected === undefined ? ['invalid-timespan'] : []);
    });
  }

  it('K13 aliases', () => {
    const { aliases } = read(
      `${two}aliases:\n  ip:\n    a: src_ip\n    b: dst_ip\ngroup-by: [ip]`,
    ).correlation;
    expect([...(aliases.get('ip') ?? [])]).to.deep.equal([
      ['a', 'src_ip'],
      ['b', 'dst_ip'],
    ]);
  });

  it('K15 the correlation carries its own title, level and tags', () => {
    const rule = read(`${counting}condition: { gte: 1 }`);
    expect([rule.title, rule.level, rule.tags]).to.deep.equal(['c', 'medium', []]);
  });

  const refused: readonly (readonly [string, string, readonly string[]])[] = [
    ['K1 unknown type', counting.replace('event_count', 'count'), ['invalid-correlation']],
    ['K1 no type', 'rules: a\ntimespan: 1m\ncondition: { gte: 1 }', ['missing-key']],
    ['K2 no rules', 'type: event_count\ntimespan: 1m\ncondition: { gte: 1 }', ['missing-key']],
    ['K2 empty rules', `${counting.replace('[a]', '[]')}condition: { gte: 1 }`, ['missing-key']],
    ['K5 no timespan', 'type: event_count\nrules: a\ncondition: { gte: 1 }', ['missing-key']],
    ['K6 no condition', counting, ['missing-key']],
    ['K6 no operator', `${counting}condition: {}`, ['invalid-correlation']],
    ['K6 unknown operator', `${counting}condition: { gte: 1, near: 2 }`, ['invalid-correlation']],
    ['K6 a text', `${counting}condition: { gte: '1' }`, ['wrong-type']],
    ['K6 an expression', `${counting}condition: a`, ['wrong-type']],
    [
      'K7 no field',
      'type: value_sum\nrules: a\ntimespan: 1h\ncondition: { gt: 1 }',
      ['invalid-correlation'],
    ],
    ['K7 a field too many', `${counting}condition: { gte: 1, field: x }`, ['invalid-correlation']],
    [
      'K8 no percentile',
      'type: value_percentile\nrules: a\ntimespan: 1h\ncondition: { gt: 1, field: x }',
      ['invalid-correlation'],
    ],
    [
      'K8 above 100',
      'type: value_percentile\nrules: a\ntimespan: 1h\ncondition: { gt: 1, field: x, percentile: 101 }',
      ['invalid-correlation'],
    ],
    [
      'K8 for another type',
      `${counting}condition: { gte: 1, percentile: 5 }`,
      ['invalid-correlation'],
    ],
    ['K11 rule not listed', `${two}condition: a and b and x`, ['unknown-selection']],
    ['K11 rule not used', `${two}condition: a`, ['invalid-correlation']],
    ['K11 selectors', `${two}condition: 1 of them`, ['condition-syntax']],
    ['K11 syntax', `${two}condition: a and`, ['condition-syntax']],
    ['K13 aliases are maps', `${two}aliases: { ip: src }`, ['wrong-type']],
    ['K14 generate is a flag', `${counting}generate: 1\ncondition: { gte: 1 }`, ['wrong-type']],
    ['unknown key', `${counting}window: tumbling\ncondition: { gte: 1 }`, ['invalid-correlation']],
    [
      'first_seen with a threshold',
      'type: first_seen\nrules: a\ntimespan: 1d\ncondition: { field: x, gte: 2 }',
      ['invalid-correlation'],
    ],
    [
      'first_seen without field',
      'type: first_seen\nrules: a\ntimespan: 1d\ncondition: {}',
      ['invalid-correlation'],
    ],
  ];
  for (const [name, correlation, expected] of refused) {
    it(`${name} is refused`, () => {
      const { rules, problems } = readRules(text(correlation), 'f');
      expect(codesOf(problems)).to.deep.equal(expected);
      expect(rules).to.deep.equal([]);
    });
  }

  it('portable correlations do without extensions', () => {
    const first = 'type: first_seen\nrules: a\ntimespan: 1d\ncondition: { field: x }';
    const strategy = `${counting}missing_fields_strategy: drop\ncondition: { gte: 1 }`;
    for (const correlation of [first, strategy]) {
      const { problems } = readRules(text(correlation), 'f', { portable: true });
      expect(codesOf(problems)).to.deep.equal(['extension']);
    }
  });
});
