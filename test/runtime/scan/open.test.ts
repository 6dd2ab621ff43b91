import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EngineLimits } from '../../../src/engine/engine.ts';
import type { Finding } from '../../../src/runtime/scan/finding.ts';
import { openScan } from '../../../src/runtime/scan/open.ts';
import { BURST, launch } from '../../cli/command.ts';

describe('runtime: a scan by several workers', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-open-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** What so many workers find: alerts in their order, then their final counts. */
  async function found(workers: number, limits: Partial<EngineLimits>): Promise<Found> {
    const paths = ['a', 'b', 'c', 'd'].map((host, index) => {
      const lines = Array.from({ length: 40 }, (_, n) => {
        // Every host has its burst, and their launches alternate.
        const line = launch({
          second: n,
          image: n % (index + 2) < 2 ? 'C:\\tool.exe' : 'C:\\b.exe',
        });
        return line.replace('"host-1"', `"host-${host}"`);
      });
      const path = join(folder, `${host}.ndjson`);
      writeFileSync(path, lines.join('\n'));
      return path;
    });
    const rules = join(folder, 'rules.yml');
    writeFileSync(rules, BURST);
    await using scan = await openScan({
      paths,
      workers,
      settings: {
        mode: 'alerts',
        rules: { rules: [rules], lists: [], limits },
        inputFormat: 'auto',
        redactionKey: new Uint8Array(32),
        minimumLevel: 'low',
      },
    });
    const opened: string[] = [];
    const counts = new Map<string, number>();
    const onFinding = (finding: Finding): void => {
      if (finding.kind !== 'opened' && finding.kind !== 'grown') return;
      const { id, state } = finding.alert;
      if (finding.kind === 'opened') opened.push(id);
      counts.set(id, state.version);
    };
    const outcome = await scan.run({ onFinding, onBatch: () => Promise.resolve() });
    return { opened, counts: [...counts], statistics: outcome.statistics };
  }

  interface Found {
    readonly opened: readonly string[];
    readonly counts: readonly (readonly [string, number])[];
    readonly statistics: object;
  }

  // One engine over all hosts would forget here, and so must several: then one judges all of them.
  for (const [name, limits] of [
    ['no limit is near', {}],
    ['events that wait reach their limit over all hosts', { waitingMax: 9 }],
    ['keys reach their limit over all hosts', { keysMax: 3 }],
    ['hosts reach their limit', { hostsMax: 3 }],
    ['remembered ids reach their limit over all hosts', { redeliveryMax: 50 }],
  ] as const) {
    it(`finds what one worker finds when ${name}`, async () => {
      const one = await found(1, limits);
      if (Object.keys(limits).length === 0) expect(one.opened).to.have.length(4);
      const three = await found(3, limits);
      expect(three.opened).to.deep.equal(one.opened);
      expect(new Map(three.counts)).to.deep.equal(new Map(one.counts));
      expect({ ...one.statistics, findings: [] }).to.deep.include({ ...three.statistics });
    });
  }
});
