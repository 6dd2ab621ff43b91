import { expect } from 'chai';

import { onlyEvent } from '../only-event.ts';

// What Winlogbeat's modules moved to ECS names is found under the names that rules and Sysmon have for it.

interface Row {
  readonly what: string;
  readonly channel: string;
  readonly id: number;
  readonly data?: object;
  readonly moved: object;
  readonly fields: Readonly<Record<string, unknown>>;
}

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const EDITOR = String.raw`C:\Tools\edit.exe`;
const SHA1 = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c';

const table: readonly Row[] = [
  {
    what: 'a launch',
    channel: SYSMON,
    id: 1,
    data: { IntegrityLevel: 'Medium' },
    moved: {
      process: {
        entity_id: '{1}',
        pid: 12,
        executable: EDITOR,
        command_line: 'edit a.txt',
        working_directory: 'C:\\',
        hash: { sha1: SHA1 },
        pe: { imphash: 'ab12', original_file_name: 'EDIT.EXE' },
        parent: { entity_id: '{0}', pid: 4, executable: 'C:\\p.exe', command_line: 'p' },
      },
      user: { domain: 'CORP', name: 'ana' },
      rule: { name: 'tools' },
    },
    fields: {
      RuleName: 'tools',
      ProcessGuid: '{1}',
      ProcessId: 12,
      Image: EDITOR,
      CommandLine: 'edit a.txt',
      CurrentDirectory: 'C:\\',
      OriginalFileName: 'EDIT.EXE',
      IntegrityLevel: 'Medium',
      User: 'CORP\\ana',
      Hashes: `SHA1=${SHA1.toUpperCase()},IMPHASH=AB12`,
      Imphash: 'AB12',
      ParentProcessGuid: '{0}',
      ParentProcessId: 4,
      ParentImage: 'C:\\p.exe',
      ParentCommandLine: 'p',
    },
  },
  {
    what: 'a connection',
    channel: SYSMON,
    id: 3,
    moved: {
      process: { executable: EDITOR },
      source: { ip: '10.0.0.1', port: 50_000, domain: 'a.example' },
      destination: { ip: '192.0.2.7', port: 443, domain: 'b.example' },
      network: { transport: 'tcp', direction: 'egress' },
    },
    fields: {
      Image: EDITOR,
      SourceIp: '10.0.0.1',
      SourcePort: 50_000,
      SourceHostname: 'a.example',
      DestinationIp: '192.0.2.7',
      DestinationPort: 443,
      DestinationHostname: 'b.example',
      Protocol: 'tcp',
      Initiated: 'true',
    },
  },
  {
    what: 'a loaded module',
    channel: SYSMON,
    id: 7,
    moved: { process: { executable: EDITOR }, file: { path: 'C:\\v.dll', hash: { sha1: SHA1 } } },
    fields: { Image: EDITOR, ImageLoaded: 'C:\\v.dll', SHA1: SHA1.toUpperCase() },
  },
  {
    what: 'access to a process',
    channel: SYSMON,
    id: 10,
    data: { TargetImage: 'C:\\lsass.exe' },
    moved: { process: { entity_id: '{1}', pid: 12, executable: EDITOR } },
    fields: {
      SourceProcessGUID: '{1}',
      SourceProcessId: 12,
      SourceImage: EDITOR,
      TargetImage: 'C:\\lsass.exe',
      Image: undefined,
    },
  },
  {
    what: 'a written file',
    channel: SYSMON,
    id: 11,
    moved: { process: { executable: EDITOR }, file: { path: 'C:\\a.txt', name: 'a.txt' } },
    fields: { TargetFilename: 'C:\\a.txt', PipeName: undefined },
  },
  ...[
    { type: 'SZ_DWORD', written: '1', details: 'DWORD (0x00000001)' },
    { type: 'SZ_QWORD', written: '4294967298', details: 'QWORD (0x00000001-0x00000002)' },
    { type: 'REG_SZ', written: '7', details: '7' },
    { type: 'REG_BINARY', written: 'Binary Data', details: 'Binary Data' },
  ].map(({ type, written, details }) => ({
    what: `a value of the registry, ${type}`,
    channel: SYSMON,
    id: 13,
    data: { EventType: 'SetValue' },
    moved: {
      process: { executable: EDITOR },
      registry: { path: 'HKLM\\a', data: { type, strings: [written] } },
    },
    fields: { TargetObject: 'HKLM\\a', Details: details, EventType: 'SetValue' },
  })),
  {
    what: 'a pipe',
    channel: SYSMON,
    id: 17,
    moved: { process: { executable: EDITOR }, file: { name: '\\bridge' } },
    fields: { PipeName: '\\bridge', TargetFilename: undefined },
  },
  {
    what: 'a look-up',
    channel: SYSMON,
    id: 22,
    moved: {
      process: { executable: EDITOR },
      sysmon: { dns: { status: 'SUCCESS' } },
      dns: {
        question: { name: 'a.example' },
        answers: [
          { type: 'CNAME', data: 'b.example' },
          { type: 'A', data: '192.0.2.7' },
          { type: 'AAAA', data: '2001:db8::7' },
          { type: 'ANY' },
        ],
      },
    },
    fields: {
      QueryName: 'a.example',
      QueryStatus: '0',
      QueryResults: 'type:  5 b.example;::ffff:192.0.2.7;2001:db8::7;',
    },
  },
  {
    what: 'a launch in the Security log',
    channel: 'Security',
    id: 4688,
    data: { SubjectUserName: 'ana' },
    moved: {
      process: {
        pid: 12,
        executable: EDITOR,
        command_line: 'edit',
        parent: { pid: 4, executable: 'C:\\p.exe' },
      },
    },
    fields: {
      NewProcessId: 12,
      NewProcessName: EDITOR,
      CommandLine: 'edit',
      ParentProcessName: 'C:\\p.exe',
      Image: EDITOR,
      ParentProcessId: 4,
    },
  },
  {
    what: 'a logon',
    channel: 'Security',
    id: 4624,
    data: { TargetUserName: 'ana' },
    moved: {
      process: { pid: 12, executable: EDITOR },
      source: { ip: '10.0.0.1', port: 1, domain: 'WKS' },
    },
    fields: {
      TargetUserName: 'ana',
      ProcessName: EDITOR,
      IpAddress: '10.0.0.1',
      IpPort: 1,
      WorkstationName: 'WKS',
    },
  },
  {
    what: 'a script',
    channel: 'Microsoft-Windows-PowerShell/Operational',
    id: 4104,
    moved: { powershell: { file: { script_block_text: 'dir' } }, file: { path: 'C:\\a.ps1' } },
    fields: { ScriptBlockText: 'dir', Path: 'C:\\a.ps1' },
  },
  {
    what: 'a pipeline',
    channel: 'Microsoft-Windows-PowerShell/Operational',
    id: 4103,
    moved: {
      process: { command_line: 'powershell.exe -NoProfile', title: 'ConsoleHost' },
      user: { domain: 'CORP', name: 'ana' },
      event: { sequence: 34 },
      powershell: {
        command: {
          name: 'Out-File',
          invocation_details: [
            { type: 'CommandInvocation', related_command: 'Out-File', value: '"Out-File"' },
            {
              type: 'ParameterBinding',
              related_command: 'Out-File',
              name: '"FilePath"',
              value: '"a.txt"',
            },
            { value: 'as it was' },
          ],
        },
      },
    },
    fields: {
      ContextInfo: [
        '        Host Name = ConsoleHost',
        '        Host Application = powershell.exe -NoProfile',
        '        Command Name = Out-File',
        '        Sequence Number = 34',
        '        User = CORP\\ana',
      ].join('\n'),
      Payload: [
        'CommandInvocation(Out-File): "Out-File"',
        'ParameterBinding(Out-File): name="FilePath"; value="a.txt"',
        'as it was',
      ].join('\n'),
      'process.command_line': 'powershell.exe -NoProfile',
    },
  },
];

