import { expect } from 'chai';

import { codesOf, onlyDetection, problemsOf, ruleOf, show, shown } from './support.ts';
import { readRules } from '../../src/language/read.ts';
import { buildExpression } from '../../src/language/expression.ts';

// Values as they stand between YAML single quotes, and what pySigma 2.0.1 makes of them.
const texts: readonly (readonly [string, string])[] = [
  ['a\\b', '«a\\b»'],
  ['a\\\\b', '«a\\b»'],
  ['a\\*b', '«a*b»'],
  ['a\\?b', '«a?b»'],
  ['a\\\\*b', '«a\\»*«b»'],
  ['a\\\\\\*b', '«a\\*b»'],
  ['a\\\\\\b', '«a\\\\b»'],
  ['a\\\\\\\\b', '«a\\\\b»'],
  ['end\\', '«end\\»'],
  ['C:\\Windows\\*', '«C:\\Windows*»'],
  ['*', '*'],
  ['?', '?'],
  ['', '«»'],
];

const keys: readonly (readonly [string, string])[] = [
  ["f|contains: '*abc'", 'f=*«abc»*'],
  ['f|base64: foobar', 'f=«Zm9vYmFy»'],
  ['f|base64offset|contains: foobar', 'or(f=*«Zm9vYmFy»*, f=*«Zvb2Jhc»*, f=*«mb29iYX»*)'],
  ["f|base64offset: 'http://'", 'or(f=«aHR0cDovL», f=«h0dHA6Ly», f=«odHRwOi8v»)'],
  [
    'f|wide|base64offset|contains: ping',
    'or(f=*«cABpAG4AZw»*, f=*«AAaQBuAGcA»*, f=*«wAGkAbgBnA»*)',
  ],
  [
    'f|wide|base64offset|contains: foobar',
    'or(f=*«ZgBvAG8AYgBhAHIA»*, f=*«YAbwBvAGIAYQByA»*, f=*«mAG8AbwBiAGEAcg»*)',
  ],
  ['f|utf16|base64: ab', 'f=«//5hAGIA»'],
  ['f|utf16be: ab', 'f=«\u0000a\u0000b»'],
  ['f|wide: ab', 'f=«a\u0000b\u0000»'],
  ['f|utf16le: ab', 'f=«a\u0000b\u0000»'],
  ["f|windash: ' -f /x a-b'", 'f=« »-«f »-«x a-b»'],
  ["f|contains|all|windash: ['-a','-b']", 'and(f=*-«a»*, f=*-«b»*)'],
  ['f|re|contains: abc', 'f=/.*abc.*/'],
  ['f|neq: [a, b]', 'not or(f=«a», f=«b»)'],
  ['f|minute|gt: 3', 'f=minute gt 3'],
  ['f|fieldref|endswith: g', 'f=endswith field g'],
  ["f|expand: '\\%plain%name%'", 'f=«%plain»%name%'],
];

const errors: readonly (readonly [string, string])[] = [
  ['f|contains|re: abc', 'invalid-modifier'],
  ['f|i: abc', 'invalid-modifier'],
  ["f|exists: 'yes'", 'invalid-value'],
  ["'|exists': true", 'invalid-modifier'],
  ['f|cidr: 10.0.0.1/8', 'invalid-network'],
  ["f|fieldref: 'g*'", 'invalid-value'],
  ["f|gt: '5'", 'invalid-value'],
  ["f|hour: '3'", 'invalid-value'],
  ["f|base64: 'a*b'", 'invalid-value'],
  ['f|foo: a', 'unknown-modifier'],
  ["f|re: '['", 'invalid-regex'],
];

const four = [
  'title: t',
  'id: 00000000-0000-4000-8000-000000000001',
  'logsource: { product: windows }',
  'detection:',
  '  sel_a: { A: 1 }',
  '  sel_b: { B: 2 }',
  '  kw: [word]',
  '  _h: { H: 3 }',
].join('\n');

const conditions: readonly (readonly [string, readonly string[]])[] = [
  ['sel_a or sel_b and kw', ['or(A=number 1, and(B=number 2, *«word»*))']],
  ['1 of *', ['or(A=number 1, B=number 2, *«word»*)']],
  ['1 of _*', ['H=number 3']],
  ['[sel_a, sel_b]', ['A=number 1', 'B=number 2']],
];

describe('G3 vectors of Sigma as pySigma reads them', () => {
  for (const [text, expected] of texts) {
    it(`R5 '${text}'`, () => {
      expect(shown(`f: '${text}'`)).to.equal(`f=${expected}`);
    });
  }

  for (const [key, expected] of keys) {
    it(key, () => {
      expect(shown(key)).to.equal(expected);
    });
  }

  for (const [key, code] of errors) {
    it(`${key} is an error`, () => {
      expect(problemsOf(key)).to.include(code);
      expect(readRules(ruleOf(key), 'f').rules).to.deep.equal([]);
    });
  }

  for (const [condition, expected] of conditions) {
    it(`condition: ${condition}`, () => {
      const rule = onlyDetection(`${four}\n  condition: ${condition}\n`);
      const built = rule.conditions.map(({ tree }) => buildExpression(tree, rule.selections));
      expect(
        built.map((one) => ('reason' in one ? one.reason : show(one.expression))),
      ).to.deep.equal(expected);
    });
  }

  it('C:\\Windows\\* is warned of, as its author meant a wildcard', () => {
    expect(problemsOf("f: 'C:\\Windows\\*'")).to.deep.equal(['escaped-wildcard']);
    expect(problemsOf("f: 'C:\\Windows\\\\*'")).to.deep.equal([]);
  });

  const base = `${four}\n  condition: sel_a\nname: ra\n---\n${four.replace('0001', '0002')}\n  condition: sel_b\nname: rb\n---\n`;
  const correlations: readonly (readonly [string, readonly string[]])[] = [
    ['type: event_count, rules: ra, group-by: H, timespan: 1M, condition: { gte: 2 }', []],
    ['type: event_count, rules: ra, condition: { gte: 2 }', ['missing-key']],
    ['type: value_count, rules: ra, timespan: 1h, condition: { gte: 2 }', ['invalid-correlation']],
    ['type: temporal, rules: [ra, rb], timespan: 1h, condition: ra', ['invalid-correlation']],
  ];
  for (const [correlation, expected] of correlations) {
    it(`correlation { ${correlation} }`, () => {
      const text = `${base}title: c\nid: 00000000-0000-4000-8000-000000000009\ncorrelation: { ${correlation} }\n`;
      const { rules, problems } = readRules(text, 'f');
      expect(codesOf(problems).filter((code) => code !== 'unused-selection')).to.deep.equal(
        expected,
      );
      const last = rules.at(-1);
      if (expected.length > 0) return;
      if (last?.kind !== 'correlation') throw new Error('no correlation');
      expect(last.correlation.rules).to.deep.equal(['ra']);
      expect(last.correlation.groupBy).to.deep.equal(['H']);
      expect(last.correlation.timespanMs).to.equal(2_629_746_000);
    });
  }
});
