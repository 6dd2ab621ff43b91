import { expect } from 'chai';

import { problemCodes } from '../../src/language/codes.ts';
import { linkRules } from '../../src/language/link.ts';
import { readRules } from '../../src/language/read.ts';

const head = 'title: t\nid: 00000000-0000-4000-8000-000000000001\n';
const logsource = 'logsource:\n  product: windows\n';
const detection = 'detection:\n  sel:\n    f: x\n  condition: sel\n';

function selection(text: string, condition = 'sel'): string {
  return `${head}${logsource}detection:\n  sel:\n    ${text}\n  condition: ${condition}\n`;
}

function condition(text: string): string {
  return selection('f: x', text);
}

function correlation(text: string): string {
  return `${head}correlation:\n  type: event_count\n  rules: [r]\n  timespan: 1m\n  ${text}\n`;
}

const linked = `${head}name: r\n${logsource}${detection}---\ntitle: c\nid: 00000000-0000-4000-8000-000000000002\n`;

// The mark § stands where the problem must be reported, and is taken out before the text is read.
const rows: readonly (readonly [code: keyof typeof problemCodes, text: string])[] = [
  ['yaml-syntax', 'a: "x\n§'],
  ['yaml-alias', `${head}a: §&x 1\n`],
  ['yaml-tag', `${head}a: §!!binary aGk=\n`],
  ['yaml-key', `${head}? §[a]\n: b\n`],
  ['yaml-duplicate-key', `${head}${logsource}§title: u\n${detection}`],
  ['yaml-too-large', `§${head}a: [${'x,'.repeat(50_000)}]\n`],
  ['not-a-rule', '# cases\n§cases: []\n'],
  ['unknown-action', `§action: merge\n${head}${logsource}${detection}`],
  ['missing-key', `§${head}${detection}`],
  ['missing-key', `${head}${logsource}detection:\n  §sel: { f: x }\n`],
  ['wrong-type', `title: §[a]\n${logsource}${detection}`],
  ['too-long', `title: §${'x'.repeat(257)}\n`],
  ['invalid-id', `title: t\nid: §abc\n`],
  ['invalid-status', `${head}status: §new\n`],
  ['invalid-level', `${head}level: §'fatal'\n`],
  ['invalid-date', `${head}date: §2026-13-01\n`],
  ['invalid-tag', `${head}tags:\n  - attack.t1048\n  - §exfiltration\n`],
  ['invalid-related', `${head}related:\n  - §id: x\n    type: similar\n`],
  ['invalid-timespan', correlation('condition: { gte: 2 }').replace('1m', '§1h30m')],
  ['empty-logsource', `${head}logsource:\n  §definition: x\n${detection}`],
  ['empty-detection', `${head}${logsource}detection:\n  §condition: sel\n`],
  ['empty-selection', `${head}${logsource}detection:\n  sel: §{}\n  condition: sel\n`],
  ['invalid-value', selection('f|contains: [a, §true]')],
  ['unknown-modifier', selection('§f|foo: x')],
  ['invalid-modifier', selection('§f|i: x')],
  ['invalid-regex', selection("f|re:\n      - a\n      - §'['")],
  ['invalid-network', selection('f|cidr: §10.0.0.1/8')],
  ['condition-syntax', condition('sel and §)')],
  ['condition-syntax', condition("'sel §)'")],
  ['condition-aggregation', condition('sel §| count() > 5')],
  ['condition-selector', condition('1 of §nope*')],
  ['condition-too-large', condition(`${'not '.repeat(65)}§sel`)],
  ['unknown-selection', condition('sel or §nope')],
  ['unknown-selection', condition('>\n    sel or\n    nope').replace('    sel or', '    §sel or')],
  ['invalid-correlation', correlation('condition: { §near: 2 }')],
  [
    'invalid-correlation',
    correlation('condition: §{ near: 2, gte: 1 }').replace('near: 2, ', 'percentile: 5, '),
  ],
  [
    'invalid-filter',
    `${head}${logsource}filter:\n  §rules: any\n  s: { f: x }\n  condition: [not s, not s]\n`,
  ],
  ['extension', `${head}${logsource}${detection}§suppress: 1h\n`],
  ['missing-id', `§title: t\n${logsource}${detection}`],
  ['old-date', `${head}date: §2026/01/02\n`],
  ['odd-tag', `${head}tags: [§foo.bar]\n`],
  ['escaped-wildcard', selection('f: §C:\\Windows\\*')],
  ['null-in-list', selection('f: [a, §null]')],
  ['empty-list', selection('f: §[]')],
  ['single-all', selection('§f|all: a')],
  ['number-as-text', selection('f|contains: §5')],
  ['base64offset-alone', selection('§f|base64offset: abc')],
  ['legacy-timeframe', selection('f: x').replace('  condition', '  §timeframe: 5m\n  condition')],
  ['upper-case-keyword', condition('sel §OR sel')],
  ['odd-selection', condition('1 of s*').replace('  condition', '  §s.2: { f: y }\n  condition')],
  ['unused-selection', condition('sel').replace('  condition', '  §other: { f: y }\n  condition')],
  ['filter-keeps', `${head}${logsource}filter:\n  rules: any\n  s: { f: x }\n  condition: §s\n`],
  [
    'duplicate-id',
    `${head}${logsource}${detection}---\ntitle: u\nid: §00000000-0000-4000-8000-000000000001\n${logsource}${detection}`,
  ],
  [
    'unknown-rule',
    `${linked}correlation:\n  type: event_count\n  rules:\n    - r\n    - §nope\n  timespan: 1m\n  condition: { gte: 2 }\n`,
  ],
  [
    'cyclic-reference',
    `title: c\nid: 00000000-0000-4000-8000-000000000002\nname: c\ncorrelation: { type: temporal, rules: §[c], timespan: 1m }\n`,
  ],
  [
    'unknown-alias',
    `${linked}correlation:\n  type: temporal\n  rules: [r]\n  timespan: 1m\n  aliases:\n    a: §{ q: x }\n`,
  ],
  ['foreign-taxonomy', `${head}taxonomy: §ecs\n${logsource}${detection}`],
  ['skipped-status', `${head}status: §deprecated\n${logsource}${detection}`],
  [
    'filter-unused',
    `${linked}${logsource}filter: { rules: [r, §q], s: { f: x }, condition: not s }\n`,
  ],
  [
    'filter-expired',
    `${linked}expires: §2020-01-01\n${logsource}filter: { rules: [r], s: { f: x }, condition: not s }\n`,
  ],
];

