import { expect } from 'chai';

import { sensors as known } from '../../src/decoders/index.ts';
import type { Sensor } from '../../src/decoders/senses.ts';
import { linkRules } from '../../src/language/link.ts';
import { readRules } from '../../src/language/read.ts';
import { coverage, type RuleSight } from '../../src/workbench/coverage.ts';

function sensor(name: string): Sensor {
  const found = known.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no sensor ${name}`);
  return found;
}

function sights(text: string, fleet: readonly string[]): readonly RuleSight[] {
  const { rules } = readRules(text, 'rules.yml');
  return coverage(linkRules(rules), fleet.map(sensor), known);
}

let number = 0;

function rule(logsource: string, selection: string, condition = 'a'): string {
  number += 1;
  return `title: A Rule
id: 00000000-0000-4000-8000-${String(number).padStart(12, '0')}
name: rule_${number}
logsource: ${logsource}
detection:
  a: ${selection}
  b: { Image: x }
  condition: ${condition}
level: low
`;
}

describe('coverage of rules', () => {
  const read = '{ category: file_access }';
  const start = '{ category: process_creation, product: windows }';
  const connect = '{ category: network_connection }';
  // [what, rule, fleet, level]
  const table: readonly (readonly [string, string, readonly string[], string])[] = [
    ['reads, which Sysmon does not tell', rule(read, '{ FileName: x }'), ['sysmon'], 'blind'],
    ['reads, in part', rule(read, '{ FileName: x }'), ['sysmon', 'windows'], 'partial'],
    ['reads, all of them', rule(read, '{ FileName: x }'), ['kernel-file'], 'full'],
    ['starts', rule(start, '{ Image: x }'), ['sysmon'], 'full'],
    ['starts on another system', rule(start, '{ Image: x }'), ['auditd'], 'blind'],
    ['a hash, which Security events lack', rule(start, '{ md5: x }'), ['windows'], 'partial'],
    ['a hash or a name', rule(start, '[{ md5: x }, { Image: x }]'), ['windows'], 'full'],
    ['no sensor at all', rule(start, '{ Image: x }'), [], 'blind'],
    [
      'a service',
      rule('{ product: windows, service: security }', '{ EventID: 1 }'),
      ['windows'],
      'full',
    ],
    [
      'a service of another',
      rule('{ product: windows, service: security }', '{ EventID: 1 }'),
      ['sysmon'],
      'blind',
    ],
    ['names of peers', rule(connect, '{ DestinationHostname: x }'), ['osquery'], 'blind'],
    [
      'one of two that it can see',
      rule(connect, '[{ DestinationHostname: x }, { DestinationIp: x }]'),
      ['osquery'],
      'full',
    ],
    [
      'what it rules out',
      rule(connect, '{ DestinationHostname: x }', 'b and not a'),
      ['osquery'],
      'full',
    ],
    [
      'classes of destinations',
      rule(connect, '{ tidegate.destination.class: x }'),
      ['osquery'],
      'partial',
    ],
    [
      'agents, known by launches of another sensor',
      rule(read, '{ process.ai_agent.name: x }'),
      ['kernel-file', 'sysmon'],
      'full',
    ],
    [
      'agents without launches',
      rule(read, '{ process.ai_agent.name: x }'),
      ['kernel-file'],
      'partial',
    ],
    ['keywords', rule('{ product: linux, service: auditd }', '[x]'), ['auditd'], 'full'],
  ];
  for (const [what, text, fleet, level] of table) {
    it(`${what}, on ${fleet.join(' and ') || 'nothing'}: ${level}`, () => {
      const [sight] = sights(text, fleet);
      expect(sight?.level, sight?.reason).to.equal(level);
      expect(sight?.reason === '', 'has a reason').to.equal(level === 'full');
    });
  }

  it('names what would see more, best first, and who sees now', () => {
    const [sight] = sights(rule(read, '{ FileName: x }'), ['sysmon', 'windows']);
    expect(sight?.by).to.deep.equal(['windows']);
    const names = sight?.sightFrom.map(({ sensor: name, level }) => `${name} ${level}`);
    expect(names).to.include('kernel-file full');
    expect(names).not.to.include('osquery partial');
    expect(sight?.sightFrom.map(({ level }) => level)).to.deep.equal(
      sight?.sightFrom.map(() => 'full'),
    );
  });

  it('of a count is that of its best rule, of an order that of its worst', () => {
    const base = [rule(read, '{ FileName: x }'), rule(start, '{ Image: x }')];
    const of = (type: string, condition: string): string => `${base.join('---\n')}---
title: Both
id: 11111111-0000-4000-8000-000000000001
correlation:
  type: ${type}
  rules: [rule_${number - 1}, rule_${number}]
  group-by: Computer
  timespan: 1m
${condition}level: high
`;
    const count = sights(of('event_count', '  condition: { gte: 2 }\n'), ['sysmon']);
    expect(count.map(({ title, level }) => `${title} ${level}`)).to.deep.equal(['Both full']);
    const order = sights(of('temporal_ordered', ''), ['sysmon']);
    expect(order.map(({ title, level }) => `${title} ${level}`)).to.deep.equal(['Both blind']);
  });
});
