import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import type { BenchReport } from '../../src/bench/report.ts';
import { launch, RULE, tidegate } from './command.ts';

const ONE_HOST = resolve(import.meta.dirname, '../../fixtures/sysmon/flat.ndjson');

describe('tidegate bench', () => {
  let folder = '';
  let rule = '';
  let file = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-'));
    rule = join(folder, 'rule.yml');
    file = join(folder, 'events.ndjson');
    writeFileSync(rule, RULE);
    const lines = [1, 2].map((second) => launch({ second, image: 'C:\\tool.exe' }));
    writeFileSync(file, `${lines.join('\n')}\n`);
  });

  after(() => rmSync(folder, { recursive: true }));

  it('checks that the bundled day raises the alerts that it must', async function () {
    this.timeout(60_000);
    const done = await tidegate(['bench', '--repeat', '1', '--json']);
    expect(done.code, done.stderr).to.equal(0);
    const report = JSON.parse(done.stdout) as BenchReport;
    expect(report).to.include({ lane: 'full', records: 15_290, alerts: 8, rounds: 1 });
  });

  it('prints one object for several lanes', async () => {
    const args = ['--rules', rule, '--input', file, '--lanes', 'nomsg,full', '--repeat', '2'];
    const done = await tidegate(['bench', ...args, '--output', 'json']);
    expect(done.code, done.stderr).to.equal(0);
    const report = JSON.parse(done.stdout) as BenchReport & {
      readonly lanes: readonly BenchReport[];
    };
    expect(report).to.include({ lane: 'nomsg', rules: 1, events: 2, matches: 2, alerts: 2 });
    expect(report.lanes.map(({ lane }) => lane)).to.deep.equal(['nomsg', 'full']);
  });

  it('measures what workers gain, and sees that they find what one thread finds', async function () {
    this.timeout(60_000);
    const other = join(folder, 'other.ndjson');
    writeFileSync(other, readFileSync(file, 'utf8').replaceAll('host-1', 'host-2'));
    const args = ['--rules', rule, '--input', file, other, '--repeat', '1', '--workers', '2'];
    const done = await tidegate(['bench', ...args, '--json']);
    expect(done.code, done.stderr).to.equal(0);
    const { workers } = JSON.parse(done.stdout) as BenchReport;
    expect(workers).to.include({ workers: 2, rounds: 1 });
    expect(workers?.disagreements).to.deep.equal([]);
    expect(workers?.parse).to.include({ ofParse: 1, ofParseByProcessor: 1 });
    for (const gain of [workers?.parse, workers?.sigma, workers?.product]) {
      for (const figure of Object.values(gain ?? {})) expect(figure).to.be.greaterThan(0);
    }
  });

  it('prints tables without colours or control characters', async () => {
    const done = await tidegate(['bench', '--rules', rule, '--input', file, '--repeat', '1']);
    expect(done.code, done.stderr).to.equal(0);
    expect(done.stdout).to.match(/^lane full: 2 events of 2 records/);
    expect(done.stdout).to.contain('found: 2 matches, 2 alerts, the same in every round');
    for (const name of ['JSON.parse alone', 'decode + rules', 'whole product', 'windows', 'alert'])
      expect(done.stdout).to.contain(name);
    // eslint-disable-next-line no-control-regex
    expect(done.stdout).not.to.match(/[\u0000-\u0009\u000b-\u001f]/);
    expect(done.stderr).to.equal('');
  });

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown lane', ['--lanes', 'fast'], /unknown lane 'fast'; known are full, nomsg/],
    ['no rounds', ['--repeat', '0'], /--repeat: '0' is not a number from 1 to 1,000/],
    ['two inputs', ['--synthetic', '5', '--input', '/'], /cannot be used with/],
    [
      'fewer hosts than workers',
      ['--workers', '2', '--input', ONE_HOST, '--repeat', '1'],
      /the input has 1 host$/m,
    ],
    ['no event', ['--input', '/dev/null'], /no event in the input could be decoded/],
  ];
  for (const [name, args, expected] of mistakes) {
    it(`exits with 2 and one clear line for ${name}`, async () => {
      const done = await tidegate(['bench', ...args]);
      expect(done.stderr).to.match(expected);
      expect(done.stderr).not.to.contain('bug');
      expect(done.code).to.equal(2);
    });
  }
});
