import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RULE, tidegate } from './command.ts';

const GOOD = `${RULE}status: test
description: A tool starts.
tags: [attack.t1048]
falsepositives: [none known]
`;

describe('tidegate rules check', function () {
  this.timeout(60_000);
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-check-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('says ok of a sound rule', async () => {
    write('tool.yml', GOOD);
    const { code, stdout } = await tidegate(['rules', 'check', '--strict', folder]);
    expect(stdout).to.equal('ok: 1 rule in 1 file\n');
    expect(code).to.equal(0);
  });

  it('shows a problem as a compiler does: place, line, caret, what to do', async () => {
    write('tool.yml', GOOD.replace('endswith', 'endwith'));
    const { code, stdout } = await tidegate(['rules', 'check', 'tool.yml'], { cwd: folder });
    expect(stdout.split('\n').slice(0, 3)).to.deep.equal([
      'tool.yml:5:11: error[unknown-modifier]: unknown modifier "endwith"',
      " 5 |   tool: { Image|endwith: '\\tool.exe' }",
      '   |           ^',
    ]);
    expect(stdout).to.match(/= hint: .*endswith/);
    expect(stdout).to.include('1 error, 0 warnings: 0 rules in 1 file');
    expect(code).to.equal(1);
  });

  it('fails for warnings only with --strict', async () => {
    write('tool.yml', GOOD.replace('attack.t1048', 'attack.t9999'));
    const lax = await tidegate(['rules', 'check', folder]);
    expect(lax.stdout).to.include('warning[unknown-technique]');
    expect(lax.code).to.equal(0);
    expect((await tidegate(['rules', 'check', '--strict', folder])).code).to.equal(1);
  });

  it('mends what is safe, says how much, and what is left', async () => {
    write('tool.yml', GOOD.replace('[attack.t1048]', '\n  - attack.t1562.001\n  - attack.t9999'));
    const { code, stdout, stderr } = await tidegate(['rules', 'check', '--fix', folder]);
    expect(stderr).to.equal('1 problem mended\n');
    expect(stdout).to.include('ATT&CK has no technique T9999');
    expect(readFileSync(join(folder, 'tool.yml'), 'utf8')).to.include('- attack.t1685\n');
    expect(code).to.equal(0);
  });

  it('speaks JSON, SARIF and the language of GitHub Actions', async () => {
    write('tool.yml', GOOD.replace('level: medium', 'level: fatal'));
    const call = async (form: string): Promise<string> =>
      (await tidegate(['rules', 'check', 'tool.yml', '--output', form], { cwd: folder })).stdout;
    const json = JSON.parse(await call('json')) as { readonly problems: readonly object[] };
    expect(json).to.include({ files: 1, rules: 0 });
    expect(json.problems[0]).to.include({
      code: 'invalid-level',
      severity: 'error',
      file: 'tool.yml',
      line: 7,
      column: 8,
    });
    const sarif = JSON.parse(await call('sarif')) as {
      readonly version: string;
      readonly runs: readonly { readonly results: readonly unknown[] }[];
    };
    expect(sarif.version).to.equal('2.1.0');
    expect(JSON.stringify(sarif.runs[0]?.results[0])).to.include(
      '"physicalLocation":{"artifactLocation":{"uri":"tool.yml"},"region":{"startLine":7,"startColumn":8}}',
    );
    expect(await call('github')).to.match(
      /^::error file=tool\.yml,line=7,col=8,title=invalid-level::"level" is "fatal"/,
    );
  });

  it('names a rule without tests where others have some', async () => {
    write('tool.yml', GOOD);
    write('tool.test.yml', 'cases: []\n');
    write('other.yml', GOOD.replace('0a2ad1f6', '1a2ad1f6').replace('tool.exe', 'other.exe'));
    const { stdout } = await tidegate(['rules', 'check', folder]);
    expect(stdout).to.match(/other\.yml:1:1: warning\[without-tests\]/);
    expect(stdout).to.not.match(/tool\.yml.*without-tests/);
  });

  it('shows what an attacker could have written into a rule without its control characters', async () => {
    write('tool.yml', GOOD.replace('A Tool Starts', '"a \\e[31m tool"'));
    const { stdout } = await tidegate(['rules', 'check', folder]);
    expect(stdout).to.include('title-form');
    expect(stdout).to.not.include('\u001b');
  });

  it('the bundled rules are sound', async () => {
    const { code, stdout } = await tidegate(['rules', 'check', '--strict']);
    expect(stdout).to.match(/^ok: /);
    expect(code).to.equal(0);
  });

  it('a path that is not there is a mistake in the call', async () => {
    const { code, stderr } = await tidegate(['rules', 'check', 'no-such-folder']);
    expect(code).to.equal(2);
    expect(stderr).to.include('no-such-folder: no such file or folder');
  });
});