describe("documents of Winlogbeat's modules", () => {
  for (const { what, channel, id, data, moved, fields } of table) {
    it(`${what} is read under its own names`, () => {
      const event = onlyEvent(document(channel, id, data, moved));
      const found = Object.fromEntries(
        Object.keys(fields).map((name) => [name, event.get(name)] as const),
      );
      expect(found).to.deep.equal(fields);
    });
  }

  it('keep what the event itself says', () => {
    const moved = { process: { executable: EDITOR, pid: 12 } };
    const event = onlyEvent(document(SYSMON, 1, { Image: 'C:\\own.exe' }, moved));
    expect([event.get('Image'), event.get('ProcessId')]).to.deep.equal(['C:\\own.exe', 12]);
  });

  it('are plain records where no module was', () => {
    const event = onlyEvent(document(SYSMON, 1, { Image: EDITOR }, { rule: { name: 'tools' } }));
    expect([event.get('Image'), event.get('RuleName')]).to.deep.equal([EDITOR, undefined]);
  });
});

function document(channel: string, id: number, data: object | undefined, moved: object): object {
  const time = '2026-06-09T10:13:20.104Z';
  const winlog = { channel, event_id: String(id), computer_name: 'wks-017', event_data: data };
  return { '@timestamp': time, winlog, ...moved };
}
