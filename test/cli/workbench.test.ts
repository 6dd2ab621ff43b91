import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BURST, RULE, launch, tidegate } from './command.ts';

const RULE_ID = '0a2ad1f6-3b1c-4a53-8a38-0d2ad7cf3a5b';

/** Three launches of a tool by a backup, three by something else, one of another program. */
const EVENTS = [
  ...[1, 2, 3].map((second) =>
    launch({ second, image: 'C:\\Program Files\\Backup\\bin\\tool.exe' }),
  ),
  ...[31, 32, 33].map((second) => launch({ second, image: 'C:\\Users\\ana\\tool.exe' })),
  launch({ second: 50, image: 'C:\\other.exe', commandLine: '\u001b[31mred' }),
].join('\n');

describe('work on rules', function () {
  this.timeout(60_000);
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const call = async (
    ...args: string[]
  ): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    tidegate(args, { cwd: folder });
  const json = async (...args: string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await call(...args, '--json')).stdout) as Record<string, unknown>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-workbench-'));
    write('tool.yml', RULE);
    write('burst.yml', BURST);
    write('events.ndjson', EVENTS);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  describe('tidegate explain', () => {
    it('says what an event has where the rule asks, and what that came to', async () => {
      const { stdout } = await call('explain', 'tool.yml', 'events.ndjson', '--max', '7');
      expect(stdout).to.include(
        'events.ndjson:1  2026-03-03 10:00:01Z  host-1\n  ✔ A Tool Starts: tool\n',
      );
      expect(stdout).to.include(
        '      ✘ tool\n          ✘ Image ends with "\\tool.exe"  ← "C:\\other.exe"\n',
      );
      expect(stdout).to.include('7 events, 6 matched, 6 alerts');
    });

    it('shows the events that matched before those that did not', async () => {
      const { stdout } = await call('explain', 'tool.yml', 'events.ndjson', '--max', '6');
      expect(stdout).to.not.include('other.exe');
    });

    it('follows the windows of a correlation', async () => {
      const { stdout } = await call('explain', 'burst.yml', 'events.ndjson');
      expect(stdout).to.match(
        /A Tool|Tools in a Burst: event_count within 10 s, gte 3\n {2}10:00:01\.000 {2}host-1: value 1, 1 in the window, gte 3: false\n/,
      );
      expect(stdout).to.include(
        '10:00:03.000  host-1: value 3, 3 in the window, gte 3: true  ← becomes true',
      );
      expect(stdout).to.include('7 events, 6 matched, 2 alerts');
    });

    it('has all of it for machines', async () => {
      const told = await json('explain', 'tool.yml', 'events.ndjson', '--max', '1');
      expect(told['summary']).to.deep.equal({ events: 7, matched: 6, alerts: 6 });
      const [event] = told['events'] as readonly Record<string, unknown>[];
      expect(event?.['source']).to.deep.equal({ file: join(folder, 'events.ndjson'), line: 1 });
    });

    it('proposes a rule for a name that is none', async () => {
      const { code, stderr } = await call(
        'explain',
        'A Tol Starts',
        'events.ndjson',
        '--rules',
        '.',
      );
      expect(code).to.equal(2);
      expect(stderr).to.include("did you mean 'A Tool Starts'?");
    });
  });

  describe('tidegate backtest', () => {
    it('counts alerts, rates and keys', async () => {
      const told = await json('backtest', 'burst.yml', '--over', 'events.ndjson');
      expect(told['period']).to.include({ events: 7, hosts: 1, hostDays: 1 });
      const [burst] = told['rules'] as readonly Record<string, unknown>[];
      expect(burst).to.include({ alerts: 2, perHostDay: 2 });
      expect(burst?.['topKeys']).to.deep.equal([{ key: 'host-1', alerts: 2 }]);
    });

    it('leaves out what is not within the times', async () => {
      const told = await json(
        ...['backtest', 'burst.yml', '--over', 'events.ndjson'],
        ...['--from', '2026-03-03T10:00:30', '--to', '2026-03-03T10:00:33Z'],
      );
      expect(told['period']).to.include({ events: 2 });
      expect((told['rules'] as readonly object[])[0]).to.include({ alerts: 0 });
    });

    it('says what is new and gone against a file', async () => {
      write('strict.yml', BURST.replace('timespan: 10s', 'timespan: 2s'));
      const { stdout } = await call(
        ...['backtest', 'burst.yml', '--over', 'events.ndjson', '--against', 'strict.yml'],
      );
      expect(stdout).to.include('against the version before: 2 new, 0 gone, 0 the same');
      expect(stdout).to.include('    + 2026-03-03 10:00:01Z  host-1');
    });

    it('takes what differs from a commit, and compares with it', async () => {
      const git = (...args: string[]): void => {
        const named = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args];
        expect(spawnSync('git', named, { cwd: folder }).status).to.equal(0);
      };
      git('init', '-q');
      git('add', 'burst.yml');
      git('commit', '-q', '-m', 'rules');
      const none = await call(
        'backtest',
        '--changed',
        'HEAD',
        '--rules',
        'burst.yml',
        '--over',
        'events.ndjson',
      );
      expect(none.stdout).to.equal('no rule differs from HEAD\n');
      write('burst.yml', BURST.replace('gte: 3', 'gte: 2'));
      rmSync(join(folder, 'tool.yml'));
      const { stdout, code } = await call(
        ...['backtest', '--changed', 'HEAD', '--rules', '.', '--over', 'events.ndjson'],
        ...['--fail-on-new', '1'],
      );
      expect(stdout).to.include('against the version before: 0 new, 0 gone, 2 the same');
      expect(code).to.equal(0);
      const wrong = await call(
        'backtest',
        'burst.yml',
        '--against',
        'no-such',
        '--over',
        'events.ndjson',
      );
      expect(wrong.stderr).to.include("'no-such' is neither a file nor a commit");
    });

    it('ends with 3 when there are too many new alerts', async () => {
      write('strict.yml', BURST.replace('gte: 3', 'gte: 9'));
      const { code } = await call(
        ...['backtest', 'burst.yml', '--over', 'events.ndjson', '--against', 'strict.yml'],
        ...['--fail-on-new', '2'],
      );
      expect(code).to.equal(3);
    });
  });

  describe('tidegate rules noise', () => {
    it('counts hits by program, and proposes a filter that Sigma reads', async () => {
      const told = await json('rules', 'noise', 'tool.yml', '--over', 'events.ndjson');
      expect(told).to.include({ events: 7, hostDays: 1, silent: 0 });
      const [noise] = told['rules'] as readonly Record<string, unknown>[];
      expect(noise).to.include({ hits: 6, hosts: 1, perHostDay: 6 });
      const [key] = (noise?.['keys'] ?? []) as readonly Record<string, unknown>[];
      expect(key).to.include({ hits: 3 });
      const filter = String(key?.['filter']);
      expect(filter).to.include('condition: not known_1');
      write('quiet.yml', `${filter}`);
      const { stdout } = await call('rules', 'check', 'tool.yml', 'quiet.yml');
      expect(stdout).to.not.include('error[');
      const scan = await call(
        'scan',
        '--rules',
        'tool.yml',
        '--rules',
        'quiet.yml',
        'events.ndjson',
        '--output',
        'ndjson',
      );
      expect(scan.stdout.trim().split('\n')).to.have.lengthOf(3);
    });
  });

  describe('tidegate rules cost', () => {
    it('gives each rule its share of time, and its state', async () => {
      const told = await json('rules', 'cost', 'burst.yml', '--over', 'events.ndjson');
      const [cost] = told['rules'] as readonly Record<string, number>[];
      expect(cost?.['cpuMs']).to.be.at.least(0);
      expect(cost?.['groups']).to.equal(1);
      expect(cost?.['stateBytes']).to.be.greaterThan(0);
    });
  });

  describe('tidegate rules tune', () => {
    it('proposes a filter that ends false alarms and keeps true ones', async () => {
      const scan = await call(
        'scan',
        '--rules',
        'burst.yml',
        'events.ndjson',
        '--output',
        'ndjson',
      );
      const [backup = '', attack = ''] = scan.stdout.trim().split('\n');
      write('false.ndjson', backup);
      write('true.ndjson', attack);
      const { code, stdout } = await call(
        ...['rules', 'tune', 'burst.yml', '--over', 'events.ndjson', '--out', 'quiet.yml'],
        ...['--false-positives', 'false.ndjson', '--true-positives', 'true.ndjson'],
      );
      expect(stdout).to.include(
        '1 of 1 false alarm gone, 1 of 1 true alert kept, 0 other alerts gone too',
      );
      expect(code).to.equal(0);
      expect(readFileSync(join(folder, 'quiet.yml'), 'utf8')).to.include(
        "Image: 'C:\\Program Files\\Backup\\bin\\tool.exe'",
      );
    });

    it('says so when nothing tells them apart', async () => {
      const scan = await call(
        'scan',
        '--rules',
        'burst.yml',
        'events.ndjson',
        '--output',
        'ndjson',
      );
      const [backup = ''] = scan.stdout.trim().split('\n');
      write('both.ndjson', backup);
      const { code, stdout } = await call(
        ...['rules', 'tune', 'burst.yml', '--over', 'events.ndjson'],
        ...['--false-positives', 'both.ndjson', '--true-positives', 'both.ndjson'],
      );
      expect(stdout).to.include('the false alarms share nothing that no true alert has');
      expect(code).to.equal(1);
    });

    it('refuses what is no alert', async () => {
      const { code, stderr } = await call(
        ...[
          'rules',
          'tune',
          'burst.yml',
          '--over',
          'events.ndjson',
          '--false-positives',
          'tool.yml',
        ],
      );
      expect(code).to.equal(2);
      expect(stderr).to.include('tool.yml:1: not an alert document');
    });
  });

  describe('tidegate rules list and show', () => {
    it('list rules by level and tag', async () => {
      const all = await json('rules', 'list', 'burst.yml', '--all');
      expect(all['rules']).to.have.lengthOf(2);
      const high = await json('rules', 'list', 'burst.yml', '--min-level', 'high');
      expect((high['rules'] as readonly object[])[0]).to.include({ title: 'Tools in a Burst' });
      const tagged = await json('rules', 'list', '--tag', 'exfiltration');
      expect(JSON.stringify(tagged['rules'])).to.include('agent_base64_egress');
    });

    it('show a rule with what it counts, its fields and who sees it', async () => {
      const told = await json('rules', 'show', 'Tools in a Burst', '--rules', 'burst.yml');
      const [rule] = told['rules'] as readonly Record<string, unknown>[];
      expect(rule).to.include({ kind: 'event_count', level: 'high' });
      expect(rule?.['counts']).to.deep.equal([RULE_ID]);
      expect(rule?.['fields']).to.deep.equal(['Computer', 'Image']);
      expect(JSON.stringify(rule?.['sees'])).to.include('{"sensor":"sysmon","level":"full"}');
    });

    it('show modifiers and fields', async () => {
      expect((await call('rules', 'show', '--modifiers')).stdout.split('\n')).to.include(
        'base64offset',
      );
      const { stdout } = await call('rules', 'show', '--fields', 'dns_query');
      expect(stdout).to.match(/^QueryName {10,}.*sysmon/m);
      expect((await call('rules', 'show', '--fields', 'nonsense')).code).to.equal(2);
    });
  });
});
