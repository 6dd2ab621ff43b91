import { expect } from 'chai';
import { readdirSync } from 'node:fs';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { needsShared, readLines, sharedPath } from '../conformance/shared-data.ts';

// Under `npm test` the beginning of each file; everything with TIDEGATE_FULL=1.
const isFull = process.env['TIDEGATE_FULL'] === '1';
const LINES_MAX = isFull ? Number.POSITIVE_INFINITY : 200;
const COMPRESSED_BYTES_MAX = isFull ? Number.POSITIVE_INFINITY : 30_000;

// Recordings of formats that no decoder reads yet.
const UNKNOWN: ReadonlySet<string> = new Set([
  'mordor/vminsights_vmconnection_log4shell_cve2021_44228_jndi_reference.ndjson.gz',
]);

const FOLDERS = [
  'mordor',
  'evtx-mitre',
  'sigma-regression',
  'edr',
  'edr-elastic',
  'zeek',
  'auditd',
  'macos',
];

function filesOf(folder: string): readonly string[] {
  return readdirSync(sharedPath(`data/${folder}`))
    .filter((file) => file.endsWith('.ndjson.gz'))
    .map((file) => `${folder}/${file}`);
}

/** How often each reason, or `event`, came of the lines of a file. */
function outcomes(file: string): Readonly<Record<string, number>> {
  const decoder = createAutoDecoder();
  const counts: Record<string, number> = {};
  const count = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  readLines(`data/${file}`, COMPRESSED_BYTES_MAX)
    .slice(0, LINES_MAX)
    .forEach((payload, index) => {
      const position = { source: `/${file}`, partition: 0, offset: index + 1 };
      const problem = decoder.decode({ payload, position }, () => count('event'));
      if (problem !== undefined) count(problem.reason);
    });
  return counts;
}

describe('recorded telemetry', function () {
  this.timeout(120_000);

  for (const folder of FOLDERS) {
    it(`${folder}: each line of a known format is one event, all others are unknown`, function () {
      needsShared(this, `data/${folder}`);
      for (const file of filesOf(folder)) {
        const names = Object.keys(outcomes(file));
        expect(names, file).to.deep.equal([UNKNOWN.has(file) ? 'unknown_format' : 'event']);
      }
    });
  }

  it('panther: all are events, osquery results without a host or a time too', function () {
    needsShared(this, 'data/panther');
    expect(outcomes('panther/osquery.differential.ndjson.gz')).to.deep.equal({ event: 12 });
    expect(outcomes('panther/windows.eventlogs.ndjson.gz')).to.deep.equal({ event: 2 });
  });

  // Records of tests of rules; one was cut down to an action of no known service.
  const panther: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    'anthropic.activity': { event: 13 },
    'crowdstrike.detectionsummary': { event: 3 },
    'crowdstrike.dnsrequest': { event: 5 },
    'crowdstrike.eventstreams': { event: 11 },
    'crowdstrike.fdrevent': { event: 36 },
    'github.audit': { event: 30, unknown_format: 1 },
    'microsoft365.audit.azureactivedirectory': { event: 2 },
    'microsoftdefenderxdr.advancedhunting': { event: 2 },
    'microsoftintune.auditlogs': { event: 2 },
    'netskope.audit': { event: 8 },
    'notion.auditlogs': { event: 10 },
    'onepassword.itemusage': { event: 2 },
    'onepassword.signinattempt': { event: 2 },
    'openai.audit': { event: 10 },
    'zscaler.zia.adminauditlog': { event: 16 },
  };
  for (const [name, expected] of Object.entries(panther)) {
    it(`panther: ${name} decodes`, function () {
      needsShared(this, 'data/panther');
      expect(outcomes(`panther/${name}.ndjson.gz`)).to.deep.equal(expected);
    });
  }

  it('agents: ECS documents are events', function () {
    needsShared(this, 'data/agents');
    for (const file of filesOf('agents')) {
      expect(Object.keys(outcomes(file)), file).to.deep.equal(['event']);
    }
  });
});

describe('times of recorded Sysmon events', function () {
  this.timeout(120_000);

  it('are UtcTime, whatever the shipper wrote', function () {
    needsShared(this, 'data/mordor');
    let compared = 0;
    for (const file of ['covenant_installutil', 'empire_enable_rdp', 'msf_record_mic']) {
      const decoder = createAutoDecoder();
      readLines(`data/mordor/${file}.ndjson.gz`, COMPRESSED_BYTES_MAX)
        .slice(0, LINES_MAX)
        .forEach((payload, index) => {
          const position = { source: file, partition: 0, offset: index + 1 };
          decoder.decode({ payload, position }, (event) => {
            const utc = event.get('UtcTime');
            if (event.sensor !== 'sysmon' || typeof utc !== 'string') return;
            compared++;
            const expected = utc.replace(' ', 'T');
            expect(`${new Date(event.time).toISOString()}`).to.equal(`${expected}Z`);
          });
        });
    }
    expect(compared).to.be.greaterThan(100);
  });

  it('agree with the local time that NXLog wrote, read in the zone its records imply', function () {
    needsShared(this, 'data/mordor');
    let compared = 0;
    const decoder = createAutoDecoder();
    const lines = readLines('data/mordor/covenant_installutil.ndjson.gz', COMPRESSED_BYTES_MAX);
    for (const [index, line] of lines.slice(0, LINES_MAX).entries()) {
      const record = JSON.parse(new TextDecoder().decode(line)) as Record<string, unknown>;
      if (typeof record['UtcTime'] !== 'string') continue;
      const { UtcTime: _hidden, ...rest } = record;
      const payload = new TextEncoder().encode(JSON.stringify(rest));
      const position = { source: 'covenant_installutil', partition: 0, offset: index + 1 };
      decoder.decode({ payload, position }, (event) => {
        const utc = Date.parse(`${String(record['UtcTime']).replace(' ', 'T')}Z`);
        expect(Math.abs(event.time - utc), `line ${index + 1}`).to.be.at.most(60_000);
        compared++;
      });
    }
    expect(compared).to.be.greaterThan(20);
  });
});
