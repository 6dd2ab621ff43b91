import { expect } from 'chai';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import type { EcsDocument, TelemetryEvent } from '../../src/event/event.ts';
import { fieldAt } from '../../src/event/field-value.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Action, Deed, Host, Process, Program, System } from '../../src/simulation/action.ts';
import { encoders } from '../../src/simulation/encoders/index.ts';
import { nameProcesses } from '../../src/simulation/host.ts';

// What the sensors of endpoints and networks write of one deed, read back by the decoders.

const START = Date.UTC(2026, 2, 3, 10);
const folders: Readonly<Record<System, string>> = {
  windows: 'C:\\Users\\ana\\Documents\\',
  linux: '/home/ana/Documents/',
  macos: '/Users/ana/Documents/',
};

function program(path: string): Program {
  return {
    path,
    description: 'a program',
    product: 'a product',
    company: 'Example, Inc.',
    version: '1.0',
    originalName: 'a',
    signer: 'Example, Inc.',
    signingId: 'com.example.a',
    teamId: 'Q6L2SF6YDW',
  };
}

/** A parent, its child, and what the child does. */
function story(system: System, deeds: readonly Deed[]): readonly Action[] {
  const folder = folders[system];
  const host: Host = {
    name: 'wks-1',
    system,
    address: '10.6.8.36',
    machine: '0a1b2c3d',
    audits: (path) => path.startsWith(folder),
  };
  const windows = system === 'windows';
  const account = {
    domain: windows ? 'CORP' : '',
    name: 'ana',
    id: windows ? 'S-1-5-21-1-2-3-1001' : '501',
    logon: windows ? '0x4f21c' : '501',
    session: 1,
    integrity: 'Medium' as const,
  };
  const common = { host, account, directory: folder };
  const bin = windows ? 'C:\\Tools\\' : '/opt/tools/';
  const end = windows ? '.exe' : '';
  const parent: Process = {
    ...common,
    program: program(`${bin}agent${end}`),
    commandLine: 'agent run',
    parent: undefined,
    start: START,
  };
  const child: Process = {
    ...common,
    program: program(`${bin}pack${end}`),
    commandLine: "pack --all 'two words'",
    parent,
    start: START + 1000,
  };
  return [
    { time: START, process: parent, deed: { kind: 'launch' } },
    { time: START + 1000, process: child, deed: { kind: 'launch' } },
    ...deeds.map((deed, index) => ({ time: START + 2000 + index * 1000, process: child, deed })),
  ];
}

interface Told {
  readonly deed: Deed;
  readonly event: TelemetryEvent;
}

function tell(name: string, system: System, deeds: readonly Deed[]): readonly Told[] {
  const encoder = encoders.find((each) => each.name === name);
  if (encoder === undefined) throw new Error(`no encoder ${name}`);
  const actions = story(system, deeds);
  const processes = nameProcesses(actions);
  const decoder = createAutoDecoder();
  return actions.flatMap((action, index) =>
    encoder.observe(action, processes).flatMap((observation) => {
      const events: TelemetryEvent[] = [];
      for (const line of observation.record(index + 1, action.time + 500).split('\n')) {
        const position = { source: name, partition: 0, offset: index + 1 };
        const payload = new TextEncoder().encode(line);
        const problem = decoder.decode({ payload, position }, (event) => events.push(event));
        expect(problem, line).to.equal(undefined);
      }
      return events.map((event) => ({ deed: action.deed, event }));
    }),
  );
}

function valueAt(document: EcsDocument, path: string): unknown {
  return fieldAt(document as unknown as JsonObject, path.split('.'));
}

const { windows: folder } = folders;
const request: Deed = {
  kind: 'request',
  method: 'POST',
  url: 'https://files.example.net/in',
  name: 'files.example.net',
  address: '203.0.113.9',
  port: 443,
  localPort: 50_112,
  sentBytes: 70_000,
  receivedBytes: 300,
  durationMs: 400,
  userAgent: 'pack/1.0',
};
const deeds: readonly Deed[] = [
  { kind: 'read', path: `${folder}a.xlsx` },
  { kind: 'create', path: `${folder}b.zip` },
  { kind: 'rename', path: `${folder}b.zip`, to: `${folder}c.png` },
  { kind: 'delete', path: `${folder}c.png`, executable: false },
  {
    kind: 'connect',
    address: '203.0.113.9',
    port: 443,
    protocol: 'tcp',
    localPort: 50_112,
    name: 'files.example.net',
  },
  { kind: 'accept', address: '203.0.113.8', port: 40_000, localPort: 8080 },
  {
    kind: 'resolve',
    name: 'files.example.net',
    aliases: ['edge.example.net'],
    addresses: ['203.0.113.9', '203.0.113.10'],
  },
  request,
  { kind: 'set', key: 'HKLM\\Software\\Run\\x', value: 'y.exe' },
  { kind: 'paste' },
];

