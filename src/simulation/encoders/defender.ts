import type { EventTime } from '../../event/record.ts';
import type { Action, Process } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import { createRandom } from '../prng.ts';
import { digestsOf, programDigests } from './digests.ts';
import type { Encoder, Observation } from './encoder.ts';
import { extensionOf, folderOf, nameOf } from './path-names.ts';
import { isoTime } from './time-text.ts';

/**
 * Defender XDR's streaming of advanced hunting from Windows. Reads are told of labelled documents only, which
 * here are office documents in audited folders; ends of processes are not told at all.
 */
export const defender: Encoder = {
  name: 'defender-xdr',
  sensor: 'defender',
  description: 'Microsoft Defender XDR streaming: the Device* tables of advanced hunting',
  systems: ['windows'],
  firstNumber: 90_117,
  shipping: { everyMs: 5_000, delayMsMax: 2_000, redelivered: 0.002 },
  observe,
};

type Fields = Readonly<Record<string, string | number>>;

interface Row {
  readonly table: string;
  readonly action: string;
  readonly initiating: Process | undefined;
  readonly fields: Fields;
}

function observe(action: Action, processes: ProcessTable): readonly Observation[] {
  const row = rowOf(action, processes);
  if (row === undefined) return [];
  const { host } = action.process;
  return [
    {
      logged: action.time + 60,
      record: (number, arrival) =>
        JSON.stringify({
          time: ticks(arrival),
          tenantId: '7c0e1b3a-2f9f-4227-af55-9f1061cf9c32',
          operationName: 'Publish',
          category: `AdvancedHunting-${row.table}`,
          _TimeReceivedBySvc: ticks(arrival),
          properties: {
            DeviceName: host.name,
            DeviceId: createRandom(`device/${host.name}`).hex(40),
            ReportId: number,
            ActionType: row.action,
            Timestamp: ticks(action.time),
            MachineGroup: 'UnassignedGroup',
            AppGuardContainerId: '',
            ...row.fields,
            ...initiatingFields(row.initiating, processes),
          },
        }),
    },
  ];
}

function rowOf(action: Action, processes: ProcessTable): Row | undefined {
  const { deed, process } = action;
  const by = (table: string, name: string, fields: Fields): Row => ({
    table,
    action: name,
    initiating: process,
    fields,
  });
  switch (deed.kind) {
    case 'launch':
      return {
        table: 'DeviceProcessEvents',
        action: 'ProcessCreated',
        initiating: process.parent,
        fields: launchFields(process, processes),
      };
    case 'read':
      if (!isLabelled(process, deed.path)) return undefined;
      return by('DeviceEvents', 'SensitiveFileRead', {
        FileName: nameOf(deed.path),
        FolderPath: folderOf(deed.path),
        AdditionalFields: JSON.stringify({ SensitivityLabel: 'Confidential' }),
      });
    case 'create':
      return by('DeviceFileEvents', 'FileCreated', fileFields(deed.path));
    case 'write':
      return by('DeviceFileEvents', 'FileModified', fileFields(deed.path));
    case 'rename':
      return by('DeviceFileEvents', 'FileRenamed', {
        ...fileFields(deed.to),
        PreviousFileName: nameOf(deed.path),
        PreviousFolderPath: folderOf(deed.path),
      });
    case 'delete':
      return by('DeviceFileEvents', 'FileDeleted', fileFields(deed.path));
    case 'paste':
      return by('DeviceEvents', 'GetClipboardData', { AdditionalFields: '{}' });
    case 'load':
      return by('DeviceImageLoadEvents', 'ImageLoaded', fileFields(deed.library));
    case 'set':
      return by('DeviceRegistryEvents', 'RegistryValueSet', {
        RegistryKey: keyOf(folderOf(deed.key)),
        RegistryValueName: nameOf(deed.key),
        RegistryValueType: 'String',
        RegistryValueData: deed.value,
      });
    case 'open':
      return by('DeviceEvents', 'OpenProcessApiCall', {
        FileName: nameOf(deed.target.program.path),
        FolderPath: deed.target.program.path,
        ProcessId: processes.identity(deed.target).pid,
        ProcessCreationTime: ticks(deed.target.start),
        AdditionalFields: JSON.stringify({ DesiredAccess: deed.mask }),
      });
    default:
      return connectionRow(action);
  }
}

