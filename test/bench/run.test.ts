import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { heldInput } from '../../src/bench/input.ts';
import { loadBenchRules, runBench } from '../../src/bench/run.ts';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import type { BenchReport } from '../../src/bench/report.ts';
import { BURST, launch } from '../cli/command.ts';

describe('runBench', () => {
  let folder = '';
  const decoder = createAutoDecoder();
  const seconds = [1, 2, 3, 4];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-'));
    writeFileSync(join(folder, 'rules.yml'), BURST);
  });

  after(() => rmSync(folder, { recursive: true }));

  function bench(alertsExpected?: number, rounds = 2): Promise<BenchReport> {
    const lines = seconds.map((second) => launch({ second, image: 'C:\\tool.exe' }));
    const records = [...lines, '{broken'].map((line, index) => ({
      payload: Buffer.from(line),
      position: { source: 'memory', partition: 0, offset: index + 1 },
    }));
    const input = heldInput(records, { cpuSeconds: 0, seconds: 0 }, alertsExpected);
    const rules = loadBenchRules({ rules: [join(folder, 'rules.yml')], lists: [], decoder });
    return runBench({ lane: 'full', rules, decoder, input, rounds });
  }

  it('counts what it measured, and finds what the rules find', async () => {
    const report = await bench(1);
    expect(report).to.include({
      lane: 'full',
      rounds: 2,
      rules: 2,
      records: 5,
      events: 4,
      refused: 1,
      matches: 4,
      alerts: 1,
    });
    expect(report.disagreements).to.deep.equal([]);
  });

  it('gives every figure that other tools read', async () => {
    const report = await bench();
    const positive = [
      report.cpuSeconds,
      report.eventsPerCpuSecond,
      report.parseOnly.eventsPerCpuSecond,
      report.product.eventsPerCpuSecond,
      report.coldEventsPerCpuSecond,
      report.ratio,
      report.productRatio,
      report.rssBytes,
      report.loadCpuSeconds,
    ];
    for (const figure of positive) expect(figure).to.be.greaterThan(0);
    // The events have one log source, and its program counts as loading.
    expect(report.programsCpuSeconds).to.be.within(0, report.loadCpuSeconds);
    expect(Object.keys(report.stages)).to.deep.equal([
      'read',
      'decode',
      'route',
      'match',
      'windows',
      'alert',
    ]);
  });

  it('says so when the alerts are not those that must be found', async () => {
    const report = await bench(2);
    expect(report.disagreements).to.deep.equal(['1 alerts, where 2 must be found']);
  });

  it('runs each pass once a round, and twice before', async () => {
    const names: (readonly string[])[] = [];
    const shares: number[] = [];
    const lines = [launch({ second: 1, image: 'C:\\tool.exe' })];
    const records = lines.map((line) => ({
      payload: Buffer.from(line),
      position: { source: 'memory', partition: 0, offset: 1 },
    }));
    await runBench({
      lane: 'full',
      rules: loadBenchRules({ rules: [join(folder, 'rules.yml')], lists: [], decoder }),
      decoder,
      input: heldInput(records, { cpuSeconds: 0, seconds: 0 }, undefined),
      rounds: 1,
      onPass: (name, share) => {
        names.push(name.split(': '));
        shares.push(share);
      },
    });
    const forth = ['JSON.parse alone', 'decode', 'decode and match', 'whole product'];
    expect(names.map(([, name]) => name)).to.deep.equal([
      ...forth,
      ...forth.toReversed(),
      ...forth,
    ]);
    expect(names.map(([title]) => title)).to.deep.equal([
      ...Array.from({ length: 8 }, () => 'warming up'),
      ...Array.from({ length: 4 }, () => 'round 1 of 1'),
    ]);
    expect(shares).to.deep.equal(Array.from({ length: 12 }, (_, pass) => pass / 12));
  });
});
