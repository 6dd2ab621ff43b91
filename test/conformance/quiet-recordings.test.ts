import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tidegate } from '../cli/command.ts';
import { needsShared, sharedPath } from './shared-data.ts';

// Attacks and honest work of real machines and laboratories, on which no AI agent ran.
const FOLDERS = [
  'auditd',
  'edr',
  'edr-elastic',
  'evtx-mitre',
  'macos',
  'mordor',
  'panther',
  'zeek',
];

describe('the bundled rules on recordings without AI agents', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidegate-quiet-'));
  after(() => rmSync(dataDir, { recursive: true }));

  it('raise nothing', async function () {
    this.timeout(120_000);
    needsShared(this, 'data/mordor');
    const files = FOLDERS.flatMap((folder) => {
      const path = sharedPath(`data/${folder}`);
      const names = readdirSync(path).filter((name) => name.endsWith('.gz'));
      return names.map((name) => join(path, name));
    });
    // Some recordings are stored nearly backwards; with an hour of lateness their windows are judged as well.
    const options = ['--lateness', '1h', '--no-progress', '--data-dir', dataDir];
    const { stdout, stderr } = await tidegate(['scan', ...files, ...options, '--output', 'ndjson']);
    expect(stdout).to.equal('');
    expect(stderr).to.match(/0 alerts in 3\d\d,\d{3} events/);
  });
});
