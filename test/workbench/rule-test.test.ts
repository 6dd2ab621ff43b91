import { expect } from 'chai';

import type { Policy } from '../../src/policy/policy.ts';
import { runRuleTests } from '../../src/workbench/rule-test.ts';
import type { RuleTestResult } from '../../src/workbench/rule-test.ts';

const policy: Policy = {
  agent: ({ executable }) => (executable === '/agents/a' ? 'a' : undefined),
  list: (name) => (name === 'paths' ? ['/data/*'] : undefined),
};

const rule = `
title: Reads
id: 1d4f1d9e-3a35-4f7c-9e6c-3f1f9f2b7a01
name: reads
status: test
correlation:
  type: event_count
  rules: [read]
  group-by: [Computer, process.ai_agent.name]
  timespan: 10s
  condition: { gte: 3 }
level: high
---
title: Read
id: 1d4f1d9e-3a35-4f7c-9e6c-3f1f9f2b7a02
name: read
status: test
logsource: { category: file_access }
detection:
  agent: { 'process.ai_agent.name|exists': true }
  path: { 'TargetFilename|expand': '%paths%' }
  condition: agent and path
level: low
`;

const single = `
title: One
id: 1d4f1d9e-3a35-4f7c-9e6c-3f1f9f2b7a03
status: test
logsource: { product: linux, service: cron }
detection:
  selection: { Command|startswith: rm, Count|gte: 2 }
  condition: selection
level: low
`;

function run(tests: string, rules: string = rule): readonly RuleTestResult[] {
  return runRuleTests(
    [{ rules: { path: 'r.yml', text: rules }, tests: { path: 'r.test.yml', text: tests } }],
    policy,
  );
}

function one(events: string, expected: string, rules: string = rule): readonly string[] {
  const [result] = run(
    `cases:\n  - name: x\n    events: [${events}]\n    expect: [${expected}]`,
    rules,
  );
  expect(result?.name).to.equal('x');
  expect(result?.passed).to.equal(result?.reasons.length === 0);
  return result?.reasons ?? [];
}

const reads =
  '{ at: 1s, every: 2s, repeat: 4, category: file_access, process: /agents/a, path: "/data/{n}" }';

describe('rule test runner', () => {
  // [what, events, expected, reasons]
  const table: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['the exact alert', reads, '{ at: 5s, key: host-1/a }', []],
    [
      'the exact alert with count and name',
      reads,
      '{ at: 5s, key: host-1/a, count: 4, rule: reads }',
      [],
    ],
    [
      'the rule by id',
      reads,
      '{ at: 5s, key: host-1/a, rule: 1d4f1d9e-3a35-4f7c-9e6c-3f1f9f2b7a01 }',
      [],
    ],
    [
      'one millisecond off',
      reads,
      '{ at: 5001ms, key: host-1/a }',
      [
        'missing: an alert at 5001 ms for host-1/a',
        'not expected: reads at 5000 ms for host-1/a, 4 events',
      ],
    ],
    [
      'another key',
      reads,
      '{ at: 5s, key: host-2/a }',
      [
        'missing: an alert at 5000 ms for host-2/a',
        'not expected: reads at 5000 ms for host-1/a, 4 events',
      ],
    ],
    [
      'another count',
      reads,
      '{ at: 5s, key: host-1/a, count: 3 }',
      [
        'missing: an alert at 5000 ms for host-1/a, 3 events',
        'not expected: reads at 5000 ms for host-1/a, 4 events',
      ],
    ],
    [
      'another rule',
      reads,
      '{ at: 5s, key: host-1/a, rule: other }',
      [
        'missing: other at 5000 ms for host-1/a',
        'not expected: reads at 5000 ms for host-1/a, 4 events',
      ],
    ],
    ['silence that is none', reads, '', ['not expected: reads at 5000 ms for host-1/a, 4 events']],
    [
      'one alert expected twice',
      reads,
      '{ at: 5s, key: host-1/a }, { at: 5s, key: host-1/a }',
      ['missing: an alert at 5000 ms for host-1/a'],
    ],
    [
      'two hosts',
      `${reads}, ${reads.replace('at: 1s', 'at: 2s, host: host-2')}`,
      '{ at: 6s, key: host-2/a }, { at: 5s, key: host-1/a }',
      [],
    ],
    [
      'an episode after another, days later',
      `${reads}, ${reads.replace('at: 1s', 'at: 9d')}`,
      '{ at: 5s, key: host-1/a, count: 4 }, { at: 9d4s, key: host-1/a, count: 4 }',
      [],
    ],
    [
      'a descendant',
      `{ category: process_creation, process: /agents/a, pid: 1 }, { category: process_creation, process: /bin/x, pid: 2, parent_pid: 1 }, ${reads.replace('/agents/a', '/bin/x, pid: 2')}`,
      '{ at: 5s, key: host-1/a }',
      [],
    ],
  ];
  for (const [what, events, expected, reasons] of table) {
    it(`${what}: ${reasons.length === 0 ? 'passes' : 'fails with the reason'}`, () => {
      expect(one(events, expected)).to.deep.equal(reasons);
    });
  }

  it('runs rules without a window, on any field and log source', () => {
    const events =
      '{ at: 7s, product: linux, service: cron, Command: rm -rf, Count: 2 }, ' +
      '{ at: 8s, product: linux, service: cron, Command: rm -rf, Count: 1 }, ' +
      '{ at: 9s, product: linux, service: sshd, Command: rm -rf, Count: 2 }';
    expect(one(events, '{ at: 7s, key: host-1, count: 1 }', single)).to.deep.equal([]);
  });

  it('starts every case afresh', () => {
    const part = (name: string): string =>
      `  - { name: ${name}, events: [{ at: 0s, every: 1s, repeat: 2, category: file_access, process: /agents/a, path: /data/x }], expect: [] }\n`;
    const results = run(`cases:\n${part('one')}${part('two')}`);
    expect(results.map(({ name, passed }) => [name, passed])).to.deep.equal([
      ['one', true],
      ['two', true],
    ]);
  });

  it('fails a file whose rules do not load', () => {
    const [result] = run('cases: []', 'title: x\ndetection: {}');
    expect(result).to.deep.include({ name: 'the rules load', passed: false, file: 'r.test.yml' });
    expect(result?.reasons[0]).to.match(/^r\.yml:\d+: /);
  });

  it('fails a case whose rule is disabled by a list that is not there', () => {
    const reasons = one(reads, '', rule.replace('%paths%', '%nothing%'));
    expect(reasons.join()).to.contain('nothing');
  });

  it('fails a file without cases', () => {
    expect(run('cases: []')[0]).to.deep.include({ passed: false });
  });
});
