import { expect } from 'chai';

import { codesOf, errorsOf, onlyDetection, onlyRule, show } from './support.ts';
import { readRules } from '../../src/language/read.ts';

const id = '11111111-1111-4111-8111-111111111111';
const body =
  'logsource: { category: process_creation, product: windows }\ndetection: { s: { f: x }, condition: s }\n';

/** A minimal rule with these further lines. */
function rule(lines: string, head = `title: t\nid: ${id}\n`): string {
  return `${head}${lines}\n${body}`;
}

function problemsOf(text: string): readonly string[] {
  return codesOf(readRules(text, 'f').problems);
}

describe('rule documents', () => {
  it('D1 to D15 reads every field of the specification (D10 fields, D14 scope)', () => {
    const read = onlyDetection(
      `title: A title
id: ${id.toUpperCase()}
name: a_name
related:
  - id: 22222222-2222-4222-8222-222222222222
    type: derived
taxonomy: sigma
status: test
description: |
  Two
  lines
license: Apache-2.0
author: Someone
references: [https://example.org]
date: 2026-01-02
modified: 2026-02-28
tags: [attack.t1048, attack.stealth, attack.defense-impairment]
logsource:
  product: windows
  category: process_creation
  definition: needs auditing
  vendor: x
detection:
  s: { f: x }
  condition: s
fields: [CommandLine]
falsepositives: [Backups]
level: high
scope: [server]
regression_tests_path: a/b
simulation: [{ type: atomic }]
__proto__: { polluted: true }
`,
    );
    expect(read).to.deep.include({
      kind: 'detection',
      id,
      name: 'a_name',
      title: 'A title',
      taxonomy: 'sigma',
      status: 'test',
      description: 'Two\nlines\n',
      license: 'Apache-2.0',
      author: 'Someone',
      date: '2026-01-02',
      modified: '2026-02-28',
      level: 'high',
      logsource: { product: 'windows', category: 'process_creation' },
      references: ['https://example.org'],
      tags: ['attack.t1048', 'attack.stealth', 'attack.defense-impairment'],
      fields: ['CommandLine'],
      falsepositives: ['Backups'],
      scope: ['server'],
      related: [{ id: '22222222-2222-4222-8222-222222222222', type: 'derived' }],
    });
    expect([...(read.logsourceNotes ?? [])]).to.deep.equal([
      ['definition', 'needs auditing'],
      ['vendor', 'x'],
    ]);
    expect([...read.custom.keys()]).to.deep.equal([
      'regression_tests_path',
      'simulation',
      '__proto__',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  const accepted: readonly (readonly [string, string, readonly string[]])[] = [
    ['D1 256 characters', rule('', `title: ${'x'.repeat(256)}\nid: ${id}\n`), []],
    ['D2 without id', rule('', 'title: t\n'), ['missing-id']],
    ['D7 slashes', rule('date: 2026/01/02'), ['old-date']],
    ['D7 leap day', rule('date: 2024-02-29'), []],
    ['D11 a single text', rule('falsepositives: Unknown'), []],
    ['D12 no level', rule(''), []],
    ['D13 odd tags', rule('tags: [attack.T1048, foo.bar]'), ['odd-tag', 'odd-tag']],
    ['D13 no tags', rule('tags: []'), []],
    ['D13 empty tags', rule('tags:'), []],
    ['D15 custom keys', rule('mine: { deep: [1] }'), []],
  ];
  for (const [name, text, expected] of accepted) {
    it(`${name} is accepted`, () => {
      const { rules, problems } = readRules(text, 'f');
      expect(codesOf(problems)).to.deep.equal(expected);
      expect(rules).to.have.lengthOf(1);
    });
  }

  const refused: readonly (readonly [string, string, readonly string[]])[] = [
    ['D1 no title', rule('', `id: ${id}\n`), ['missing-key']],
    ['D1 257 characters', rule('', `title: ${'x'.repeat(257)}\nid: ${id}\n`), ['too-long']],
    ['D1 a list', rule('', `title: [a]\nid: ${id}\n`), ['wrong-type']],
    ['D2 no UUID', rule('', 'title: t\nid: rule-1\n'), ['invalid-id']],
    ['D3 257 characters', rule(`name: ${'x'.repeat(257)}`), ['too-long']],
    ['D4 unknown relation', rule(`related: [{ id: ${id}, type: cousin }]`), ['invalid-related']],
    ['D4 no UUID', rule('related: [{ id: x, type: similar }]'), ['invalid-related']],
    ['D6 unknown status', rule('status: new'), ['invalid-status']],
    ['D7 no date', rule('date: 2026-02-30'), ['invalid-date']],
    ['D7 a word', rule('modified: yesterday'), ['invalid-date']],
    [
      'D8 no log source',
      `title: t\nid: ${id}\ndetection: { s: { f: x }, condition: s }\n`,
      ['missing-key'],
    ],
    [
      'D8 definition alone',
      rule('').replace(/logsource: .*/, 'logsource: { definition: x }'),
      ['empty-logsource'],
    ],
    ['D8 a text', rule('').replace(/logsource: .*/, 'logsource: windows'), ['wrong-type']],
    ['D9 no detection', `title: t\nid: ${id}\nlogsource: { product: windows }\n`, ['missing-key']],
    ['D9 empty', rule('').replace(/detection: .*/, 'detection: {}'), ['empty-detection']],
    ['D9 condition alone', rule('').replace('s: { f: x }, ', ''), ['empty-detection']],
    ['D9 no condition', rule('').replace(', condition: s', ''), ['missing-key']],
    [
      'D9 condition is a map',
      rule('').replace('condition: s', 'condition: { a: b }'),
      ['wrong-type'],
    ],
    ['C9 no conditions', rule('').replace('condition: s', 'condition: []'), ['wrong-type']],
    ['D12 unknown level', rule('level: fatal'), ['invalid-level']],
    ['D13 no namespace', rule('tags: [exfiltration]'), ['invalid-tag']],
    ['D16 duplicate key', rule('title: u'), ['yaml-duplicate-key']],
    ['D18 unknown action', rule('action: merge'), ['unknown-action']],
    ['a list', '- a\n- b\n', ['not-a-rule']],
    ['a text', 'just words\n', ['not-a-rule']],
    ['something else', 'cases: []\nmore: 1\n', ['not-a-rule']],
    ['two kinds', rule('correlation: { type: temporal }'), ['not-a-rule']],
  ];
  for (const [name, text, expected] of refused) {
    it(`${name} is refused`, () => {
      const { rules, problems } = readRules(text, 'f');
      expect(codesOf(problems)).to.deep.equal(expected);
      expect(rules).to.deep.equal([]);
    });
  }

  it('D2 a rule without id is named by its name, else by its title', () => {
    expect(onlyRule(rule('name: my_rule', 'title: t\n')).id).to.equal('my_rule');
    expect(onlyRule(rule('', 'title: "Reads: many, fast!"\n')).id).to.equal('reads-many-fast');
  });

  it('D9 timeframe is no selection', () => {
    const text = rule('').replace('condition: s', 'timeframe: 5m, condition: 1 of them');
    const { rules, problems } = readRules(text, 'f');
    expect(codesOf(problems)).to.deep.equal(['legacy-timeframe']);
    expect(rules[0]?.kind === 'detection' && [...rules[0].selections.keys()]).to.deep.equal(['s']);
  });

  it('C8 a selection that no condition uses is warned of, unless it begins with _', () => {
    const text = rule('').replace('s: { f: x }', 's: { f: x }, u: { f: y }, _v: { f: z }');
    expect(problemsOf(text)).to.deep.equal(['unused-selection']);
  });

  it('C9 conditions may be a list', () => {
    const text = rule('').replace('condition: s', 'condition: [s, not s]');
    expect(onlyDetection(text).conditions.map((condition) => condition.text)).to.deep.equal([
      's',
      'not s',
    ]);
  });

  it('D17 several kinds stand in one file, empty documents do not count', () => {
    const text = `---\n${rule('')}---\n# nothing\n---\ntitle: c\nid: 22222222-2222-4222-8222-222222222222
correlation: { type: event_count, rules: [${id}], timespan: 1m, condition: { gte: 2 } }
---\ntitle: f\nid: 33333333-3333-4333-8333-333333333333\nlogsource: { product: windows }
filter: { rules: [${id}], s: { f: y }, condition: not s }\n---\n`;
    const { rules, problems } = readRules(text, 'f');
    expect(problems).to.deep.equal([]);
    expect(rules.map((one) => [one.kind, one.source.line])).to.deep.equal([
      ['detection', 2],
      ['correlation', 10],
      ['filter', 14],
    ]);
    expect(rules[0]?.source.text).to.equal(`---\n${rule('')}`);
  });

  it('D20 a faulty document does not stop the others, whatever its fault', () => {
    const good = (n: number): string => rule('').replace(id, id.replace(/.$/, String(n)));
    const text = [
      good(1),
      'title: "open\n',
      good(2),
      'title: [\n',
      good(3),
      rule('level: x'),
      good(4),
    ].join('---\n');
    const { rules, problems } = readRules(text, 'f');
    expect(rules.map((one) => one.id.at(-1))).to.deep.equal(['1', '2', '3', '4']);
    expect(codesOf(problems)).to.deep.equal(['yaml-syntax', 'yaml-syntax', 'invalid-level']);
  });

  it('D20 all problems of a rule are shown at once', () => {
    const text = rule('level: x\nstatus: y\ndate: z').replace('f: x', "f|foo: x, g|re: '['");
    expect(problemsOf(text)).to.deep.equal([
      'invalid-status',
      'invalid-date',
      'invalid-level',
      'unknown-modifier',
      'invalid-regex',
    ]);
  });

  describe('D18 legacy collections', () => {
    const collection = `action: global
title: shared
logsource: { product: windows, category: a }
level: low
---
id: 00000000-0000-4000-8000-000000000001
logsource: { category: b }
detection: { s: { f: x }, condition: s }
---
action: repeat
id: 00000000-0000-4000-8000-000000000002
detection: { s: { f: y } }
---
title: c
id: 00000000-0000-4000-8000-000000000003
correlation: { type: event_count, rules: [x], timespan: 1m, condition: { gte: 2 } }
---
action: reset
---
title: own
id: 00000000-0000-4000-8000-000000000004
logsource: { service: s }
detection: { s: { f: z }, condition: s }
`;

    it('global parts are merged under later rules, not under correlations, until a reset', () => {
      const { rules, problems } = readRules(collection, 'f');
      expect(errorsOf(problems)).to.deep.equal([]);
      const seen = rules.map((one) => [
        one.id.at(-1),
        one.title,
        one.level,
        one.kind === 'detection' ? one.logsource : undefined,
        one.kind === 'detection' ? [...one.selections.values()].map(show) : undefined,
      ]);
      expect(seen).to.deep.equal([
        ['1', 'shared', 'low', { product: 'windows', category: 'b' }, ['f=«x»']],
        ['2', 'shared', 'low', { product: 'windows', category: 'b' }, ['f=«y»']],
        ['3', 'c', 'medium', undefined, undefined],
        ['4', 'own', 'medium', { service: 's' }, ['f=«z»']],
      ]);
    });
  });

  describe('extensions', () => {
    it('suppress is a timespan, or a timespan and fields', () => {
      expect(onlyDetection(rule('suppress: 1h')).suppress).to.deep.equal({
        durationMs: 3_600_000,
        by: [],
      });
      expect(
        onlyDetection(rule('suppress: { duration: 30s, by: [host, user] }')).suppress,
      ).to.deep.equal({
        durationMs: 30_000,
        by: ['host', 'user'],
      });
    });

    for (const [suppress, codes] of [
      ['suppress: soon', ['invalid-timespan']],
      ['suppress: 0s', ['invalid-timespan']],
      ['suppress: { by: [a] }', ['missing-key']],
      ['suppress: { duration: 1h, field: a }', ['invalid-value']],
      ['suppress: 5ms', ['invalid-timespan']],
    ] as const) {
      it(`${suppress} is refused`, () => {
        expect(problemsOf(rule(suppress))).to.deep.equal(codes);
      });
    }

    it('missing_fields_strategy is drop or group', () => {
      expect(onlyDetection(rule('missing_fields_strategy: group')).missingFields).to.equal('group');
      expect(problemsOf(rule('missing_fields_strategy: keep'))).to.deep.equal(['invalid-value']);
    });

    it('portable rules do without them', () => {
      const text = rule('suppress: 1h\nmissing_fields_strategy: drop');
      const { rules, problems } = readRules(text, 'f', { portable: true });
      expect(codesOf(problems)).to.deep.equal(['extension', 'extension']);
      expect(rules).to.deep.equal([]);
      expect(readRules(rule(''), 'f', { portable: true }).rules).to.have.lengthOf(1);
    });
  });
});
