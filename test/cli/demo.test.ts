import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { SCENARIO_RECORDS } from '../../src/cli/demo.ts';
import { openAlertStore } from '../../src/sinks/alert-store.ts';
import { tidegate } from './command.ts';

const root = resolve(import.meta.dirname, '../..');
const main = join(root, 'src/cli/main.ts');
const scenario = join(root, 'fixtures/scenarios/developer-day.ndjson.gz');

interface Label {
  readonly name: string;
  readonly host: string;
  readonly from: string;
  readonly to: string;
}

describe('cli: tidegate demo', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-demo-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function stored(dataDir: string): readonly string[] {
    using store = openAlertStore(join(dataDir, 'alerts.db'));
    return store
      .list({ limit: 1000 })
      .map((alert) => `${alert.id} ${alert.count} ${alert.lastSeen}`)
      .sort();
  }

  it('finds the three attacks, raises nothing above low about honest work, and tells what it did', async () => {
    const done = await tidegate(['demo', '--data-dir', folder]);
    expect(done.code, done.stderr).to.equal(0);
    expect(done.stdout).to.match(/15,290 events in .* events\/s\)/);
    expect(done.stdout).to.match(/\d+ late for windows, \d+ duplicates dropped, 0 records refused/);
    const labels = JSON.parse(
      readFileSync(scenario.replace('.ndjson.gz', '.labels.json'), 'utf8'),
    ) as readonly Label[];
    using store = openAlertStore(join(folder, 'alerts.db'));
    const alerts = store.list({ limit: 1000 }).filter(({ level }) => level !== 'low');
    // What a rule counts may begin before the deed: the file that is sent was read first.
    const found = alerts.map(({ firstSeen, lastSeen, host }) =>
      labels
        .filter(({ from, to }) => lastSeen >= Date.parse(from) && firstSeen <= Date.parse(to))
        .filter((label) => label.host === host)
        .map((label) => label.name),
    );
    expect(found.filter((names) => names.length === 0)).to.deep.equal([]);
    expect([...new Set(found.flat())].sort()).to.deep.equal(labels.map(({ name }) => name).sort());
  });

  it('raises the same alerts under a pack of the same rules', async () => {
    const pack = join(folder, 'rules.tidegate-pack');
    const [text, packed] = [join(folder, 'text'), join(folder, 'packed')];
    await tidegate(['rules', 'pack', '--out', pack]);
    await tidegate(['demo', '--data-dir', text]);
    const done = await tidegate(['demo', '--data-dir', packed, '--rules', pack]);
    expect(done.code, done.stderr).to.equal(0);
    expect(stored(text)).to.have.lengthOf(8);
    expect(stored(packed)).to.deep.equal(stored(text));
  });

  it('stores nothing twice when it runs again', async () => {
    await tidegate(['demo', '--data-dir', folder]);
    const before = stored(folder);
    const again = await tidegate(['demo', '--data-dir', folder]);
    expect(again.stdout).to.contain('were there already');
    expect(stored(folder)).to.deep.equal(before);
  });

  it('ends with the same ids and counts when it is killed half-way and run again', async () => {
    const uninterrupted = join(folder, 'a');
    await tidegate(['demo', '--data-dir', uninterrupted]);
    const killed = join(folder, 'b');
    const args = [main, 'demo', '--data-dir', killed, '--speed', '10000'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    // The first alert is of 11:42; by then most of the day is still to come.
    for await (const chunk of child.stdout) if (String(chunk).includes('high')) break;
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(stored(killed).length).to.be.lessThan(stored(uninterrupted).length);
    await tidegate(['demo', '--data-dir', killed]);
    expect(stored(killed)).to.deep.equal(stored(uninterrupted));
  });

  it('stops cleanly on Ctrl-C', async () => {
    const args = [main, 'demo', '--data-dir', folder, '--speed', '1000'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const closed = once(child, 'close') as Promise<[number | null, string | null]>;
    for await (const chunk of child.stdout) {
      output += String(chunk);
      if (output.includes('replays') && !child.killed) child.kill('SIGINT');
    }
    expect((await closed)[0]).to.equal(0);
    expect(output).to.contain('Stopped before the day was over');
    expect(existsSync(join(folder, 'alerts.db'))).to.equal(true);
  });

  it('shows the alerts on a page until Ctrl-C, where one is wanted', async () => {
    const args = [main, 'demo', '--data-dir', folder, '--serve', '--listen', '127.0.0.1:0'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close') as Promise<[number | null, string | null]>;
    let output = '';
    let total = 0;
    for await (const chunk of child.stdout) {
      output += String(chunk);
      const [, address = '', token = ''] = /stays open: (\S+)\?token=(\S+)/.exec(output) ?? [];
      if (token === '') continue;
      const headers = { authorization: `Bearer ${token}` };
      while (total < stored(folder).length) {
        const answer = await fetch(`${address}api/v1/alerts`, { headers });
        ({ total } = (await answer.json()) as { readonly total: number });
      }
      child.kill('SIGINT');
    }
    expect((await closed)[0]).to.equal(0);
    expect(total).to.equal(stored(folder).length).and.to.be.greaterThan(0);
  });

  it('knows how long the day is', () => {
    const lines = gunzipSync(readFileSync(scenario)).toString('latin1').trimEnd().split('\n');
    expect(lines).to.have.length(SCENARIO_RECORDS);
  });

  it('refuses a speed that is none', async () => {
    const done = await tidegate(['demo', '--data-dir', folder, '--speed', 'fast']);
    expect(done.code).to.equal(2);
    expect(done.stderr).to.contain("'fast' is not a positive number or max");
  });
});
