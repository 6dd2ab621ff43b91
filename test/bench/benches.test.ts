import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { withLogsource } from '../../bench/compare-input.ts';
import { differences } from '../../bench/compare-rules.ts';
import { compare, measure } from '../../bench/compare.ts';
import { measureCheckpoints } from '../../bench/checkpoint.bench.ts';
import { measureDecoders } from '../../bench/decoders.bench.ts';
import { measureGrowth } from '../../bench/growth.bench.ts';
import { measureHostile } from '../../bench/hostile.bench.ts';
import { sumUp, type CpuProfile } from '../../bench/profile.ts';
import { findLane } from '../../src/bench/lane.ts';
import { launch } from '../cli/command.ts';
import { isCorpusHere } from '../engine/matching/corpus.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures');

describe('benches, tiny', () => {
  it('decoders: every form of every format is measured', () => {
    const figures = measureDecoders({ records: 12, rounds: 1 });
    const forms = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter(
      (name) => /\.(?:ndjson|log)$/.test(name) && !/expected|refused/.test(name),
    );
    expect(figures.map(({ decoder, fixture }) => `${decoder}/${fixture}`).sort()).to.deep.equal(
      forms.sort(),
    );
    // A log has lines that are no events, such as the names of its columns.
    for (const { events, fixture } of figures) {
      expect(events, fixture).to.be.at.least(fixture.endsWith('.log') ? 2 : 12);
    }
  });

  it('growth: more rules match more', function () {
    if (!isCorpusHere) {
      if (process.env['CI'] === 'true') throw new Error('../shared is not here');
      process.stdout.write('      skipped: the shared rules and recordings are not here\n');
      this.skip();
    }
    this.timeout(30_000);
    const recordings = ['mordor/psh_python_webserver'];
    const found = measureGrowth({ recordings, sizes: [10, 3141], rounds: 1 });
    expect(found.map(({ rules, events }) => [rules, events])).to.deep.equal([
      [10, 2395],
      [3141, 2395],
    ]);
    expect(found[1]?.matches).to.be.greaterThan(found[0]?.matches ?? 0);
  });

  it('checkpoint: a table of processes is packed, and again after it grew', async () => {
    const { rows, bytes, bytesWritten } = await measureCheckpoints({
      hosts: 20,
      processes: 40,
      rounds: 1,
    });
    expect(rows).to.equal(800);
    expect(bytesWritten).to.be.greaterThan(0);
    expect(bytes).to.be.greaterThan(0);
  });

  it('hostile: what only writes records otherwise changes no verdict', function () {
    this.timeout(30_000);
    const rules = [resolve(FIXTURES, '../test/bench/hostile-rules')];
    const found = measureHostile({ records: 60, rounds: 1, rules });
    expect(found[0]?.matches).to.be.greaterThan(0);
    expect(found.map(({ records }) => records).every((records) => records > 0)).to.equal(true);
  });

  describe('compare', () => {
    const node = JSON.stringify(process.execPath);

    it('counts the time of children of children, and the lines of both', async () => {
      const busy = `${node} -e "const t = process.cpuUsage().user; while (process.cpuUsage().user - t < 3e5);"`;
      const run = await measure({ line: `(${busy}; echo one; echo two) | cat` });
      expect(run.lines).to.equal(2);
      expect(run.cpuSeconds).to.be.at.least(0.3);
    });

    it('runs both in turn, one round more than it counts', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tidegate-'));
      const log = join(folder, 'log');
      writeFileSync(log, '');
      const command = (name: string): string =>
        `echo ${name} >> '${log}'; cat '${log}' | head -n 1`;
      const found = await compare({
        ours: { line: command('a') },
        theirs: { line: command('b') },
        rounds: 2,
      });
      const { lines } = await measure({ line: `cat '${log}'` });
      rmSync(folder, { recursive: true });
      expect([found.ours.runs.length, found.theirs.runs.length, lines]).to.deep.equal([2, 2, 6]);
      expect(found.disagreements).to.deep.equal([]);
    });

    it('says so when a command finds something else in another round', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tidegate-'));
      const log = join(folder, 'log');
      const growing = `echo x >> '${log}'; cat '${log}'`;
      const found = await compare({
        ours: { line: growing },
        theirs: { line: 'echo y' },
        rounds: 2,
      });
      rmSync(folder, { recursive: true });
      expect(found.disagreements).to.deep.equal(['ours printed 2, 3 lines']);
    });

    it('takes off what the sample costs, and counts the lines that the input has more', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tidegate-'));
      const input = join(folder, 'input');
      writeFileSync(input, '{"rule":{"id":"a"}}\n{"rule":{"id":"b"}}\n{"rule":{"id":"a"}}\n');
      writeFileSync(`${input}.sample`, '{"rule":{"id":"a"}}\n');
      const found = await compare({
        ours: { line: "cat '{}'", rule: 'rule.id' },
        theirs: { line: "head -n 2 '{}'", rule: 'rule.id' },
        rounds: 1,
        input,
        sample: `${input}.sample`,
      });
      const reasons = join(folder, 'reasons');
      writeFileSync(reasons, '{"it reads two lines":["a"]}');
      const [ours, theirs] = [found.ours.runs[0], found.theirs.runs[0]];
      const differing = differences(ours?.rules, theirs?.rules, reasons);
      rmSync(folder, { recursive: true });
      expect(found.ours.eventsPerCpuSecond).to.equal(2 / found.ours.cpuSeconds);
      expect(differing).to.deep.equal({
        equal: 1,
        rules: [{ rule: 'a', ours: 2, theirs: 1, why: 'it reads two lines' }],
      });
    });

    it('names the log source of each record in members of its own', () => {
      const line = launch({ second: 1, image: 'C:\\a.exe' }).replace(/}$/, ',"Message":"long"}');
      const record = {
        payload: Buffer.from(`${line}\r\n`),
        position: { source: 'test', partition: 0, offset: 1 },
      };
      const lane = findLane('nomsg');
      expect(lane).not.to.equal(undefined);
      const written = lane === undefined ? undefined : withLogsource(record, lane)?.toString();
      const { Message: _, ...whole } = JSON.parse(line) as Record<string, unknown>;
      const source = { product: 'windows', category: 'process_creation', service: 'sysmon' };
      expect(JSON.parse(written ?? '')).to.deep.equal({ ...whole, ...source });
      expect(written?.endsWith('"service":"sysmon"}\n')).to.equal(true);
    });

    it('fails with the command that failed', async () => {
      const failed = await measure({ line: 'exit 3' }).catch((error: unknown) => String(error));
      expect(failed).to.contain('exit code 3: exit 3');
    });
  });

  it('profile: self times under a pass, by function', () => {
    const frame = (functionName: string, url = ''): CpuProfile['nodes'][number]['callFrame'] => ({
      functionName,
      url,
      lineNumber: 6,
    });
    const profile: CpuProfile = {
      nodes: [
        { id: 1, callFrame: frame('(root)'), children: [2, 4] },
        { id: 2, callFrame: frame('sigmaPass', 'file:///x/src/bench/passes.ts'), children: [3] },
        { id: 3, callFrame: frame('match') },
        { id: 4, callFrame: frame('parsePass'), children: [5] },
        { id: 5, callFrame: frame('match') },
      ],
      samples: [2, 3, 5, 3],
      timeDeltas: [1000, 2000, 4000, 1000],
    };
    expect(sumUp(profile, ['sigmaPass'])).to.deep.equal([
      { name: 'match', ms: 3, share: 0.75 },
      { name: 'sigmaPass src/bench/passes.ts:7', ms: 1, share: 0.25 },
    ]);
    expect(sumUp(profile, [])[0]).to.deep.equal({ name: 'match', ms: 7, share: 0.875 });
  });
});
