import { expect } from 'chai';

import { linkRules } from '../../src/language/link.ts';
import { readRules } from '../../src/language/read.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { applyOverrides, withoutOff } from '../../src/runtime/overrides.ts';

const RULES = `title: Burst
id: 00000000-0000-4000-8000-000000000001
name: burst
correlation: { type: event_count, rules: [launch], timespan: 1m, condition: { gte: 5 } }
level: high
---
title: Launch
id: 00000000-0000-4000-8000-000000000002
name: launch
logsource: { category: process_creation }
detection: { sel: { Image: a }, condition: sel }
level: low
---
title: Lookup
id: 00000000-0000-4000-8000-000000000003
name: lookup
logsource: { category: dns_query }
detection: { sel: { QueryName: a }, condition: sel }
level: low
`;

const HEAD = 'owner: soc, reason: because';

function applied(entries: string, day = '2026-06-01') {
  const text = `overrides:\n${entries}\n`;
  const { overrides, problems } = readPolicy([{ path: 'our/overrides.yml', text }]);
  const { rules, off, ...result } = applyOverrides(readRules(RULES, 'r.yml').rules, overrides, day);
  const ruleSet = withoutOff(linkRules(rules), off);
  const { detections, correlations } = ruleSet;
  const all = [...detections, ...correlations];
  const rule = (name: string) => all.find((linked) => linked.rule.name === name);
  return {
    ruleSet,
    rule,
    names: all.map((linked) => linked.rule.name),
    told: [...problems, ...result.problems, ...ruleSet.problems]
      .filter(({ code }) => code !== 'missing-id')
      .map(({ severity, code, line }) => `${severity} ${code} ${String(line)}`),
    messages: [...problems, ...result.problems].map(({ message }) => message),
  };
}

describe('overrides', () => {
  it('change threshold, timespan and level, and nothing else', () => {
    const { rule, told } = applied(
      `  - { rule: burst, ${HEAD}, threshold: 9, timespan: 5m, level: low }`,
    );
    const changed = rule('burst')?.rule;
    expect(changed).to.include({ level: 'low', title: 'Burst' });
    expect(changed?.kind === 'correlation' && changed.correlation).to.deep.include({
      timespanMs: 300_000,
      condition: { kind: 'threshold', bounds: [{ operator: 'gte', value: 9 }], fields: [] },
    });
    expect(told).to.deep.equal([]);
  });

  it('name a rule by its id too, and the later override wins', () => {
    const id = '00000000-0000-4000-8000-000000000003';
    const { rule } = applied(
      `  - { rule: ${id}, ${HEAD}, level: critical }\n  - { rule: lookup, ${HEAD}, level: medium }`,
    );
    expect(rule('lookup')?.rule.level).to.equal('medium');
  });

  it('switch a rule off; what it counts stays silent', () => {
    const { names, rule } = applied(`  - { rule: burst, ${HEAD}, enabled: false }`);
    expect(names).to.deep.equal(['launch', 'lookup']);
    expect(rule('launch')?.alerts).to.equal(false);
  });

  it('switch a counted rule off, and with it what counts it', () => {
    expect(applied(`  - { rule: launch, ${HEAD}, enabled: false }`).names).to.deep.equal([
      'lookup',
    ]);
  });

  it('an exception narrows what the rule counts', () => {
    const plain = applied('  - { rule: lookup, owner: a, reason: b, level: low }');
    const { rule, told } = applied(
      `  - rule: burst
    ${HEAD.replace(', ', '\n    ')}
    exceptions:
      - { ${HEAD}, expires: 2026-12-31, events: { Image|endswith: /backup, User: ana } }`,
    );
    expect(told).to.deep.equal([]);
    expect(rule('launch')?.meaning).to.not.equal(plain.rule('launch')?.meaning);
    expect(rule('lookup')?.meaning).to.equal(plain.rule('lookup')?.meaning);
  });

  it('expire: the day itself is the last', () => {
    const entry = `  - { rule: lookup, ${HEAD}, expires: 2026-06-01, level: high }`;
    expect(applied(entry, '2026-06-01').rule('lookup')?.rule.level).to.equal('high');
    const after = applied(entry, '2026-06-02');
    expect(after.rule('lookup')?.rule.level).to.equal('low');
    expect(after.told).to.deep.equal(['warning policy-expired 2']);
  });

  // [what, entry, what is told]
  const wrong: readonly (readonly [string, string, string])[] = [
    ['an unknown rule', `{ rule: brust, ${HEAD}, level: low }`, 'warning policy-unknown-rule 2'],
    ['nothing to change', `{ rule: burst, ${HEAD} }`, 'error policy-missing-key 2'],
    ['no owner', '{ rule: burst, reason: x, level: low }', 'error policy-missing-key 2'],
    ['no reason', '{ rule: burst, owner: x, level: low }', 'error policy-missing-key 2'],
    ['a level that is none', `{ rule: burst, ${HEAD}, level: fatal }`, 'error policy-wrong-type 2'],
    [
      'a day that is none',
      `{ rule: burst, ${HEAD}, level: low, expires: 2026-02-30 }`,
      'error policy-wrong-type 2',
    ],
    [
      'a threshold that is none',
      `{ rule: burst, ${HEAD}, threshold: many }`,
      'error policy-wrong-type 2',
    ],
    [
      'a timespan that is none',
      `{ rule: burst, ${HEAD}, timespan: soon }`,
      'error policy-wrong-type 2',
    ],
    [
      'an unknown key',
      `{ rule: burst, ${HEAD}, treshold: 5, level: low }`,
      'error policy-unknown-key 2',
    ],
    [
      'a threshold of a single event',
      `{ rule: launch, ${HEAD}, threshold: 5 }`,
      'warning policy-not-applicable 2',
    ],
    [
      'an exception without end',
      `{ rule: burst, ${HEAD}, exceptions: [{ ${HEAD}, events: { Image: a } }] }`,
      'error policy-missing-key 2',
    ],
    [
      'an exception that is no selection',
      `{ rule: burst, ${HEAD}, exceptions: [{ ${HEAD}, expires: 2027-01-01, events: { Image|foo: a } }] }`,
      'error unknown-modifier 2',
    ],
    [
      'an exception of a rule that is not counted',
      `{ rule: burst, ${HEAD}, exceptions: [{ ${HEAD}, expires: 2027-01-01, of: lookup, events: { Image: a } }] }`,
      'warning policy-unknown-rule 2',
    ],
    [
      'an exception that has expired',
      `{ rule: burst, ${HEAD}, exceptions: [{ ${HEAD}, expires: 2026-01-01, events: { Image: a } }] }`,
      'warning policy-expired 2',
    ],
  ];
  for (const [what, entry, told] of wrong) {
    it(`says where ${what} stands, and leaves the rule as it is`, () => {
      const result = applied(`  - ${entry}`);
      expect(result.told).to.include(told);
      expect(result.rule('burst')?.rule.level).to.equal('high');
      expect(result.names).to.have.lengthOf(3);
    });
  }
});
