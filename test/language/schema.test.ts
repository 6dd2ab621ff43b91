import { expect } from 'chai';

import { codesOf, ruleOf } from './support.ts';
import { readRules } from '../../src/language/read.ts';

const head = 'title: t\nid: 00000000-0000-4000-8000-000000000001\n';
const logsource = 'logsource: { product: p }\n';

function places(text: string): readonly string[] {
  return readRules(text, 'f', { schema: true }).problems.map(
    ({ code, line, column, message }) => `${code} ${String(line)}:${String(column)} ${message}`,
  );
}

function correlation(body: string): string {
  return `${head}correlation: { ${body} }\n`;
}

describe('JSON schemas of rules', () => {
  const kept: readonly string[] = [
    ruleOf('f: x'),
    ruleOf("f|contains: [x, y]\ne: [5, true, z]\ng: null\nh: ''"),
    ruleOf('- a: x\n- word\n- 5'),
    ruleOf('word'),
    ruleOf('f: x', '[sel, not sel]'),
    `${ruleOf('f: x')}suppress: 1h\nmissing_fields_strategy: drop\nmine: { a: 1 }\n`,
    `${ruleOf('f: 12345678901234567890')}suppress: { duration: 1h, by: f }\n`,
    correlation('type: event_count, rules: a, timespan: 1m, condition: { gte: 2 }'),
    correlation(
      'type: value_sum, rules: [a], group-by: [h], timespan: 1M, condition: { gt: 1.5, lte: 3, field: x }',
    ),
    correlation(
      'type: value_percentile, rules: a, timespan: 1d, condition: { gt: 1, field: x, percentile: 95 }',
    ),
    correlation('type: temporal, timespan: 1m, condition: a and not b'),
    correlation(
      'type: temporal_ordered, rules: [a, b], timespan: 1m, aliases: { x: { a: f, b: g } }, generate: true',
    ),
    correlation('type: first_seen, rules: a, timespan: 14d, condition: { field: x }'),
    `${head}${logsource}filter: { rules: any, s: { f: x }, condition: not s }\n`,
  ];
  for (const text of kept) {
    it(`accepts ${JSON.stringify(text.slice(58, 200))}`, () => {
      expect(places(text)).to.deep.equal([]);
    });
  }

  const broken: readonly (readonly [string, readonly string[]])[] = [
    [
      `${ruleOf('f: x')}references: [a, a]\n`,
      ['schema 8:13 "references" must NOT have duplicate items (items ## 1 and 0 are identical)'],
    ],
    [`${ruleOf('f: x')}author: [a]\n`, ['wrong-type 8:9 "author" must be a text']],
    [`${ruleOf('f: x')}description: 5\n`, ['schema 8:14 "description" must be string']],
    [
      `${ruleOf('f: x')}scope: [a]\n`,
      ['schema 8:9 "scope.0" must NOT have fewer than 2 characters'],
    ],
    [
      `${ruleOf('f: x')}references: https://example.org\n`,
      ['schema 8:13 "references" must be array'],
    ],
    [
      `${ruleOf('f: x')}logsource2: 1\n`.replace('product: windows', 'product: 5'),
      ['schema 3:23 "logsource.product" must be string'],
    ],
    [
      `${head}${logsource}filter: { rules: any, s: [], condition: not s }\n`,
      ['empty-selection 4:26 the selection "s" asks for nothing'],
    ],
  ];
  for (const [text, expected] of broken) {
    it(`tells ${expected[0] ?? ''}`, () => {
      expect(places(text)).to.deep.equal(expected);
    });
  }

  it('is not asked unless wanted', () => {
    const text = `${ruleOf('f: x')}references: [a, a]\n`;
    expect(codesOf(readRules(text, 'f').problems)).to.deep.equal([]);
    expect(readRules(text, 'f', { schema: true }).rules).to.have.lengthOf(1);
  });
});
