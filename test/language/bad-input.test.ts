import { expect } from 'chai';

import { createMatcher } from '../../src/engine/matcher.ts';
import { linkRules } from '../../src/language/link.ts';
import type { RuleProblem } from '../../src/language/problem.ts';
import { readRules } from '../../src/language/read.ts';
import type { Rule } from '../../src/language/tree.ts';
import { plain, policyOf } from '../engine/matching/sample.ts';

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function rule(n: number, item = 'f: x', condition = 'sel', more = ''): string {
  return `title: rule ${n}
id: ${uuid(n)}
name: r${n}
logsource: { product: windows }
detection:
  sel:
    ${item}
  condition: ${condition}
${more}`;
}

function counted(n: number, rules: string): string {
  return `title: count ${n}
id: ${uuid(n)}
name: c${n}
correlation:
  type: event_count
  rules: ${rules}
  timespan: 1m
  condition: { gte: 2 }
`;
}

interface Judged {
  readonly problems: readonly RuleProblem[];
  /** Names of the rules that are loaded and not disabled. */
  readonly loaded: readonly string[];
}

/** All that is wrong with these files, found in one run. */
function judge(
  files: Readonly<Record<string, string>>,
  lists: Readonly<Record<string, readonly string[]>> = {},
): Judged {
  const rules: Rule[] = [];
  const problems: RuleProblem[] = [];
  for (const [file, text] of Object.entries(files)) {
    const read = readRules(text, file);
    rules.push(...read.rules);
    problems.push(...read.problems);
  }
  const ruleSet = linkRules(rules);
  const matcher = createMatcher({ ruleSet, policy: policyOf(lists), enrichments: plain });
  problems.push(...ruleSet.problems, ...matcher.problems);
  const disabled = new Set(matcher.problems.map(({ ruleId }) => ruleId));
  const loaded = [...ruleSet.detections, ...ruleSet.correlations]
    .map(({ rule: { id, name = id } }) => ({ id, name }))
    .filter(({ id }) => !disabled.has(id));
  return { problems, loaded: loaded.map(({ name }) => name) };
}

function brief({ severity, code, file, line, column }: RuleProblem): string {
  return `${severity} ${code} ${file}:${line}:${column}`;
}

const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n`;

const rows: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
  ['an unknown modifier', rule(1, 'f|foo: x'), ['error unknown-modifier f.yml:7:5']],
  ['a map as a value', rule(1, 'f: { a: x }'), ['error invalid-value f.yml:7:8']],
  ['a duplicate key', rule(1, 'f: x\n    f: y'), ['error yaml-duplicate-key f.yml:8:5']],
  ['an alias bomb', bomb, ['error yaml-alias f.yml:1:4', 'error yaml-alias f.yml:2:4']],
  ['a file over 1 MiB', `# ${'x'.repeat(1_048_576)}\n`, ['error yaml-too-large f.yml:1:1']],
  [
    'a file over 50,000 values',
    rule(1, `f: [${'x, '.repeat(50_000)}x]`),
    ['error yaml-too-large f.yml:1:1'],
  ],
  [
    'a circle of correlations',
    [counted(1, '[c2]'), counted(2, '[c1]')].join('---\n'),
    ['error cyclic-reference f.yml:6:10', 'error cyclic-reference f.yml:15:10'],
  ],
  ['a missing reference', counted(1, '[nope]'), ['error unknown-rule f.yml:6:11']],
  [
    'a duplicate id',
    [rule(1), rule(1).replace('name: r1', 'name: other')].join('---\n'),
    ['error duplicate-id f.yml:11:5'],
  ],
  [
    'a pattern without selections',
    rule(1, 'f: x', 'sel and all of nope_*'),
    ['error condition-selector f.yml:8:29'],
  ],
  ['a regex outside the subset', rule(1, 'f|re: (?=a)b'), ['error invalid-regex f.yml:7:11']],
  [
    'a regex that is too long',
    rule(1, `f|re: ${'a'.repeat(4_097)}`),
    ['error invalid-regex f.yml:7:11'],
  ],
  [
    'an undefined placeholder',
    rule(1, "f|expand: '%nobody%'"),
    ['warning undefined-placeholder f.yml:7:16'],
  ],
];

describe('bad input', () => {
  for (const [name, text, expected] of rows) {
    it(`${name}: file, line, column, code and a hint`, () => {
      const { problems } = judge({ 'f.yml': text });
      expect(problems.slice(0, expected.length).map(brief)).to.deep.equal(expected);
      for (const { message, hint } of problems.slice(0, expected.length)) {
        expect(message).to.have.length.within(10, 300);
        expect(hint, message).to.be.a('string').with.length.within(5, 600);
      }
    });
  }

  it('all problems of a run are shown at once, and sound rules of all files are loaded', () => {
    const files: Record<string, string> = {
      'sound.yml': rule(90),
      'count.yml': counted(91, '[r90]'),
    };
    for (const [index, [, text]] of rows.entries()) {
      // Each file has ids and names of its own.
      files[`${index}.yml`] = text
        .replaceAll('00000000-', `${String(index).padStart(8, '0')}-`)
        .replaceAll(/\b([rc])(\d)\b/g, `$1${index}x$2`);
    }
    const { problems, loaded } = judge(files);
    const found = new Set(problems.map(({ code }) => code));
    const wanted = rows.flatMap(([, , expected]) => expected.map((each) => each.split(' ')[1]));
    expect(wanted.filter((code) => !found.has(code ?? ''))).to.deep.equal([]);
    expect(loaded).to.include.members(['r90', 'c91']);
  });

  it('M15 an undefined placeholder disables its rule, an empty one leaves it, and it matches nothing', () => {
    const text = rule(1, "f|expand: '%admins%'");
    expect(judge({ 'f.yml': text }).loaded).to.deep.equal([]);
    const empty = judge({ 'f.yml': text }, { admins: [] });
    expect(empty.problems).to.deep.equal([]);
    expect(empty.loaded).to.deep.equal(['r1']);
  });
});
