import { expect } from 'chai';

import { fieldsOfRule, reportUnknownFields } from '../../src/language/fields.ts';
import { readRules } from '../../src/language/read.ts';

const text = `title: t
id: 00000000-0000-4000-8000-000000000001
name: r
logsource: { product: windows }
detection:
  sel:
    - Image|endswith: x
      Other|fieldref: Third
      Gone|exists: false
    - keyword
  not:
    User: [Image, y]
  condition: sel and not 1 of not*
suppress: { duration: 1h, by: [Host] }
fields: [Shown]
---
title: c
id: 00000000-0000-4000-8000-000000000002
correlation:
  type: value_count
  rules: [r]
  group-by:
    - Host
    - alias
  aliases: { alias: { r: Inner } }
  timespan: 1m
  condition: { gte: 2, field: [Target] }
---
title: f
id: 00000000-0000-4000-8000-000000000003
logsource: { product: windows }
filter: { rules: any, s: { Account: a }, condition: not s }
`;

const { rules } = readRules(text, 'f.yml');

describe('fields of rules', () => {
  it('are all that a rule reads', () => {
    expect(rules.map((rule) => [...fieldsOfRule(rule)])).to.deep.equal([
      ['Image', 'Other', 'Third', 'Gone', 'User', 'Host'],
      ['Host', 'Target', 'Inner'],
      ['Account'],
    ]);
  });

  it('strict mode names those that nothing provides, each where it stands', () => {
    const known = new Set(['Image', 'Gone', 'Target']);
    const problems = reportUnknownFields(rules, (field) => known.has(field));
    expect(
      problems.map(({ message, line, column }) => [/"(.*)"/.exec(message)?.[1], line, column]),
    ).to.deep.equal([
      ['Other', 8, 7],
      ['Third', 8, 23],
      ['User', 12, 5],
      ['Host', 14, 32],
      ['Host', 23, 7],
      ['Inner', 25, 26],
      ['Account', 32, 28],
    ]);
    expect(problems[0]).to.include({ code: 'unknown-field', severity: 'warning', file: 'f.yml' });
  });

  it('what is known may depend on the rule', () => {
    const problems = reportUnknownFields(rules, (_field, rule) => rule.kind !== 'filter');
    expect(problems.map(({ ruleId }) => ruleId?.at(-1))).to.deep.equal(['3']);
  });
});