function connectionRow({ deed, process }: Action): Row | undefined {
  const own = process.host.address;
  const by = (table: string, action: string, fields: Fields): Row => ({
    table,
    action,
    initiating: process,
    fields,
  });
  switch (deed.kind) {
    case 'connect':
      return by('DeviceNetworkEvents', 'ConnectionSuccess', {
        LocalIP: own,
        LocalPort: deed.localPort,
        RemoteIP: deed.address,
        RemotePort: deed.port,
        ...(deed.name === undefined ? {} : { RemoteUrl: deed.name }),
        Protocol: deed.protocol === 'tcp' ? 'Tcp' : 'Udp',
      });
    case 'accept':
      return by('DeviceNetworkEvents', 'InboundConnectionAccepted', {
        LocalIP: own,
        LocalPort: deed.localPort,
        RemoteIP: deed.address,
        RemotePort: deed.port,
        Protocol: 'Tcp',
      });
    case 'listen':
      return by('DeviceNetworkEvents', 'ListeningConnectionCreated', {
        LocalIP: deed.address,
        LocalPort: deed.port,
        Protocol: 'Tcp',
      });
    case 'resolve':
      return by('DeviceEvents', 'DnsQueryResponse', {
        AdditionalFields: JSON.stringify({
          DnsQueryString: deed.name,
          DnsQueryResult: JSON.stringify([
            ...deed.aliases.map((name) => ({ DnsQueryType: 'CNAME', Result: name })),
            ...deed.addresses.map((address) => ({ DnsQueryType: 'A', Result: address })),
          ]),
        }),
      });
    default:
      return undefined;
  }
}

function launchFields(process: Process, processes: ProcessTable): Fields {
  const { account, program, start } = process;
  const { md5, sha1, sha256 } = programDigests(program);
  return {
    FileName: nameOf(program.path),
    FolderPath: program.path,
    ProcessId: processes.identity(process).pid,
    ProcessCreationTime: ticks(start),
    ProcessCommandLine: process.commandLine,
    SHA1: sha1,
    SHA256: sha256,
    MD5: md5,
    AccountName: account.name.toLowerCase(),
    AccountDomain: account.domain.toLowerCase(),
    AccountSid: account.id,
    ProcessVersionInfoCompanyName: program.company,
    ProcessVersionInfoProductName: program.product,
    ProcessVersionInfoOriginalFileName: program.originalName,
    ProcessIntegrityLevel: account.integrity,
    AdditionalFields: '',
  };
}

function initiatingFields(process: Process | undefined, processes: ProcessTable): Fields {
  if (process === undefined) return {};
  const { account, parent, program, start } = process;
  const { md5, sha1, sha256 } = programDigests(program);
  return {
    InitiatingProcessFileName: nameOf(program.path),
    // Paths of acting processes come in lower case.
    InitiatingProcessFolderPath: program.path.toLowerCase(),
    InitiatingProcessId: processes.identity(process).pid,
    InitiatingProcessCreationTime: ticks(start),
    InitiatingProcessCommandLine: process.commandLine,
    ...(parent === undefined
      ? {}
      : {
          InitiatingProcessParentFileName: nameOf(parent.program.path),
          InitiatingProcessParentId: processes.identity(parent).pid,
          InitiatingProcessParentCreationTime: ticks(parent.start),
        }),
    InitiatingProcessAccountName: account.name.toLowerCase(),
    InitiatingProcessAccountDomain: account.domain.toLowerCase(),
    InitiatingProcessAccountSid: account.id,
    InitiatingProcessSHA1: sha1,
    InitiatingProcessSHA256: sha256,
    InitiatingProcessMD5: md5,
    InitiatingProcessVersionInfoCompanyName: program.company,
    InitiatingProcessVersionInfoProductName: program.product,
    InitiatingProcessVersionInfoOriginalFileName: program.originalName,
    InitiatingProcessIntegrityLevel: account.integrity,
  };
}

function fileFields(path: string): Fields {
  const { md5, sha1, sha256 } = digestsOf(path);
  return { FileName: nameOf(path), FolderPath: path, SHA1: sha1, SHA256: sha256, MD5: md5 };
}

const documents: ReadonlySet<string> = new Set(['docx', 'xlsx', 'pptx', 'pdf']);

function isLabelled({ host }: Process, path: string): boolean {
  return documents.has(extensionOf(path)) && host.audits(path);
}

// The stories write a path in the registry as Sysmon does.
function keyOf(path: string): string {
  return path.replace(/^HKLM(?=\\)/, 'HKEY_LOCAL_MACHINE').replace(/^HKU(?=\\)/, 'HKEY_USERS');
}

/** With the seven digits that .NET counts in. */
function ticks(time: EventTime): string {
  return `${isoTime(time).slice(0, 23)}0000Z`;
}
