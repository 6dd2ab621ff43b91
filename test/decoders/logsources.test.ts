import { expect } from 'chai';

import type { TelemetryEvent } from '../../src/event/event.ts';
import { fitsLogsource } from '../../src/event/logsource.ts';
import { onlyEvent as only } from './only-event.ts';

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';

function windows(channel: string, id: number | string, fields: object = {}): TelemetryEvent {
  const header = { Channel: channel, EventID: id, Hostname: 'wks-1' };
  return only({ ...header, EventTime: '2026-06-09 10:13:20', ...fields });
}

describe('log sources of Sysmon', () => {
  const cases: readonly (readonly [number, object, readonly string[]])[] = [
    [1, {}, ['process_creation']],
    [2, {}, ['file_change']],
    [3, {}, ['network_connection']],
    [4, {}, ['sysmon_status']],
    [5, {}, ['process_termination']],
    [6, {}, ['driver_load']],
    [7, {}, ['image_load']],
    [8, {}, ['create_remote_thread']],
    [9, {}, ['raw_access_thread']],
    [10, {}, ['process_access']],
    [11, {}, ['file_event']],
    [12, {}, ['registry_event']],
    [12, { EventType: 'CreateKey' }, ['registry_event', 'registry_add']],
    [12, { EventType: 'DeleteKey' }, ['registry_event', 'registry_delete']],
    [12, { EventType: 'DeleteValue' }, ['registry_event', 'registry_delete']],
    [12, { EventType: 'INFO' }, ['registry_event']],
    [
      12,
      { EventType: 'INFO', Message: 'x\r\nEventType: CreateKey\r\nUtcTime: y' },
      ['registry_event', 'registry_add'],
    ],
    [12, { Message: 'EventType: DeleteKey' }, ['registry_event', 'registry_delete']],
    [13, {}, ['registry_event', 'registry_set']],
    [14, {}, ['registry_event', 'registry_rename']],
    [15, {}, ['create_stream_hash']],
    [16, {}, ['sysmon_status']],
    [17, {}, ['pipe_created']],
    [18, {}, ['pipe_created']],
    [19, {}, ['wmi_event']],
    [20, {}, ['wmi_event']],
    [21, {}, ['wmi_event']],
    [22, {}, ['dns_query']],
    [23, {}, ['file_delete']],
    [24, {}, ['clipboard_capture', 'clipboard_change']],
    [25, {}, ['process_tampering']],
    [26, {}, ['file_delete_detected']],
    [27, {}, ['file_block_executable']],
    [28, {}, ['file_block_shredding']],
    [29, {}, ['file_executable_detected']],
    [30, {}, []],
    [255, {}, ['sysmon_error']],
  ];
  for (const [id, fields, categories] of cases) {
    it(`${id} ${JSON.stringify(fields)} is ${categories.join(', ')}`, () => {
      const { logsource } = windows(SYSMON, id, fields);
      expect(logsource.product).to.equal('windows');
      expect(logsource.services).to.deep.equal(['sysmon']);
      expect(logsource.categories).to.deep.equal(categories);
    });
  }

  it('gives the EventType of the message where a shipper wrote over it', () => {
    const fields = { EventType: 'INFO', Message: 'EventType: SetValue\r\nUtcTime: y' };
    expect(windows(SYSMON, 13, fields).get('EventType')).to.equal('SetValue');
  });
});

describe('log sources of Windows channels', () => {
  const cases: readonly (readonly [string, number, readonly string[], readonly string[]])[] = [
    ['Security', 4688, ['process_creation'], ['security']],
    ['security', 4688, ['process_creation'], ['security']],
    ['SECURITY', 1102, [], ['security']],
    ['Security', 1, [], ['security']],
    ['System', 4688, [], ['system']],
    ['Application', 1, [], ['application']],
    ['Microsoft-Windows-PowerShell/Operational', 4104, ['ps_script'], ['powershell']],
    ['PowerShellCore/Operational', 4103, ['ps_module'], ['powershell']],
    ['Microsoft-Windows-PowerShell/Operational', 400, [], ['powershell']],
    ['Windows PowerShell', 400, ['ps_classic_start'], ['powershell-classic']],
    ['Windows PowerShell', 600, ['ps_classic_provider_start'], ['powershell-classic']],
    ['Windows PowerShell', 800, ['ps_classic_script'], ['powershell-classic']],
    ['Windows PowerShell', 403, [], ['powershell-classic']],
    ['Microsoft-Windows-AppXDeploymentServer/Operational', 400, [], ['appxdeployment-server']],
    ['Microsoft-Windows-AppLocker/EXE and DLL', 8004, [], ['applocker']],
    ['Microsoft-Windows-AppLocker/MSI and Script', 8004, [], ['applocker']],
    ['Microsoft-Windows-LDAP-Client/Debug', 30, [], ['ldap', 'ldap_debug']],
    ['Microsoft-Windows-Kernel-IO/Operational', 1, [], []],
    ['constructor', 1, [], []],
  ];
  for (const [channel, id, categories, services] of cases) {
    it(`${channel} ${id}`, () => {
      const { logsource } = windows(channel, id);
      expect(logsource).to.deep.equal({ product: 'windows', categories, services });
    });
  }

  it('does not look at the provider: Eventlog writes 1102 into Security', () => {
    const event = windows('Security', 1102, { SourceName: 'Microsoft-Windows-Eventlog' });
    expect(event.logsource.services).to.deep.equal(['security']);
    expect(event.get('Provider_Name')).to.equal('Microsoft-Windows-Eventlog');
  });

  it('lets a rule with a product and nothing else reach every channel', () => {
    for (const channel of [SYSMON, 'Security', 'Contoso/Operational']) {
      expect(fitsLogsource({ product: 'windows' }, windows(channel, 1).logsource)).to.equal(true);
      expect(fitsLogsource({ product: 'linux' }, windows(channel, 1).logsource)).to.equal(false);
    }
  });

  it('takes event ids as numbers and as text', () => {
    expect(windows(SYSMON, '1').logsource).to.equal(windows(SYSMON, 1).logsource);
  });
});

