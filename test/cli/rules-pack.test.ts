import { expect } from 'chai';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BURST, launch, RULE, tidegate } from './command.ts';

describe('cli: tidegate rules pack', () => {
  let folder = '';
  let rules = '';
  let input = '';
  let out = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-rules-'));
    rules = join(folder, 'burst.yml');
    input = join(folder, 'input.ndjson');
    out = join(folder, 'rules.tidegate-pack');
    writeFileSync(rules, BURST);
    const lines = [1, 3, 5, 7].map((second) => launch({ second, image: 'C:\\tool.exe' }));
    writeFileSync(input, lines.join('\n'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const scan = (...args: readonly string[]): ReturnType<typeof tidegate> =>
    tidegate(['scan', '--data-dir', join(folder, 'data'), '--output', 'ndjson', ...args, input]);

  it('writes what a scan then uses, with the same alerts and matches', async () => {
    const packed = await tidegate(['rules', 'pack', '--rules', rules, '--out', out]);
    expect(packed.stderr).to.equal('');
    expect(packed.code).to.equal(0);
    expect(packed.stdout).to.match(/^2 rules, 0\.0 MB: \/.*rules\.tidegate-pack\n$/);
    for (const form of [[], ['--matches']]) {
      const [text, pack] = [
        await scan('--rules', rules, ...form),
        await scan('--rules', out, ...form),
      ];
      expect(pack.code, pack.stderr).to.equal(0);
      expect(pack.stderr).to.equal(text.stderr);
      expect(withoutIngestTime(pack.stdout)).to.equal(withoutIngestTime(text.stdout));
      expect(pack.stdout.split('\n')).to.have.lengthOf(form.length === 0 ? 2 : 5);
    }
  });

  it('packs the bundled rules, to a name of its own, unless told otherwise', async () => {
    const packed = await tidegate(['rules', 'pack'], { cwd: folder });
    expect(packed.code, packed.stderr).to.equal(0);
    expect(existsSync(join(folder, 'rules.tidegate-pack'))).to.equal(true);
  });

  it('says in a line of the scan that changed rules were read from their files', async () => {
    await tidegate(['rules', 'pack', '--rules', rules, '--out', out]);
    writeFileSync(rules, RULE);
    const done = await scan('--rules', out, '--matches');
    expect(done.code).to.equal(0);
    expect(done.stderr).to.include('its rules have changed since it was made');
    expect(done.stdout.split('\n')).to.have.lengthOf(5);
  });

  it('names broken rules, packs the others, and names them again at every scan', async () => {
    writeFileSync(rules, `${RULE}---\ntitle: broken\nlogsource: { product: windows }\n`);
    const packed = await tidegate(['rules', 'pack', '--rules', rules, '--out', out]);
    expect(packed.code).to.equal(0);
    expect(packed.stdout).to.match(/^1 rule,/);
    const problem = /burst\.yml:\d+:\d+: error \[missing-key\]/;
    expect(packed.stderr).to.match(problem);
    expect((await scan('--rules', out)).stderr).to.match(problem);
  });

  it('writes nothing with --strict when a rule is broken', async () => {
    writeFileSync(rules, RULE.replace('condition: tool', 'condition: other'));
    const done = await tidegate(['rules', 'pack', '--rules', rules, '--out', out, '--strict']);
    expect(done.code).to.equal(1);
    expect(done.stderr).to.include('--strict writes no pack');
    expect(existsSync(out)).to.equal(false);
  });

  it('a damaged pack ends a scan with one clear line', async () => {
    await tidegate(['rules', 'pack', '--rules', rules, '--out', out]);
    const bytes = readFileSync(out);
    writeFileSync(out, bytes.subarray(0, bytes.length - 1));
    const done = await scan('--rules', out);
    expect(done.code).to.equal(1);
    expect(done.stdout).to.equal('');
    expect(done.stderr).to.equal(
      `tidegate: ${out}: is damaged: its bytes do not have their checksum; ` +
        'write it again with `tidegate rules pack`\n',
    );
  });

  const wrong: readonly (readonly [string, () => readonly string[], string])[] = [
    [
      'a pack beside other rules',
      () => ['scan', '--rules', rules, '--rules', out, input],
      'pack all',
    ],
    ['a pack of a pack', () => ['rules', 'pack', '--rules', out, '--out', out], 'is a pack'],
    ['another name', () => ['rules', 'pack', '--out', 'rules.json'], 'must end in .tidegate-pack'],
    ['rules that are not there', () => ['rules', 'pack', '--rules', '/nowhere'], 'no such file'],
    ['an unknown command', () => ['rules', 'pak'], 'pack'],
  ];
  for (const [what, args, message] of wrong) {
    it(`${what} is wrong usage`, async () => {
      await tidegate(['rules', 'pack', '--rules', rules, '--out', out]);
      const done = await tidegate(args());
      expect(done.code).to.equal(2);
      expect(done.stderr).to.include(message);
    });
  }

  it('a folder that does not take the pack is named', async () => {
    const path = join(folder, 'missing', 'x.tidegate-pack');
    const done = await tidegate(['rules', 'pack', '--rules', rules, '--out', path]);
    expect(done.code).to.equal(1);
    expect(done.stderr).to.include(`${path}: the pack can not be written`);
  });
});

function withoutIngestTime(output: string): string {
  return output.replaceAll(/"ingested":"[^"]*"/g, '');
}