// These need a pipeline, a schema or hundreds of problems; their own tests hold them.
const elsewhere = [
  'invalid-pipeline',
  'pipeline-failure',
  'unknown-field',
  'schema',
  'too-many-problems',
  // The matcher finds these when it compiles the rules, since policies have the lists.
  'undefined-placeholder',
  'placeholder-too-large',
];

describe('problems stand where they belong', () => {
  for (const [code, marked] of rows) {
    it(`${code} in ${JSON.stringify(marked.slice(0, 200))}`.slice(0, 110), () => {
      const at = marked.indexOf('§');
      const before = marked.slice(0, at).split('\n');
      const read = readRules(marked.replace('§', ''), 'a/rule.yml', {
        portable: code === 'extension',
      });
      const problems = [
        ...read.problems,
        ...linkRules(read.rules, { today: '2026-01-01' }).problems,
      ];
      const found = problems.filter((problem) => problem.code === code);
      const places = found.map(
        ({ file, line, column }) => `${file}:${String(line)}:${String(column)}`,
      );
      const column = (before.at(-1)?.length ?? 0) + 1;
      expect(places).to.include(`a/rule.yml:${String(before.length)}:${String(column)}`);
      expect(found[0]?.severity).to.equal(problemCodes[code][0]);
      // It says what is wrong and what the author can do about it.
      expect(found[0]?.message, 'message').to.have.length.greaterThan(10);
      expect(found[0]?.hint, 'hint').to.have.length.greaterThan(8);
    });
  }

  it('every code of the list has a row', () => {
    const tested = new Set<string>([...rows.map(([code]) => code), ...elsewhere]);
    expect(Object.keys(problemCodes).filter((code) => !tested.has(code))).to.deep.equal([]);
  });

  it('a problem of a legacy global part stands in that part', () => {
    const text = `action: global\nlevel: fatal\n---\n${head}${logsource}${detection}`;
    const [problem] = readRules(text, 'f').problems;
    expect(problem).to.include({ code: 'invalid-level', line: 2, column: 8 });
  });

  it('a rule of a later document knows its lines when it is linked', () => {
    const text = `# one\n# two\n\n---\n\n${head}status: deprecated\n${logsource}${detection}`;
    const { rules } = readRules(`${text}---\n${text}`, 'f');
    const { problems } = linkRules(rules);
    expect(problems.map(({ line, column }) => [line, column])).to.deep.equal([
      [8, 9],
      [23, 9],
    ]);
  });
});
