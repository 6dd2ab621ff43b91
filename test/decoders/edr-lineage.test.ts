import { expect } from 'chai';
import { resolve } from 'node:path';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { LineageTracker } from '../../src/enrichment/lineage.ts';
import { loadPolicy } from '../../src/runtime/policy-files.ts';
import { recordOf } from './fixtures.ts';

const { policy } = loadPolicy([resolve(import.meta.dirname, '../../rules/lists')]);
const CLAUDE = 'Users\\ana\\AppData\\Local\\AnthropicClaude\\app-1.2.3\\claude.exe';

/** What lineage says of each record, in their order: the agent, and how far below it the process is. */
function lineageOf(records: readonly object[]): readonly unknown[] {
  const tracker = new LineageTracker(policy);
  const decoder = createAutoDecoder();
  const found: unknown[] = [];
  records.forEach((record, index) => {
    const problem = decoder.decode(recordOf(JSON.stringify(record), index + 1), (event) => {
      if (tracker.feeds(event)) tracker.observe(event);
      tracker.enrich(event);
      const { derived } = event;
      found.push([derived.get('process.ai_agent.name'), derived.get('tidegate.lineage.depth')]);
    });
    expect(problem, `record ${index + 1}`).to.equal(undefined);
  });
  return found;
}

// An agent starts a shell, the shell starts tar, tar writes a file and opens a connection; a browser does the same.
const expected = [
  ['claude_desktop', 0],
  ['claude_desktop', 1],
  ['claude_desktop', 2],
  ['claude_desktop', 2],
  ['claude_desktop', 2],
  [undefined, undefined],
  [undefined, undefined],
];

