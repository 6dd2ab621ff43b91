import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { BURST, launch, ndjson, RULE, tidegate } from './command.ts';

interface AlertLine {
  readonly '@timestamp': string;
  readonly event: { readonly id: string; readonly kind: string; readonly end: string };
  readonly rule: { readonly name: string };
  readonly tidegate: { readonly count: number; readonly value?: number };
}

describe('cli: tidegate scan', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-scan-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  const scan = (...args: readonly string[]): ReturnType<typeof tidegate> =>
    tidegate(['scan', '--data-dir', join(folder, 'data'), ...args]);

  const launches = [
    launch({ second: 1, image: 'C:\\tool.exe' }),
    '',
    launch({ second: 2, image: 'C:\\other.exe' }),
    launch({ second: 3, image: 'C:\\TOOL.EXE' }),
    launch({ second: 3, image: 'C:\\TOOL.EXE' }),
  ].join('\n');

  it('prints each (record, rule) match with its line, duplicates too, however the file is packed', async () => {
    const rule = write('rule.yml', RULE);
    for (const file of [
      write('plain.ndjson', launches),
      write('packed.gz', gzipSync(launches)),
      write('packed.zst', zstdCompressSync(launches)),
    ]) {
      const done = await scan('--rules', rule, '--matches', '--output', 'ndjson', file);
      expect(done.code, done.stderr).to.equal(0);
      const match = (line: number, time: string): unknown => ({
        rule: { id: '0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a5b', name: 'A Tool Starts' },
        tidegate: { source: { file, line } },
        '@timestamp': time,
      });
      expect(ndjson(done.stdout)).to.deep.equal([
        match(1, '2026-03-03T10:00:01.000Z'),
        match(4, '2026-03-03T10:00:03.000Z'),
        match(5, '2026-03-03T10:00:03.000Z'),
      ]);
    }
  });

  it('raises one alert for a burst, with its final count, and none for what only feeds it', async () => {
    const rules = write('burst.yml', BURST);
    const input = [1, 3, 5, 7, 9]
      .map((second) => launch({ second, image: 'C:\\tool.exe' }))
      .join('\n');
    const done = await tidegate(
      ['scan', '--data-dir', folder, '--rules', rules, '--output', 'ndjson', '-'],
      { input },
    );
    expect(done.code, done.stderr).to.equal(0);
    const alerts = ndjson(done.stdout) as readonly AlertLine[];
    expect(alerts).to.have.length(1);
    expect(alerts[0]).to.deep.include({ '@timestamp': '2026-03-03T10:00:01.000Z' });
    expect(alerts[0]?.event).to.deep.include({ kind: 'alert', end: '2026-03-03T10:00:09.000Z' });
    expect(alerts[0]?.tidegate).to.deep.include({ count: 5, value: 5 });
  });

  it('gives the same ids again, and for shuffled and repeated input', async () => {
    const rules = write('burst.yml', BURST);
    const lines = Array.from({ length: 20 }, (_, n) =>
      launch({ second: n, image: n % 3 === 0 ? 'C:\\other.exe' : 'C:\\tool.exe', record: n + 1 }),
    );
    // Neighbours change places (1 s apart, lateness is 5 s), and some lines come twice.
    const shuffled = lines.flatMap((_, n) => [
      lines[n ^ 1] ?? '',
      ...(n % 4 === 0 ? [lines[n] ?? ''] : []),
    ]);
    const ids: string[] = [];
    for (const [name, content] of [
      ['sorted', lines],
      ['again', lines],
      ['shuffled', shuffled],
    ] as const) {
      const done = await scan(
        '--rules',
        rules,
        '--output',
        'ndjson',
        write(name, content.join('\n')),
      );
      const alerts = ndjson(done.stdout) as readonly AlertLine[];
      ids.push(JSON.stringify(alerts.map((alert) => [alert.event.id, alert.tidegate.count])));
    }
    expect(ids[0]).to.match(/^\[\["[0-9a-f]{40}",13\]\]$/);
    expect(ids[1]).to.equal(ids[0]);
    expect(ids[2]).to.equal(ids[0]);
  });

  it('counts, names and keeps every kind of bad record, and judges the good ones', async () => {
    const rule = write('rule.yml', RULE);
    const file = write(
      'bad.ndjson',
      Buffer.concat([
        Buffer.from(`{"broken\n[1]\n42\n{"EventID":"x","Channel":7}\n`),
        Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d, 0x0a]),
        Buffer.from(`${'['.repeat(100_000)}\n`),
        Buffer.from(`{"a":"${'x'.repeat(20 * 1024 * 1024)}"}\n`),
        Buffer.from(`{"some":"json"}\n${launch({ second: 1, image: 'C:\\tool.exe' })}\n`),
      ]),
    );
    const done = await scan('--rules', rule, '--matches', '--output', 'ndjson', file);
    expect(done.code, done.stderr).to.equal(0);
    expect(ndjson(done.stdout)).to.have.length(1);
    expect(done.stderr).to.contain('8 records refused');
    expect(done.stderr).to.contain(`${file}:1: invalid_json`);
    const kept = ndjson(readFileSync(join(folder, 'data/refused.ndjson'), 'utf8')) as readonly {
      readonly reason: string;
      readonly position: { readonly source: string; readonly offset: number };
    }[];
    expect(kept.map(({ reason, position }) => `${position.offset} ${reason}`)).to.deep.equal([
      '1 invalid_json',
      '2 not_an_object',
      '3 unknown_format',
      '4 wrong_type',
      '5 invalid_utf8',
      '6 too_deep',
      '7 too_large',
      '8 unknown_format',
    ]);
  });

  it('reads several pipes without losing a record', async () => {
    const rule = write('rule.yml', RULE);
    const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
    const file = write('one.ndjson', launches);
    const script = `"$0" "$1" scan --data-dir "$2" --rules "$3" --output ndjson <(cat "$4") <(cat "$4")`;
    const args = ['-c', script, process.execPath, main, join(folder, 'data'), rule, file];
    const done = spawnSync('bash', args, { encoding: 'utf8' });
    expect(done.status, done.stderr).to.equal(0);
    expect(done.stderr).to.contain('8 records');
  });

  it('judges what comes before the damage of a file, reads the other files, and fails', async () => {
    const rule = write('rule.yml', RULE);
    const many = Array.from({ length: 20_000 }, (_, n) => `${n}`).join('\n');
    const whole = gzipSync(`${launch({ second: 1, image: 'C:\\tool.exe' })}\n${many}`);
    const damaged = write('cut.gz', whole.subarray(0, whole.length - 5000));
    const good = write('good.ndjson', launch({ second: 9, image: 'C:\\tool.exe' }));
    const done = await scan('--rules', rule, '--output', 'ndjson', damaged, good);
    expect(ndjson(done.stdout)).to.have.length(2);
    expect(done.stderr).to.contain('cut.gz: the compressed data is damaged or cut short');
    expect(done.stderr).to.contain('2 alerts');
    expect(done.code).to.equal(1);
  });

  it('names the rule beside a sentence that does not', async () => {
    const done = await scan('--rules', write('rule.yml', RULE), write('one.ndjson', launches));
    expect(done.stdout).to.contain('A Tool Starts');
  });

  it('ends quietly when its reader goes away', () => {
    const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
    const script = '"$0" "$1" --help | head -1; exit "${PIPESTATUS[0]}"';
    const done = spawnSync('bash', ['-c', script, process.execPath, main], { encoding: 'utf8' });
    expect(done.stderr).to.equal('');
    expect(done.status).to.equal(0);
  });

  it('reads an empty file as nothing', async () => {
    const done = await scan(write('empty', ''));
    expect(done.code, done.stderr).to.equal(0);
    expect(done.stdout).to.equal('');
    expect(done.stderr).to.contain('0 alerts in 0 events');
  });

  it('names a broken rule by file, line and column, and loads the others', async () => {
    const broken = RULE.replace('|endswith', '|endswidth').replace('0a2ad1f6', '0a2ad1f7');
    const rules = write('rules.yml', `${RULE}---\n${broken}`);
    const file = write('one.ndjson', launches);
    const done = await scan('--rules', rules, '--matches', file);
    expect(done.code, done.stderr).to.equal(0);
    expect(done.stdout.trim().split('\n')).to.have.length(3);
    expect(done.stderr).to.match(/rules\.yml:13:11: error \[unknown-modifier\] .*endswidth/);
    const strict = await scan('--strict', '--rules', rules, file);
    expect(strict.code).to.equal(1);
  });

  it('exits with 3 only if an alert of the level was raised', async () => {
    const rule = write('rule.yml', RULE);
    const file = write('one.ndjson', launches);
    expect((await scan('--rules', rule, '--fail-on', 'medium', file)).code).to.equal(3);
    expect((await scan('--rules', rule, '--fail-on', 'high', file)).code).to.equal(0);
    const hidden = await scan('--rules', rule, '--fail-on', 'medium', '--min-level', 'high', file);
    expect(hidden.code).to.equal(3);
    expect(hidden.stdout).to.equal('');
  });

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no file', [], /missing required argument 'file'/],
    ['a missing file', ['/no/such.ndjson'], /^tidegate: \/no\/such\.ndjson: no such file\n$/],
    ['a folder', ['/'], /is a folder/],
    ['an unknown flag', ['--frobnicate', 'x'], /unknown option '--frobnicate'/],
    ['an unknown format', ['--input-format', 'csv', '-'], /unknown format 'csv'/],
    ['an unknown level', ['--fail-on', 'bad', '-'], /Allowed choices are informational/],
    ['an unknown output', ['--output', 'xml', '-'], /Allowed choices are table, ndjson/],
    ['a level for matches', ['--matches', '--fail-on', 'low', '-'], /--matches raises none/],
    ['a lateness that is no time', ['--lateness', 'soon', '-'], /'soon' is not a time/],
    [
      'rules that are not there',
      ['--rules', '/no/rules', '-'],
      /\/no\/rules: no such file or folder/,
    ],
  ];
  for (const [name, args, expected] of mistakes) {
    it(`exits with 2 and one clear line for ${name}`, async () => {
      const done = await scan(...args);
      expect(done.stderr).to.match(expected);
      expect(done.stderr).not.to.contain('bug');
      expect(done.code).to.equal(2);
    });
  }
});
