import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tidegate } from './command.ts';

const STORY = `title: A worker reads a little
kind: attack
description: Too little for any rule.
systems: [linux]
agent: codex
deeds:
  - { at: 1s, every: 1s, repeat: 9, read: '{payroll}/{n}.xlsx', label: reads }
alerts:
  must: [{ rule: agent_bulk_read, evidence: [reads], within: 60s }]
`;

describe('tidegate simulate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-simulate-'));
  after(() => rmSync(folder, { recursive: true }));

  it('lists the scenarios', async () => {
    const { code, stdout } = await tidegate(['simulate', '--list']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^scenario +kind +where +what\n/);
    expect(stdout).to.match(/bulk-read-fast +attack +everywhere/);
    expect(stdout).to.match(/honest-refactor +honest/);
  });

  it('writes what a sensor sees, the same for the same seed, and says what was found', async () => {
    const write = async (out: string, ...more: string[]): Promise<string> => {
      const file = join(folder, out);
      const call = ['simulate', 'bulk-read-fast', '--sensor', 'osquery', '--out', file, ...more];
      const { code, stdout } = await tidegate(call);
      expect(code).to.equal(0);
      expect(stdout).to.match(
        /bulk-read-fast +osquery +linux +found +agent_bulk_read after 3\d\.\d s/,
      );
      return readFileSync(file, 'utf8');
    };
    const first = await write('a.ndjson');
    expect(first.split('\n').length).to.be.above(80);
    expect(await write('b.ndjson')).to.equal(first);
    expect(await write('c.ndjson', '--seed', '2')).to.not.equal(first);
  });

  it('tells of a scenario of your own that ends otherwise than it says: exit code 1', async () => {
    const file = join(folder, 'reads-little.yml');
    writeFileSync(file, STORY);
    const { code, stdout } = await tidegate(['simulate', file, '--sensor', 'osquery']);
    expect(code).to.equal(1);
    expect(stdout).to.include('wrong: reads-little, osquery: agent_bulk_read did not alert');
  });

  it('prints verdicts for machines', async () => {
    const { code, stdout } = await tidegate([
      'simulate',
      'bulk-read-fast',
      '--sensor',
      'sysmon',
      '--json',
    ]);
    expect(code).to.equal(0);
    const { trials } = JSON.parse(stdout) as {
      readonly trials: readonly Record<string, unknown>[];
    };
    expect(trials[0]).to.include({
      scenario: 'bulk-read-fast',
      sensor: 'sysmon',
      system: 'windows',
    });
    expect(trials[0]?.['findings']).to.deep.equal([
      { rule: 'agent_bulk_read', visible: false, found: false, delayMs: null, withinMs: 60_000 },
    ]);
  });

  for (const [what, args, message] of [
    ['no scenario', [], /name a scenario, or say --list or --matrix/],
    ['an unknown scenario', ['bulk'], /unknown scenario 'bulk'/],
    [
      'an unknown sensor',
      ['bulk-read-fast', '--sensor', 'eye'],
      /nothing writes 'eye'; known are sysmon,/,
    ],
    ['telemetry of no sensor', ['bulk-read-fast', '--out', 'x'], /--out: name the sensor too/],
    ['a file that is not there', ['none.yml'], /none\.yml: no such file/],
  ] as const) {
    it(`${what} is wrong usage`, async () => {
      const { code, stderr } = await tidegate(['simulate', ...args]);
      expect(code).to.equal(2);
      expect(stderr).to.match(message);
    });
  }

  it('names line and column of a broken scenario', async () => {
    const file = join(folder, 'broken.yml');
    writeFileSync(file, STORY.replace('at: 1s', 'when: 1s'));
    const { code, stderr } = await tidegate(['simulate', file]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/broken\.yml:7:\d+: deeds\.0\.when is not a known key/);
  });
});