describe('reads of files by Security 4663', () => {
  const cases: readonly (readonly [object, string, readonly string[]])[] = [
    [{ AccessMask: '0x1' }, 'file_read', ['file_access']],
    [{ AccessMask: '0x3' }, 'file_read', ['file_access']],
    [{ AccessMask: '0x2' }, 'file_write', []],
    [{ AccessMask: '0x4' }, 'file_write', []],
    [{ AccessMask: '0x10000' }, 'file_delete', []],
    [{ AccessMask: '0x20000' }, 'other', []],
    [{ AccessList: '%%4416\n\t\t\t\t' }, 'file_read', ['file_access']],
    [{ AccessList: '%%4417\n\t\t\t\t' }, 'file_write', []],
    [{ AccessMask: '0x1', ObjectType: 'Key' }, 'other', []],
  ];
  for (const [fields, activity, categories] of cases) {
    it(`${JSON.stringify(fields)} is ${activity}`, () => {
      const event = windows('Security', 4663, {
        ObjectType: 'File',
        ObjectName: 'C:\\Share\\q3.docx',
        ProcessName: 'C:\\claude.exe',
        SubjectUserName: 'ana',
        SubjectDomainName: 'CORP',
        ...fields,
      });
      expect([event.activity, event.logsource.categories]).to.deep.equal([activity, categories]);
    });
  }

  it('answer the fields of Sigma’s file_access', () => {
    const event = windows('Security', 4663, {
      ObjectType: 'File',
      AccessMask: '0x1',
      ObjectName: 'C:\\Share\\q3.docx',
      ProcessName: 'C:\\claude.exe',
      SubjectUserName: 'ana',
      SubjectDomainName: 'CORP',
    });
    const names = ['FileName', 'TargetFilename', 'Image', 'User', 'Computer'];
    expect(names.map((name) => event.get(name))).to.deep.equal([
      'C:\\Share\\q3.docx',
      'C:\\Share\\q3.docx',
      'C:\\claude.exe',
      'CORP\\ana',
      'wks-1',
    ]);
  });
});

describe('log sources of osquery', () => {
  const base = { hostIdentifier: 'h', unixTime: 1781000020, counter: 5, action: 'added' };
  const cases: readonly (readonly [string, object, string | undefined, readonly string[]])[] = [
    ['process_events', { path: '/bin/ls', cmdline: 'ls' }, 'linux', ['process_creation']],
    ['pack_a_process_events', { path: '/bin/ls' }, 'linux', ['process_creation']],
    ['pack-a-es_process_events', { path: '/x', event_type: 'exec' }, 'macos', ['process_creation']],
    ['reads', { operation: 'read', executable: '/a', path: '/b' }, 'linux', ['file_access']],
    [
      'agent_file_events',
      { operation: 'open', executable: '/a', path: '/b' },
      'linux',
      ['file_access'],
    ],
    ['opens', { event_type: 'open', filename: '/b', path: '/a' }, 'macos', ['file_access']],
    ['fim', { target_path: '/b', action: 'OPENED' }, 'linux', ['file_access']],
    ['fim', { target_path: 'C:\\b', action: 'CREATED' }, 'windows', ['file_event']],
    ['fim', { target_path: '/Users/a/b', action: 'DELETED' }, 'macos', ['file_delete']],
    [
      'sockets',
      { remote_address: '203.0.113.1', remote_port: '443', action: 'connect', path: '/a' },
      'linux',
      ['network_connection'],
    ],
    ['all_processes', { pid: '1', path: '/a', cmdline: 'a' }, 'linux', ['process_creation']],
    ['subprocesses', { x: '1' }, undefined, []],
    ['toString', { constructor: '1' }, undefined, []],
  ];
  for (const [name, columns, product, categories] of cases) {
    it(`${name} ${JSON.stringify(columns)}`, () => {
      const { logsource } = only({ ...base, name, columns });
      expect(logsource).to.deep.equal({ product, categories, services: ['osquery'] });
    });
  }

  const quiet: readonly (readonly [string, object])[] = [
    ['what a query no longer finds', { action: 'removed' }],
    ['the first run of a query over a state', { counter: 0 }],
    ['the first run, numbers as text', { counter: '0' }],
  ];
  for (const [name, changes] of quiet) {
    it(`${name} is no new activity`, () => {
      const columns = { pid: '1', path: '/a', cmdline: 'a' };
      const event = only({ ...base, name: 'processes', columns, ...changes });
      expect([event.activity, event.logsource.categories]).to.deep.equal(['other', []]);
    });
  }

  it('a connection answers Sigma’s names, and an accepted one from the other side', () => {
    const columns = {
      remote_address: '203.0.113.1',
      remote_port: '443',
      local_address: '10.0.0.4',
      local_port: '40112',
      protocol: '6',
      path: '/usr/bin/curl',
    };
    const names = ['DestinationIp', 'DestinationPort', 'SourceIp', 'Initiated', 'Protocol'];
    const row = (action: string): TelemetryEvent =>
      only({ ...base, name: 'socket_events', columns: { ...columns, action } });
    expect(names.map((name) => row('connect').get(name))).to.deep.equal([
      '203.0.113.1',
      '443',
      '10.0.0.4',
      'true',
      'tcp',
    ]);
    expect(names.map((name) => row('accept').get(name))).to.deep.equal([
      '10.0.0.4',
      '40112',
      '203.0.113.1',
      'false',
      'tcp',
    ]);
  });
});
