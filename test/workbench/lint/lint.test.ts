import { expect } from 'chai';

import { linkRules } from '../../../src/language/link.ts';
import { readRules } from '../../../src/language/read.ts';
import { lint } from '../../../src/workbench/lint/check.ts';
import { lintCodes, type LintCode } from '../../../src/workbench/lint/codes.ts';

interface RuleParts {
  readonly head?: string;
  readonly logsource?: string;
  readonly selections?: string;
  readonly condition?: string;
  readonly file?: string;
}

const HEAD = `title: A Tool Starts
id: 00000000-0000-4000-8000-000000000001
status: test
description: A tool starts.
level: low
falsepositives: [none known]
tags: [attack.t1048]
`;

function rule({
  head = HEAD,
  logsource = '{ product: windows, category: process_creation }',
  selections = '  sel: { Image: a }',
  condition = 'sel',
}: RuleParts): string {
  return `${head}logsource: ${logsource}\ndetection:\n${selections}\n  condition: ${condition}\n`;
}

function found(marked: string, file = 'a_rule.yml'): readonly string[] {
  const { rules, problems } = readRules(marked.replaceAll('§', ''), file);
  expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
  return lint(linkRules(rules)).map(
    ({ code, file: at, line, column }) => `${code} ${at}:${String(line)}:${String(column)}`,
  );
}

function place(marked: string, file: string): string {
  const before = marked.slice(0, marked.indexOf('§')).split('\n');
  return `${file}:${String(before.length)}:${String((before.at(-1)?.length ?? 0) + 1)}`;
}

const tags = (list: string): string => rule({ head: HEAD.replace('[attack.t1048]', list) });

// The mark § stands where the problem must be reported.
const rows: readonly (readonly [code: LintCode, what: string, text: string, file?: string])[] = [
  ['file-name', 'capital letters', `§${rule({})}`, 'A-Rule.yml'],
  ['title-form', 'small letter', rule({ head: HEAD.replace('A Tool', '§a tool') })],
  ['title-form', 'full stop', rule({ head: HEAD.replace('A Tool Starts', '§A tool starts.') })],
  ['title-form', 'length', rule({ head: HEAD.replace('A Tool', `§A ${'x'.repeat(120)}`) })],
  ['name-form', 'dashes', rule({ head: `${HEAD}name: §tool-starts\n` })],
  ['not-name', 'not_', rule({ selections: '  not_a: §{ Image: a }', condition: 'not_a' })],
  ['incomplete', 'no status', `§${rule({ head: HEAD.replace('status: test\n', '') })}`],
  ['unknown-technique', 'ATT&CK', tags('[§attack.t9999]')],
  ['unknown-technique', 'sub-technique', tags('[attack.t1048, §attack.t1048.099]')],
  ['unknown-technique', 'ATLAS', tags('[§atlas.aml.t0999]')],
  ['moved-technique', 'v19', tags('[§attack.t1562.001]')],
  ['retired-technique', 'revoked', tags('[§attack.t1002]')],
  ['unknown-tactic', 'ATT&CK', tags('[§attack.exfil]')],
  ['unknown-tactic', 'ATLAS', tags('[§atlas.exfil]')],
  ['repeated-tag', 'twice', tags('[attack.t1048, §attack.t1048]')],
  [
    'dead-selection',
    'absorbed',
    rule({
      selections: '  a: { Image: a }\n  b: §{ Image: b }',
      condition: 'a and (a or b)',
    }),
  ],
  [
    'contradiction',
    'condition',
    rule({ selections: '  sel: { Image: a }', condition: '§sel and not sel' }),
  ],
  ['contradiction', 'two values at once', rule({ selections: '  sel: §{ Image|all: [a, b] }' })],
  ['always-true', 'tautology', rule({ condition: '§sel or not sel' })],
  [
    'repeated-value',
    'contained',
    rule({ selections: '  sel: { Image|contains: [curl, §curls] }' }).replace('§curls', '§xcurl'),
  ],
  ['costly-regex', 'classes alone', rule({ selections: '  sel: { Image|re: "§[a-z]{8}" }' })],
  ['plain-regex', 'text', rule({ selections: '  sel: { Image|re: §powershell }' })],
  ['no-sensor', 'unknown category', rule({ logsource: '§{ category: telepathy }' })],
  [
    'no-sense',
    'a field that nobody fills',
    `${HEAD}logsource: { product: okta, service: okta }\ndetection: §{ sel: { Hashes|contains: a }, condition: sel }\n`,
  ],
  [
    'repeated-rule',
    'same meaning',
    `${rule({})}---\n§${rule({ head: HEAD.replace('A Tool', 'One').replace('0001', '0002') })}`,
  ],
];

describe('lint', () => {
  for (const [code, what, text, file = 'a_rule.yml'] of rows) {
    it(`${code}: ${what}`, () => {
      expect(found(text, file)).to.include(`${code} ${place(text, file)}`);
    });
  }

  // What looks alike and is right.
  const silent: readonly (readonly [string, string])[] = [
    ['a plain rule', rule({})],
    ['groups and software', tags('[attack.g0012, attack.s0002, attack.t1048.003]')],
    ['tactics of both generations', tags('[attack.defense-evasion, attack.stealth, attack.t1048]')],
    ['ATLAS', tags('[atlas.aml.t0086, atlas.aml.t0112.001, atlas.exfiltration]')],
    [
      'selections that all matter',
      rule({
        selections: '  a: { Image: a }\n  b: { Image: b }\n  c: { Image: c }',
        condition: 'a and (b or not c)',
      }),
    ],
    ['alternatives', rule({ selections: '  sel: { Image|contains: [curl, wget] }' })],
    ['cased beside another', rule({ selections: '  sel: { Image|contains|cased: [Curl, curl] }' })],
    ['an expression with text', rule({ selections: '  sel: { Image|re: "curl[0-9]+" }' })],
    ['a dotted field', rule({ selections: '  sel: { process.ai_agent.name: a }' })],
  ];
  for (const [what, text] of silent) {
    it(`silent: ${what}`, () => {
      expect(found(text)).to.deep.equal([]);
    });
  }

  it('an unknown field is named where it stands', () => {
    const text = rule({ selections: '  sel: { §ImageX: a }' });
    expect(found(text)).to.include(`unknown-field ${place(text, 'a_rule.yml')}`);
  });

  it('every code has a row, and says what to do', () => {
    const tested = new Set<string>([...rows.map(([code]) => code), 'without-tests']);
    for (const [code, [meaning, advice]] of Object.entries(lintCodes)) {
      expect(tested, code).to.include(code);
      expect(meaning.length, code).to.be.greaterThan(10);
      expect(advice.length, code).to.be.greaterThan(10);
    }
  });
});
