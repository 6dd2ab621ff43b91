import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BURST, launch, ndjson, tidegate } from './command.ts';

const OVERRIDES = `overrides:
  - rule: 7bdc9f0e-8a88-4c58-9d5b-77a3a1a6a3aa
    owner: soc@example.org
    reason: tools start in threes here
    threshold: 4
    exceptions:
      - { owner: ana, reason: the backup, expires: 2099-12-31, events: { Image|contains: backup } }
`;

describe('overrides on the command line', function () {
  this.timeout(60_000);
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const call = (...args: string[]) => tidegate([...args, '--lists', 'lists'], { cwd: folder });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-overrides-'));
    mkdirSync(join(folder, 'lists'));
    write('burst.yml', BURST);
    write('lists/overrides.yml', OVERRIDES);
    const image = (second: number): string =>
      second < 4 ? 'C:\\backup\\tool.exe' : 'C:\\tool.exe';
    const events = [1, 2, 3, 4, 5, 6, 7].map((second) => launch({ second, image: image(second) }));
    write('events.ndjson', events.join('\n'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are honoured by a scan, on several threads too', async () => {
    const plain = await tidegate(
      ['scan', '--rules', 'burst.yml', 'events.ndjson', '--output', 'ndjson'],
      { cwd: folder },
    );
    expect(ndjson(plain.stdout)[0]).to.have.nested.property('tidegate.limit[0].value', 3);
    for (const workers of ['1', '2']) {
      const scan = await call(
        ...['scan', '--rules', 'burst.yml', 'events.ndjson', '--output', 'ndjson'],
        ...['--workers', workers],
      );
      const [alert, ...more] = ndjson(scan.stdout);
      expect(more).to.deep.equal([]);
      expect(alert).to.have.nested.property('tidegate.limit[0].value', 4);
      expect(alert).to.have.nested.property('tidegate.count', 4);
    }
  });

  it('are shown with the rule, and honoured by backtest', async () => {
    const shown = await call('rules', 'show', 'burst.yml');
    expect(shown.stdout).to.include(
      'override   threshold 4: tools start in threes here (soc@example.org)',
    );
    expect(shown.stdout).to.include(
      'override   not for {"Image|contains":"backup"} until 2099-12-31: the backup (ana)',
    );
    const { stdout } = await call('backtest', 'burst.yml', '--over', 'events.ndjson', '--json');
    expect(stdout).to.include('"alerts": 1');
  });

  it("read a pack's rules from their files, and say so", async () => {
    await tidegate(['rules', 'pack', '--rules', 'burst.yml', '--out', 'r.tidegate-pack'], {
      cwd: folder,
    });
    const scan = await call(
      'scan',
      '--rules',
      'r.tidegate-pack',
      'events.ndjson',
      '--output',
      'ndjson',
    );
    expect(scan.stderr).to.include('not used, since overrides change rules');
    expect(ndjson(scan.stdout)[0]).to.have.nested.property('tidegate.limit[0].value', 4);
  });

  it('that are broken are named by file, line and column', async () => {
    write('lists/overrides.yml', OVERRIDES.replace('threshold: 4', 'threshold: four'));
    const scan = await call('scan', '--rules', 'burst.yml', 'events.ndjson', '--output', 'ndjson');
    expect(scan.stderr).to.match(/lists\/overrides\.yml:5:16: error \[policy-wrong-type\]/);
  });
});