const DEVICE = folder.replace('C:', '\\Device\\HarddiskVolume3');

/** What each encoder's records say of a deed: path of a field and its value. */
const table: readonly (readonly [
  encoder: string,
  deed: Deed['kind'],
  fields: Readonly<Record<string, unknown>>,
])[] = [
  ['crowdstrike-fdr', 'read', { 'file.path': `${DEVICE}a.xlsx` }],
  ['crowdstrike-fdr', 'create', { 'file.path': `${DEVICE}b.zip` }],
  ['crowdstrike-fdr', 'rename', { 'file.path': `${DEVICE}c.png` }],
  ['crowdstrike-fdr', 'delete', { 'file.path': `${DEVICE}c.png` }],
  ['crowdstrike-fdr', 'connect', { 'destination.ip': '203.0.113.9', 'destination.port': 443 }],
  ['crowdstrike-fdr', 'accept', { 'source.ip': '203.0.113.8', 'destination.port': 8080 }],
  [
    'crowdstrike-fdr',
    'resolve',
    {
      'dns.question.name': 'files.example.net',
      'dns.resolved_ip': ['203.0.113.9', '203.0.113.10'],
    },
  ],
  ['crowdstrike-fdr', 'set', { 'registry.path': 'HKLM\\Software\\Run\\x' }],
  ['defender-xdr', 'read', { 'file.path': `${folder}a.xlsx` }],
  ['defender-xdr', 'create', { 'file.path': `${folder}b.zip` }],
  [
    'defender-xdr',
    'rename',
    { 'file.path': `${folder}c.png`, 'file.Ext.original.path': `${folder}b.zip` },
  ],
  ['defender-xdr', 'connect', { 'destination.domain': 'files.example.net' }],
  ['defender-xdr', 'accept', { 'source.ip': '203.0.113.8' }],
  [
    'defender-xdr',
    'resolve',
    {
      'dns.question.name': 'files.example.net',
      'dns.resolved_ip': ['203.0.113.9', '203.0.113.10'],
    },
  ],
  ['defender-xdr', 'set', { 'registry.value': 'x' }],
  ['defender-xdr', 'paste', { 'process.name': 'pack.exe' }],
  ['sentinelone-cloud-funnel', 'create', { 'file.path': `${folder}b.zip` }],
  ['sentinelone-cloud-funnel', 'rename', { 'file.path': `${folder}c.png` }],
  ['sentinelone-cloud-funnel', 'delete', { 'file.path': `${folder}c.png` }],
  ['sentinelone-cloud-funnel', 'connect', { 'destination.ip': '203.0.113.9' }],
  ['sentinelone-cloud-funnel', 'accept', { 'source.ip': '203.0.113.8' }],
  ['sentinelone-cloud-funnel', 'resolve', { 'dns.question.name': 'files.example.net' }],
  ['sentinelone-cloud-funnel', 'set', { 'process.name': 'pack.exe' }],
  ['elastic-defend', 'read', { 'file.path': `${folder}a.xlsx` }],
  ['elastic-defend', 'create', { 'file.path': `${folder}b.zip` }],
  ['elastic-defend', 'connect', { 'destination.ip': '203.0.113.9' }],
  ['elastic-defend', 'request', { 'source.bytes': 70_000, 'destination.bytes': 300 }],
  ['elastic-defend', 'resolve', { 'dns.question.name': 'files.example.net' }],
  ['elastic-defend', 'set', { 'registry.path': 'HKLM\\Software\\Run\\x' }],
  ['zeek', 'request', { 'source.bytes': 70_000, 'source.ip': '10.6.8.36' }],
  ['zeek', 'resolve', { 'dns.question.name': 'files.example.net' }],
];

