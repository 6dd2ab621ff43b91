import { expect } from 'chai';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { BURST, launch, RULE, tidegate, type Finished } from './command.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DAY = join(ROOT, 'fixtures/scenarios/developer-day.ndjson.gz');
const RECORDINGS = join(ROOT, '../shared/data/evtx-mitre');

describe('cli: tidegate scan --workers', () => {
  let folder = '';
  let names: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-workers-'));
    names = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, content: string | Uint8Array | readonly string[]): string {
    const path = join(folder, name);
    writeFileSync(path, Array.isArray(content) ? content.join('\n') : (content as string));
    names.push(path);
    return path;
  }

  // When a record was refused is our clock's.
  const refused = (): string => {
    const path = join(folder, 'data/refused.ndjson');
    if (!existsSync(path)) return '';
    return readFileSync(path, 'utf8').replaceAll(/"refused_at":"[^"]*"/g, '');
  };

  const scan = (workers: number, args: readonly string[]): Promise<Finished> =>
    tidegate(['scan', '--data-dir', join(folder, 'data'), '--workers', String(workers), ...args]);

  /** What three workers say, after seeing that one says the same: findings, counts, refusals. */
  async function same(...args: readonly string[]): Promise<Finished & { readonly note: string }> {
    const one = await scan(1, args);
    const refusedByOne = refused();
    const three = await scan(3, args);
    const [, note, stderr] =
      /^(?:--workers 3: one is at work, since (.*)\n)?([^]*)$/.exec(three.stderr) ?? [];
    expect(firstDifference(three.stdout, one.stdout)).to.equal(undefined);
    expect(stderr).to.equal(one.stderr);
    expect(three.code).to.equal(one.code);
    expect(refused()).to.equal(refusedByOne);
    return { ...three, note: note ?? '' };
  }

  const onHost = (host: string, line: string): string => line.replace('"host-1"', `"${host}"`);

  /** Launches on a host, one a second from a start; every third is of the tool. */
  function launches(host: string, from: number, count: number): string[] {
    return Array.from({ length: count }, (_, n) => {
      const image = n % 3 === 0 ? 'C:\\tool.exe' : 'C:\\other.exe';
      const line = launch({ second: 0, image, record: from + n });
      const time = new Date(Date.UTC(2026, 2, 3, 10, 0, from + n)).toISOString().slice(0, 19);
      return onHost(host, line).replace('2026-03-03 10:00:00', time.replace('T', ' '));
    });
  }

  const day = (): readonly string[] =>
    gunzipSync(readFileSync(DAY)).toString().trimEnd().split('\n');

  it('finds the three thefts of the day in a file for each host', async () => {
    const lines = day();
    const isLaptop = (line: string): boolean => line.includes('LAP-7');
    write('laptop.ndjson', lines.filter(isLaptop));
    write('others.gz', gzipSync(lines.filter((line) => !isLaptop(line)).join('\n')));
    const done = await same('--output', 'ndjson', '--fail-on', 'high', ...names);
    expect(done.note).to.equal('');
    expect(done.stdout.trimEnd().split('\n')).to.have.length(8);
    expect(done.code).to.equal(3);
  });

  it('judges files of the same hosts together', async () => {
    const lines = day();
    const size = Math.ceil(lines.length / 4);
    for (const part of [2, 0, 3, 1]) {
      write(`part-${part}.ndjson`, lines.slice(part * size, (part + 1) * size));
    }
    const done = await same(...names);
    expect(done.note).to.equal('the files are of the same hosts');
    expect(done.stderr).to.contain('8 alerts');
  });

  it('begins anew when a host turns up late in the file of another, and misses no window', async () => {
    const rules = write('burst.yml', BURST);
    names = [];
    // Two launches of the tool lie in the other file: only together are they three in ten seconds.
    const far = launches('host-b', 3600, 6);
    write('a.ndjson', [...launches('host-a', 0, 3600), ...far.slice(0, 4)]);
    write('b.ndjson', [
      ...launches('host-b', 2, 2),
      ...far.slice(4),
      launches('host-b', 3609, 1)[0] ?? '',
    ]);
    write('c.ndjson', launches('host-c', 0, 2000));
    write('d.ndjson', launches('host-d', 5, 900));
    const done = await same('--rules', rules, '--output', 'ndjson', ...names);
    expect(done.note).to.equal('');
    const found = done.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AlertLine);
    const ofB = found.filter(({ host }) => host.name === 'host-b');
    expect(ofB.map(({ tidegate: { count } }) => count)).to.deep.equal([3]);
  });

  it('prints alerts of single events in the order of the log, those that may grow after them', async () => {
    const muted = RULE.replace('0a2ad1f6', '0a2ad1f8').concat('suppress: 1m\n');
    const rules = write(
      'rules.yml',
      `${RULE}---\n${muted}---\n${BURST.split('---')[0]?.replace('type:', 'generate: true\n  type:')}`,
    );
    names = [];
    for (const [index, host] of ['x', 'y', 'z'].entries()) {
      write(`${host}.ndjson`, launches(`host-${host}`, index, 200));
    }
    const done = await same('--rules', rules, ...names);
    expect(done.note).to.equal('');
    const times = done.stdout.split('\n').filter((line) => line.includes('A Tool Starts'));
    expect(times.length).to.be.above(200);
  });

  it('keeps what was refused in the order of the log, and judges a damaged file up to its damage', async () => {
    const rule = write('rule.yml', RULE);
    names = [];
    const mixed = (host: string, from: number): string[] =>
      launches(host, from, 300).flatMap((line, n) =>
        n % 50 === 7 ? [line, `no ${host} ${n}`] : line,
      );
    write('a.ndjson', ['first', ...mixed('host-a', 0)]);
    write('b.ndjson', mixed('host-b', 1));
    const whole = gzipSync(launches('host-c', 0, 1500).join('\n'));
    write('cut.gz', whole.subarray(0, whole.length - 2000));
    write('empty', '');
    const done = await same('--rules', rule, '--output', 'ndjson', ...names);
    expect(done.note).to.equal('');
    expect(done.stderr).to.contain('13 records refused');
    expect(done.stderr).to.contain('cut.gz: the compressed data is damaged or cut short');
    expect(done.code).to.equal(1);
  });

  it('gives the files of rules that count across hosts to one worker', async () => {
    const rules = write('burst.yml', BURST.replace('group-by: Computer', 'group-by: Image'));
    names = [];
    write('a.ndjson', launches('host-a', 0, 30));
    write('b.ndjson', launches('host-b', 1, 30));
    const done = await same('--rules', rules, ...names);
    expect(done.note).to.equal('a rule counts across hosts');
    expect(done.stderr).to.contain('1 alert');
  });

  it('prints matches file after file', async () => {
    const rule = write('rule.yml', RULE);
    names = [];
    write('late.ndjson', [...launches('host-a', 100, 90), 'no telemetry']);
    write('early.ndjson', launches('host-a', 0, 60));
    write('other.ndjson', launches('host-b', 50, 30));
    const done = await same('--rules', rule, '--matches', '--output', 'ndjson', ...names);
    expect(done.note).to.equal('');
    expect(done.stdout.trimEnd().split('\n')).to.have.length(60);
  });

  it('prints matches of rules that read lineage as one worker does, over files of one host too', async () => {
    const lines = day();
    const half = lines.length >> 1;
    write('one.ndjson', lines.slice(0, half));
    write('two.ndjson', lines.slice(half));
    const done = await same('--matches', '--output', 'ndjson', ...names);
    expect(done.stdout.trimEnd().split('\n').length).to.be.above(100);
  });

  it('says why one is at work where files cannot be split', async () => {
    const rule = write('rule.yml', RULE);
    const file = write('a.ndjson', launches('host-a', 0, 3));
    for (const [files, note] of [
      [[file], 'there is one file'],
      [[file, file], 'a file is named twice'],
      [[file, '-'], 'a pipe can be read only once'],
    ] as const) {
      expect((await same('--rules', rule, ...files)).note).to.equal(note);
    }
  });

  it('reports rules and mistakes as one worker does', async () => {
    const broken = RULE.replace('|endswith', '|endswidth');
    const rules = write('rules.yml', `${broken}---\n${BURST}`);
    names = [];
    write('a.ndjson', launches('host-a', 0, 3));
    write('b.ndjson', launches('host-b', 0, 3));
    await same('--rules', rules, ...names);
    expect((await same('--rules', rules, '--strict', ...names)).code).to.equal(1);
    expect((await same('--rules', write('none.yml', ''), ...names.slice(0, 2))).code).to.equal(2);
    const none = await scan(0, names);
    expect(none.stderr).to.contain("--workers: '0' is not a number from 1 to");
    expect(none.code).to.equal(2);
  });

  it('finds in shared recordings what one worker finds', async function () {
    if (!existsSync(RECORDINGS)) {
      console.log('      skipped: no folder ../shared/data/evtx-mitre beside the checkout');
      this.skip();
    }
    const files = readdirSync(RECORDINGS).filter((name) => name.endsWith('.gz'));
    const rule = write('rule.yml', RULE.replace("'\\tool.exe'", "'.exe'"));
    const args = [
      '--rules',
      rule,
      '--output',
      'ndjson',
      ...files.map((name) => join(RECORDINGS, name)),
    ];
    const done = await same(...args);
    expect(done.note).to.equal('');
    expect(done.stdout).not.to.equal('');
    await same('--matches', ...args);
  });
});

/** The first line that two outputs do not share; outputs themselves are too long to show. */
function firstDifference(one: string, other: string): unknown {
  if (one === other) return undefined;
  const lines = other.split('\n');
  const at = one.split('\n').findIndex((line, index) => line !== lines[index]);
  return { line: at + 1, one: one.split('\n')[at]?.slice(0, 300), other: lines[at]?.slice(0, 300) };
}

interface AlertLine {
  readonly host: { readonly name: string };
  readonly tidegate: { readonly count: number };
}
