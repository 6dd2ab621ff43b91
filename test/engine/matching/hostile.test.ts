import { expect } from 'chai';

import { createMatcher } from '../../../src/engine/matcher.ts';
import type { FieldValue, TelemetryEvent } from '../../../src/event/event.ts';
import { linkRules } from '../../../src/language/link.ts';
import { readRules } from '../../../src/language/read.ts';
import { plain, policyOf, sampleEvent } from './sample.ts';

// What an attacker can write into an event, against the rules that it costs most. That these end at
// all is what they prove: a step more than linear would take minutes to hours.

/** Whether a rule with this selection matches, the first time and when memos answer. */
function verdict(selection: string, event: TelemetryEvent, condition = 'sel'): boolean {
  const body = selection.replaceAll(/^/gm, '    ');
  const text = `title: t\nid: 00000000-0000-4000-8000-000000000001\nlogsource: { product: windows }\ndetection:\n  sel:\n${body}\n  condition: ${condition}\n`;
  const { rules, problems } = readRules(text, 'rule.yml');
  expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
  const ruleSet = linkRules(rules);
  const matcher = createMatcher({ ruleSet, policy: policyOf(), enrichments: plain });
  const found = [1, 2].map(() => {
    let matched = false;
    matcher.match(event, 'arrival', () => (matched = true));
    return matched;
  });
  expect(found[1]).to.equal(found[0]);
  return found[0] ?? false;
}

const megabyte = 2 ** 20;
const long = 'a'.repeat(megabyte);

const texts: readonly (readonly [
  name: string,
  selection: string,
  value: string,
  expected: boolean,
])[] = [
  ['M7 (a+)+$', "f|re: '^(a+)+$'", `${long}!`, false],
  ['M7 (a|a)*$', "f|re: '^(a|a)*$'", `${long}!`, false],
  ['M7 (a|aa)+$', "f|re: '^(a|aa)+$'", `${long}!`, false],
  ['M7 (.*a){20}', "f|re: '^(.*a){12}b'", 'a'.repeat(20_000), false],
  ['M7 \\s+$ over spaces', "f|re: '\\s+$'", `${' '.repeat(100_000)}x`, false],
  ['R4 many stars', `f: '${'*a'.repeat(200)}*b'`, long, false],
  ['R4 stars and question marks', `f: '${'*a?'.repeat(100)}*b'`, long, false],
  ['R4 question marks at the end', `f: '*${'?'.repeat(200)}b'`, '😀'.repeat(200_000), false],
  ['M2 a long value', 'f|contains: needle', `${long}needle${long}`, true],
  ['M2 endswith of a long value', 'f|endswith: needle', `${long}needle`, true],
  ['M6 dashes everywhere', "f|windash|contains: ' -enc '", '-/–—―'.repeat(200_000), false],
  ['M12 no number', 'f|gt: 5', '1'.repeat(megabyte) + 'x', false],
  ['M12 a number of a megabyte', 'f|gt: 5', '9'.repeat(megabyte), true],
  ['M13 no date', 'f|hour: 5', `2026-01-01T${long}`, false],
  ['M14 no network', 'f|cidr: 10.0.0.0/8', '1.'.repeat(500_000), false],
  ['M14 no network, colons', "f|cidr: 'fe80::/10'", ':'.repeat(megabyte), false],
  ['R15 a keyword in a long value', 'needle', `${long}NEEDLE`, true],
  ['R3 letters that widen', 'f|contains: i̇x', 'İ'.repeat(200_000), false],
];

describe('hostile values', function () {
  this.timeout(60_000);

  for (const [name, selection, value, expected] of texts) {
    it(name, () => {
      expect(verdict(selection, sampleEvent({ f: value }))).to.equal(expected);
    });
  }

  const many = Array.from({ length: 100_000 }, (_, index) => `v${index}`);
  const arrays: readonly (readonly [string, string, FieldValue, boolean])[] = [
    ['R13 100,000 elements', 'f: v99999', many, true],
    ['R13 none of 100,000 elements', 'f|endswith: x', many, false],
    ['R13 all over 100,000 elements', 'f|contains|all: [v99998, v99999]', many, true],
    ['R13 M7 a regex over 100,000 elements', "f|re: '^v9{5}$'", many, true],
    ['R15 a keyword among 100,000 elements', 'v99999', many, true],
  ];
  for (const [name, selection, value, expected] of arrays) {
    it(name, () => {
      expect(verdict(selection, sampleEvent({ f: value }))).to.equal(expected);
    });
  }

  it('M16 two long arrays are not compared each with each', () => {
    const fields = { f: many, g: many.map((text) => `${text}!`) };
    expect(verdict('f|fieldref: g', sampleEvent(fields))).to.equal(false);
  });

  it('R13 elements within elements, deeper than the call stack, end', () => {
    let nested: FieldValue = 'needle';
    for (let depth = 0; depth < 100_000; depth++) nested = [nested];
    const event = sampleEvent({ f: nested });
    expect(() => verdict('f: needle', event)).to.not.throw();
    expect(() => verdict('needle', event)).to.not.throw();
  });

  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__.x']) {
    it(`a field called ${name} is a field like others`, () => {
      expect(verdict(`'${name}|exists': true`, sampleEvent({}))).to.equal(false);
      const own = JSON.parse(`{ ${JSON.stringify(name)}: "x" }`) as Record<string, FieldValue>;
      expect(verdict(`'${name}': x`, sampleEvent(own))).to.equal(true);
      expect(Object.hasOwn(Object.prototype, 'x')).to.equal(false);
    });
  }

  it('a value of a rule may be as long as its file', () => {
    const value = 'x'.repeat(900_000);
    expect(verdict(`f|contains: ${value}`, sampleEvent({ f: `a${value}b` }))).to.equal(true);
    expect(verdict(`f|contains: ${value}`, sampleEvent({ f: value.slice(1) }))).to.equal(false);
  });

  it('a rule may have as many values as its file', () => {
    const values = Array.from({ length: 49_000 }, (_, index) => `value-${index}`);
    const event = sampleEvent({ f: 'value-48999' });
    expect(verdict(`f: [${values.join(', ')}]`, event)).to.equal(true);
  });
});