describe('what encoders write of a deed', () => {
  for (const [encoder, kind, fields] of table) {
    it(`${encoder}: ${kind}`, () => {
      const told = tell(encoder, 'windows', deeds).filter(({ deed }) => deed.kind === kind);
      const [first] = told;
      const document = first?.event.document() ?? {};
      const found = Object.keys(fields).map((path) => [path, valueAt(document, path)]);
      expect(Object.fromEntries(found)).to.deep.equal(fields);
    });
  }

  it('what a sensor is blind to is written by none', () => {
    const kinds = (encoder: string): readonly string[] =>
      [...new Set(tell(encoder, 'windows', deeds).map(({ deed }) => deed.kind))].sort();
    expect(kinds('sentinelone-cloud-funnel')).to.not.include.members(['read', 'request', 'paste']);
    expect(kinds('crowdstrike-fdr')).to.not.include.members(['request', 'paste']);
    expect(kinds('zeek')).to.deep.equal(['request', 'resolve']);
    expect(kinds('token-broker')).to.deep.equal([]);
  });

  it('Defender tells of labelled documents only, Elastic and CrowdStrike of watched folders', () => {
    const paths: readonly Deed[] = ['notes.txt', 'a.xlsx'].flatMap((name): readonly Deed[] => [
      { kind: 'read', path: `${folder}${name}` },
      { kind: 'read', path: `C:\\Windows\\${name}` },
    ]);
    const reads = (encoder: string): readonly unknown[] =>
      tell(encoder, 'windows', paths)
        .filter(({ deed }) => deed.kind === 'read')
        .map(({ event }) => valueAt(event.document(), 'file.name'));
    expect(reads('defender-xdr')).to.deep.equal(['a.xlsx']);
    expect(reads('elastic-defend')).to.deep.equal(['notes.txt', 'a.xlsx']);
    expect(reads('crowdstrike-fdr')).to.deep.equal(['notes.txt', 'a.xlsx']);
  });

  for (const [encoder, system] of [
    ['crowdstrike-fdr', 'windows'],
    ['crowdstrike-fdr', 'linux'],
    ['crowdstrike-fdr', 'macos'],
    ['defender-xdr', 'windows'],
    ['sentinelone-cloud-funnel', 'macos'],
    ['elastic-defend', 'macos'],
    ['jamf-protect', 'macos'],
  ] as const) {
    it(`${encoder} on ${system}: a child names its parent as that named itself`, () => {
      const [parent, child] = tell(encoder, system, []).map(({ event }) => event.process());
      expect(child?.parent?.guid).to.equal(parent?.guid).and.not.equal(undefined);
      expect(child?.commandLine).to.equal("pack --all 'two words'");
    });
  }

  it("Jamf Protect's open, create, rename and connection on macOS", () => {
    const own = folders.macos;
    const told = tell('jamf-protect', 'macos', [
      { kind: 'read', path: `${own}a.xlsx` },
      { kind: 'create', path: `${own}b.zip` },
      { kind: 'rename', path: `${own}b.zip`, to: `${own}c.png` },
      ...deeds.filter(({ kind }) => kind === 'connect'),
    ]).slice(2);
    expect(
      told.map(({ event }) => {
        const document = event.document();
        return [
          event.activity,
          valueAt(document, 'file.path') ?? valueAt(document, 'destination.domain'),
        ];
      }),
    ).to.deep.equal([
      ['file_read', `${own}a.xlsx`],
      ['file_write', `${own}b.zip`],
      ['file_write', `${own}c.png`],
      ['connection', 'files.example.net'],
    ]);
  });

  it('the broker tells who asked from where, and keeps a refused token to itself', () => {
    const told = tell('token-broker', 'linux', [
      {
        kind: 'token',
        decision: 'grant',
        token: 'hk:1',
        audience: 'crm.corp.example',
        validMs: 60_000,
      },
      {
        kind: 'token',
        decision: 'refusal',
        token: 'hk:2',
        audience: 'hr.corp.example',
        validMs: 0,
        device: 'wks-9',
      },
    ]);
    expect(
      told.map(({ event }) => [
        event.host,
        ...['event.action', 'token.id', 'token.audience', 'token.expires'].map((path) =>
          valueAt(event.document(), path),
        ),
      ]),
    ).to.deep.equal([
      ['wks-1', 'grant', 'hk:1', 'crm.corp.example', '2026-03-03T10:01:02.000Z'],
      ['wks-9', 'refusal', undefined, 'hr.corp.example', undefined],
    ]);
  });
});
