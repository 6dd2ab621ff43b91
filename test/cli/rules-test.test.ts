import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { BURST, RULE, launch, tidegate } from './command.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

const FIRES = `cases:
  - name: a tool raises an alert
    events:
      - { category: process_creation, product: windows, process: 'C:\\tool.exe' }
    expect: [{ at: 0s, key: host-1 }]
`;
const SILENT = `  - name: another program stays silent
    events:
      - { category: process_creation, product: windows, process: 'C:\\other.exe' }
    expect: []
`;

describe('tidegate rules test', function () {
  this.timeout(60_000);
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('says what passed, and what selections have shown', async () => {
    write('tool.yml', RULE);
    write('tool.test.yml', FIRES + SILENT);
    const { code, stdout } = await tidegate(['rules', 'test', folder]);
    expect(stdout).to.match(
      /^2 cases passed in 1 file, .*; 1 of 1 selection seen true and false\n$/,
    );
    expect(code).to.equal(0);
  });

  it('names a failing case by file and line, with what was expected and what came', async () => {
    write('tool.yml', RULE);
    write('tool.test.yml', FIRES.replace('0s', '5s'));
    const { code, stdout } = await tidegate(['rules', 'test', 'tool.yml'], { cwd: folder });
    expect(stdout.split('\n').slice(0, 4)).to.deep.equal([
      'tool.test.yml',
      '  FAIL  a tool raises an alert (line 2)',
      '        missing: an alert at 5000 ms for host-1',
      '        not expected: 0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a5b at 0 ms for host-1, 1 events',
    ]);
    expect(code).to.equal(1);
  });

  it('names the selections that no case makes false', async () => {
    write('tool.yml', RULE);
    write('tool.test.yml', FIRES);
    const { stdout } = await tidegate(['rules', 'test', folder, '--verbose']);
    expect(stdout).to.include('note  0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a5b: tool is never false');
  });

  it('takes recorded events with their own times, made-up ones beside them', async () => {
    write('burst.yml', BURST);
    write(
      'events.ndjson',
      [3, 5].map((second) => launch({ second, image: 'C:\\tool.exe' })).join('\n'),
    );
    write(
      'burst.test.yml',
      `cases:
  - name: two recorded and one made-up launch
    events:
      - { recorded: events.ndjson }
      - { at: 4s, category: process_creation, product: windows, process: 'C:\\tool.exe' }
    expect: [{ at: 4s, key: host-1, count: 3 }]
  - name: the same by the clock
    events:
      - { recorded: events.ndjson, format: sysmon }
      - { at: 4s, category: process_creation, product: windows, process: 'C:\\tool.exe' }
    expect: [{ time: '2026-03-03T10:00:07Z', key: host-1 }]
`,
    );
    const { stdout } = await tidegate(['rules', 'test', folder]);
    expect(stdout).to.match(/^2 cases passed/);
  });

  const broken: readonly (readonly [string, string])[] = [
    ['{ recorded: nowhere.ndjson }', 'nowhere.ndjson: no such file beside the test'],
    ['{ recorded: r.ndjson, format: nonsense }', 'no decoder is called "nonsense"'],
    ['{ recorded: r.ndjson, at: 1s }', '"at" is not known beside "recorded"'],
    ['{ recorded: r.ndjson }', 'r.ndjson:1: '],
  ];
  for (const [entry, reason] of broken) {
    it(`says what is wrong with ${entry}`, async () => {
      write('tool.yml', RULE);
      write('r.ndjson', 'no json at all');
      write('tool.test.yml', `cases:\n  - name: x\n    events: [${entry}]\n    expect: []\n`);
      const { code, stdout } = await tidegate(['rules', 'test', folder]);
      expect(stdout).to.include(reason);
      expect(code).to.equal(1);
    });
  }

  it('finds rules of other files that a correlation refers to', async () => {
    const [burst = ''] = BURST.split('---\n');
    write('tool.yml', RULE);
    write('burst.yml', burst);
    write(
      'burst.test.yml',
      `cases:
  - name: three launches
    events:
      - { every: 1s, repeat: 3, category: process_creation, product: windows, process: 'C:\\tool.exe' }
    expect: [{ at: 2s, key: host-1, count: 3 }]
`,
    );
    const { stdout } = await tidegate(['rules', 'test', folder]);
    expect(stdout).to.match(/^1 case passed in 1 file.*; 1 rule file without tests/);
  });

  it('says the same on several threads', async () => {
    for (let n = 0; n < 5; n += 1) {
      write(`tool${n}.yml`, RULE);
      write(`tool${n}.test.yml`, n === 3 ? FIRES.replace('0s', '1s') : FIRES);
    }
    const json = async (workers: string): Promise<unknown> => {
      const args = ['rules', 'test', folder, '--json', '--workers', workers];
      return JSON.parse((await tidegate(args)).stdout.replaceAll(/"ms": \d+/g, '"ms": 0'));
    };
    const alone = await json('1');
    expect(alone).to.have.nested.property('summary.failed', 1);
    expect(await json('3')).to.deep.equal(alone);
  });

  it('writes JUnit XML in which no name breaks out', async () => {
    write('tool.yml', RULE);
    write(
      'tool.test.yml',
      FIRES.replace('a tool raises', '\'<b> "tool" & raises')
        .replace('alert\n', "alert'\n")
        .replace('0s', '1s'),
    );
    const report = join(folder, 'report.xml');
    const { stdout } = await tidegate([
      'rules',
      'test',
      folder,
      '--output',
      'junit',
      '--junit',
      report,
    ]);
    expect(stdout).to.include('tests="1" failures="1"');
    expect(stdout).to.include('name="&lt;b&gt; &quot;tool&quot; &amp; raises an alert"');
    expect(readFileSync(report, 'utf8').length).to.be.closeTo(stdout.length, 20);
  });

  it('runs the tests of a changed rule again with --watch', async () => {
    write('tool.yml', RULE);
    write('tool.test.yml', FIRES);
    const child = spawn(process.execPath, [MAIN, 'rules', 'test', folder, '--watch'], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const until = async (text: string): Promise<void> => {
      while (!said.includes(text)) await once(child.stdout, 'data');
    };
    await until('waiting for changes');
    said = '';
    write('tool.yml', RULE.replace('tool.exe', 'hammer.exe'));
    await until('waiting for changes');
    expect(said).to.include('FAIL  a tool raises an alert');
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).to.equal(0);
  });

  it('a folder without tests is a mistake in the call', async () => {
    write('tool.yml', RULE);
    const { code, stderr } = await tidegate(['rules', 'test', folder]);
    expect(code).to.equal(2);
    expect(stderr).to.include('NAME.test.yml stands beside NAME.yml');
  });
});
