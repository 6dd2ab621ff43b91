import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RULE, tidegate } from './command.ts';

describe('exchange with other Sigma tools', function () {
  this.timeout(60_000);
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const call = (...args: string[]) => tidegate(['rules', ...args], { cwd: folder });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-exchange-'));
    mkdirSync(join(folder, 'in/deep'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('export writes what is portable, moves tags of ATLAS, and gives lists as a pipeline', async () => {
    const rule = RULE.replace('tool: {', "tool: { CommandLine|expand: '%privileged_mentions%',");
    write(
      'in/deep/tool.yml',
      `${rule}suppress: 1h\ntags:\n  - attack.t1048\n  - atlas.aml.t0086\n`,
    );
    write('in/first.yml', `${RULE}missing_fields_strategy: drop\n`);
    const { stdout, stderr, code } = await call('export', 'in', '--out', 'out');
    expect(code).to.equal(0);
    expect(stdout).to.equal(
      '1 rule file in out, 1 file left out; lists in out.tidegate-lists.pipeline.yml\n',
    );
    expect(stderr).to.include(
      'left out: in/first.yml:8: "missing_fields_strategy" is an extension',
    );
    expect(read('out/deep/tool.yml')).to.equal(
      `${rule}tags:\n  - attack.t1048\natlas:\n  - aml.t0086\n`,
    );
    expect(read('out.tidegate-lists.pipeline.yml')).to.match(
      /^name: .*\nvars:\n {2}privileged_mentions:\n {4}- /s,
    );
    const scan = await tidegate(
      [
        ...[
          'scan',
          '--rules',
          'out',
          '--pipeline',
          'out.tidegate-lists.pipeline.yml',
          '--portable',
        ],
        ...['--strict', '-'],
      ],
      { cwd: folder },
    );
    expect(scan.stderr).to.not.include('error [');
  });

  it('import takes what loads and is served, mends it, and says what it left', async () => {
    write('in/old.yml', `${RULE}date: 2024/05/06\ntags: [attack.t1048]\n`);
    write('in/deep/blind.yml', RULE.replace('process_creation', 'telepathy'));
    write('in/deep/broken.yml', RULE.replace('endswith', 'endwith'));
    const { stdout } = await call('import', 'in', '--out', 'out');
    expect(stdout).to.include('1 rule file taken, 1 problem mended, 2 left out');
    expect(stdout).to.include('no sensor has events of windows telepathy');
    expect(stdout).to.include('unknown-modifier: unknown modifier "endwith"');
    expect(read('out/old.yml')).to.include('date: 2024-05-06');
    expect(existsSync(join(folder, 'out/deep'))).to.equal(false);
    expect((await call('import', 'in', '--out', 'out')).stdout).to.include(
      'there already (--force)',
    );
  });
});