describe('lineage over the telemetry of an EDR', () => {
  it('CrowdStrike: by the sensor’s own ids of processes', () => {
    const volume = '\\Device\\HarddiskVolume3\\';
    const fdr = (name: string, fields: object): object => ({
      event_simpleName: name,
      event_platform: 'Win',
      aid: '4f6c2d5e8b1a4c7f9e0d3b2a1c5f7e90',
      ContextTimeStamp: '1781000000.104',
      ...fields,
    });
    const launch = (id: string, parent: string, image: string, rest: object = {}): object =>
      fdr('ProcessRollup2', {
        TargetProcessId: id,
        ParentProcessId: parent,
        ParentBaseFileName: 'x.exe',
        ImageFileName: volume + image,
        RawProcessId: '77',
        ...rest,
      });
    expect(
      lineageOf([
        launch('1234567890123456789', '1', CLAUDE),
        launch('1234567890123456790', '1234567890123456789', 'Windows\\System32\\cmd.exe'),
        launch('1234567890123456791', '1234567890123456790', 'Windows\\System32\\tar.exe'),
        fdr('ZipFileWritten', {
          ContextProcessId: '1234567890123456791',
          TargetFileName: `${volume}a.zip`,
        }),
        fdr('NetworkConnectIP4', {
          ContextProcessId: '1234567890123456791',
          RemoteAddressIP4: '203.0.113.9',
          ConnectionDirection: '0',
        }),
        launch('1234567890123456792', '1', 'Program Files\\Chrome\\chrome.exe'),
        fdr('DnsRequest', { ContextProcessId: '1234567890123456792', DomainName: 'a.example' }),
      ]),
    ).to.deep.equal(expected);
  });

  it('CrowdStrike: an agent that ran before the sensor is told by SyntheticProcessRollup2', () => {
    const aid = '4f6c2d5e8b1a4c7f9e0d3b2a1c5f7e90';
    const running = {
      event_simpleName: 'SyntheticProcessRollup2',
      event_platform: 'Mac',
      aid,
      timestamp: '1781000000104',
      ProcessStartTime: '1780000000.000',
      TargetProcessId: '5',
      ImageFileName: '/Applications/Claude.app/Contents/MacOS/Claude',
    };
    const child = {
      event_simpleName: 'ProcessRollup2',
      event_platform: 'Mac',
      aid,
      ProcessStartTime: '1781000001.000',
      TargetProcessId: '6',
      ParentProcessId: '5',
      ImageFileName: '/usr/bin/curl',
    };
    expect(lineageOf([running, child])).to.deep.equal([
      ['claude_desktop', 0],
      ['claude_desktop', 1],
    ]);
  });

  it('Defender: by pid and start, wherever a process is named', () => {
    interface Process {
      readonly pid: number;
      readonly start: string;
      readonly path: string;
    }
    const claude = { pid: 4100, start: '2026-06-09T08:02:11.0442313Z', path: `c:\\${CLAUDE}` };
    const cmd = { pid: 5000, start: '2026-06-09T10:13:20.1000000Z', path: 'c:\\windows\\cmd.exe' };
    const tar = { pid: 5001, start: '2026-06-09T10:13:20.2000000Z', path: 'c:\\windows\\tar.exe' };
    const chrome = { pid: 5002, start: '2026-06-09T10:13:20.3000000Z', path: 'c:\\chrome.exe' };
    const explorer = { pid: 22, start: '2026-06-09T07:00:00.0000000Z', path: 'c:\\explorer.exe' };
    const row = (table: string, action: string, by: Process, fields: object): object => ({
      category: `AdvancedHunting-${table}`,
      properties: {
        DeviceName: 'wks-017',
        Timestamp: '2026-06-09T10:13:20.5Z',
        ActionType: action,
        InitiatingProcessId: by.pid,
        InitiatingProcessCreationTime: by.start,
        InitiatingProcessFolderPath: by.path,
        InitiatingProcessFileName: by.path.slice(by.path.lastIndexOf('\\') + 1),
        ...fields,
      },
    });
    const launch = (process: Process, by: Process): object =>
      row('DeviceProcessEvents', 'ProcessCreated', by, {
        ProcessId: process.pid,
        ProcessCreationTime: process.start,
        FolderPath: process.path,
      });
    expect(
      lineageOf([
        launch(claude, explorer),
        launch(cmd, claude),
        launch(tar, cmd),
        row('DeviceFileEvents', 'FileCreated', tar, { FolderPath: 'c:\\a.tgz' }),
        row('DeviceNetworkEvents', 'ConnectionSuccess', tar, { RemoteIP: '203.0.113.9' }),
        launch(chrome, explorer),
        row('DeviceFileEvents', 'FileCreated', chrome, { FolderPath: 'c:\\b' }),
      ]),
    ).to.deep.equal(expected);
  });

  it('SentinelOne: by the uid of processes', () => {
    const s1 = (type: string, fields: object): object => ({
      'meta.event.name': type,
      'event.type': type,
      'event.time': 1_781_000_000_104,
      'endpoint.name': 'wks-017',
      'endpoint.os': 'windows',
      ...fields,
    });
    const launch = (uid: string, image: string, by: string): object =>
      s1('Process Creation', {
        'src.process.uid': by,
        'tgt.process.uid': uid,
        'tgt.process.image.path': `C:\\${image}`,
      });
    expect(
      lineageOf([
        launch('A1', CLAUDE, 'A0'),
        launch('A2', 'Windows\\System32\\cmd.exe', 'A1'),
        launch('A3', 'Windows\\System32\\tar.exe', 'A2'),
        s1('File Creation', { 'src.process.uid': 'A3', 'tgt.file.path': 'C:\\a.tgz' }),
        s1('IP Connect', { 'src.process.uid': 'A3', 'dst.ip.address': '203.0.113.9' }),
        launch('B1', 'chrome.exe', 'A0'),
        s1('DNS Resolved', { 'src.process.uid': 'B1', 'event.dns.request': 'a.example' }),
      ]),
    ).to.deep.equal(expected);
  });

  it('Elastic Defend: by entity id', () => {
    const doc = (category: string, action: string, process: object, rest: object = {}): object => ({
      '@timestamp': '2026-06-09T10:13:20.104Z',
      event: { category: [category], action, type: [action] },
      host: { name: 'wks-017', os: { type: 'windows' } },
      process,
      ...rest,
    });
    const launch = (id: string, image: string, by: string): object =>
      doc('process', 'start', {
        entity_id: id,
        executable: `C:\\${image}`,
        parent: { entity_id: by },
      });
    expect(
      lineageOf([
        launch('ZQ==', CLAUDE, 'aa'),
        launch('Zg==', 'Windows\\System32\\cmd.exe', 'ZQ=='),
        launch('Zw==', 'Windows\\System32\\tar.exe', 'Zg=='),
        doc('file', 'creation', { entity_id: 'Zw==' }, { file: { path: 'C:\\a.tgz' } }),
        doc(
          'network',
          'connection_attempted',
          { entity_id: 'Zw==' },
          { destination: { ip: '203.0.113.9' } },
        ),
        launch('aA==', 'chrome.exe', 'aa'),
        doc('file', 'creation', { entity_id: 'aA==' }, { file: { path: 'C:\\b' } }),
      ]),
    ).to.deep.equal(expected);
  });
});
