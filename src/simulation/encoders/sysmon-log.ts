import type { Account, Action, Connection, Deed, Process } from '../action.ts';
import type { Identity, ProcessTable } from '../host.ts';
import { digestsOf } from './digests.ts';
import { spacedTime } from './time-text.ts';
import type { WindowsLog, WindowsRecord } from './windows-record.ts';

const log: WindowsLog = {
  channel: 'Microsoft-Windows-Sysmon/Operational',
  provider: 'Microsoft-Windows-Sysmon',
  providerGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
  keywords: '-9223372036854775808',
  writer: { pid: 3392, threads: [5552, 5524, 5652] },
  writerAccount: 'SYSTEM',
  outcome: 'INFO',
};

type Data = WindowsRecord['data'];

interface Entry {
  readonly eventId: number;
  readonly version: number;
  readonly category: string;
  /** How long Sysmon takes to write it; connections and names come from traces that are read in blocks. */
  readonly delayMs: number;
  readonly data: Data;
}

/** What Sysmon 15 logs of an action. File reads are invisible to it. */
export function sysmonLog(action: Action, processes: ProcessTable): readonly WindowsRecord[] {
  const entry = entryOf(action, processes);
  if (entry === undefined) return [];
  return [
    {
      host: action.process.host,
      log,
      eventId: entry.eventId,
      version: entry.version,
      task: entry.eventId,
      category: entry.category,
      logged: action.time + entry.delayMs,
      data: [['RuleName', '-'], ...entry.data],
    },
  ];
}

function entryOf(action: Action, processes: ProcessTable): Entry | undefined {
  const { deed, process, time } = action;
  const self = actor(action, processes);
  const user = ['User', userName(process.account)] as const;
  switch (deed.kind) {
    case 'launch':
      return entry(1, 5, 'Process Create (rule: ProcessCreate)', 3, launchData(action, processes));
    case 'exit':
      return entry(5, 3, 'Process terminated (rule: ProcessTerminate)', 2, [...self, user]);
    case 'connect':
      return entry(3, 5, 'Network connection detected (rule: NetworkConnect)', 300 + (time % 500), [
        ...self,
        user,
        ...connectionData(process.host.address, deed),
      ]);
    case 'accept':
      return entry(3, 5, 'Network connection detected (rule: NetworkConnect)', 300 + (time % 500), [
        ...self,
        user,
        ...acceptedData(process.host.address, deed),
      ]);
    case 'resolve':
      return entry(22, 5, 'Dns query (rule: DnsQuery)', 200 + (time % 400), [
        ...self.slice(0, 3),
        ['QueryName', deed.name],
        ['QueryStatus', '0'],
        ['QueryResults', answers(deed.aliases, deed.addresses)],
        ...self.slice(3),
        user,
      ]);
    // A file that is written anew is one that is created, to Sysmon; renaming is nothing to it.
    case 'create':
    case 'write':
      return entry(11, 2, 'File created (rule: FileCreate)', 2, [
        ...self,
        ['TargetFilename', deed.path],
        ['CreationUtcTime', spacedTime(time)],
        user,
      ]);
    case 'delete':
      return entry(23, 5, 'File Delete archived (rule: FileDelete)', 4, [
        ...self.slice(0, 3),
        user,
        ...self.slice(3),
        ['TargetFilename', deed.path],
        ['Hashes', hashes(deed.executable ? deed.path : `${deed.path}/text`, deed.executable)],
        ['IsExecutable', String(deed.executable)],
        ['Archived', 'true'],
      ]);
    case 'copy':
      return entry(24, 5, 'Clipboard changed (rule: ClipboardChange)', 6, [
        ...self,
        ['Session', String(process.account.session)],
        ['ClientInfo', `user: ${userName(process.account)}`],
        ['Hashes', hashes(deed.digest, false)],
        ['Archived', 'true'],
        user,
      ]);
    case 'load':
      return entry(7, 3, 'Image loaded (rule: ImageLoad)', 2, [
        ...self,
        ...libraryData(deed.library),
        user,
      ]);
    case 'set':
      return entry(13, 2, 'Registry value set (rule: RegistryEvent)', 2, [
        ['EventType', 'SetValue'],
        ...self,
        ['TargetObject', deed.key],
        ['Details', deed.value],
        user,
      ]);
    case 'open':
      return entry(10, 3, 'Process accessed (rule: ProcessAccess)', 3, openData(action, processes));
    default:
      return undefined;
  }
}

function entry(
  eventId: number,
  version: number,
  category: string,
  delayMs: number,
  data: Data,
): Entry {
  return { eventId, version, category, delayMs, data };
}

/** The columns that nearly every Sysmon event begins with. */
function actor(action: Action, processes: ProcessTable): Data {
  const { pid, guid } = processes.identity(action.process);
  return [
    ['UtcTime', spacedTime(action.time)],
    ['ProcessGuid', guid],
    ['ProcessId', String(pid)],
    ['Image', action.process.program.path],
  ];
}

function launchData(action: Action, processes: ProcessTable): Data {
  const { process } = action;
  const { account, parent, program } = process;
  const from = parent === undefined ? undefined : processes.identity(parent);
  return [
    ...actor(action, processes),
    ['FileVersion', program.version],
    ['Description', program.description],
    ['Product', program.product],
    ['Company', program.company],
    ['OriginalFileName', program.originalName],
    ['CommandLine', process.commandLine],
    ['CurrentDirectory', process.directory],
    ['User', userName(account)],
    ['LogonGuid', logonGuid(process)],
    ['LogonId', account.logon],
    ['TerminalSessionId', String(account.session)],
    ['IntegrityLevel', account.integrity],
    ['Hashes', hashes(`${program.path} ${program.version}`, true)],
    ...parentData(parent, from),
  ];
}

function parentData(parent: Process | undefined, from: Identity | undefined): Data {
  return [
    ['ParentProcessGuid', from?.guid ?? '{00000000-0000-0000-0000-000000000000}'],
    ['ParentProcessId', String(from?.pid ?? 0)],
    ['ParentImage', parent?.program.path ?? '-'],
    ['ParentCommandLine', parent?.commandLine ?? '-'],
    ['ParentUser', parent === undefined ? '-' : userName(parent.account)],
  ];
}

interface End {
  readonly address: string;
  readonly port: number;
}

function connectionData(address: string, deed: Connection): Data {
  const { protocol, localPort, address: peer, port } = deed;
  return networkData(protocol, true, { address, port: localPort }, { address: peer, port });
}

function acceptedData(address: string, deed: Extract<Deed, { readonly kind: 'accept' }>): Data {
  const { localPort, address: peer, port } = deed;
  return networkData('tcp', false, { address: peer, port }, { address, port: localPort });
}

function networkData(protocol: string, isInitiated: boolean, source: End, destination: End): Data {
  return [
    ['Protocol', protocol],
    ['Initiated', String(isInitiated)],
    ['SourceIsIpv6', 'false'],
    ['SourceIp', source.address],
    ['SourceHostname', '-'],
    ['SourcePort', String(source.port)],
    ['SourcePortName', '-'],
    ['DestinationIsIpv6', 'false'],
    ['DestinationIp', destination.address],
    ['DestinationHostname', '-'],
    ['DestinationPort', String(destination.port)],
    ['DestinationPortName', destination.port === 443 ? 'https' : '-'],
  ];
}

function libraryData(library: string): Data {
  const name = library.slice(library.lastIndexOf('\\') + 1);
  return [
    ['ImageLoaded', library],
    ['FileVersion', '10.0.26100.3037 (WinBuild.160101.0800)'],
    ['Description', name],
    ['Product', 'Microsoft® Windows® Operating System'],
    ['Company', 'Microsoft Corporation'],
    ['OriginalFileName', name],
    ['Hashes', hashes(library, true)],
    ['Signed', 'true'],
    ['Signature', 'Microsoft Windows'],
    ['SignatureStatus', 'Valid'],
  ];
}

function openData(action: Action, processes: ProcessTable): Data {
  const { deed, process, time } = action;
  if (deed.kind !== 'open') return [];
  const source = processes.identity(process);
  const target = processes.identity(deed.target);
  return [
    ['UtcTime', spacedTime(time)],
    ['SourceProcessGUID', source.guid],
    ['SourceProcessId', String(source.pid)],
    ['SourceThreadId', String(source.pid + 180)],
    ['SourceImage', process.program.path],
    ['TargetProcessGUID', target.guid],
    ['TargetProcessId', String(target.pid)],
    ['TargetImage', deed.target.program.path],
    ['GrantedAccess', `0x${deed.mask.toString(16)}`],
    [
      'CallTrace',
      'C:\\Windows\\SYSTEM32\\ntdll.dll+9d4b4|C:\\Windows\\System32\\KERNELBASE.dll+32c6e',
    ],
    ['SourceUser', userName(process.account)],
    ['TargetUser', userName(deed.target.account)],
  ];
}

function answers(aliases: readonly string[], addresses: readonly string[]): string {
  const names = aliases.map((alias) => `type:  5 ${alias};`);
  return [...names, ...addresses.map((address) => `::ffff:${address};`)].join('');
}

function userName(account: Account): string {
  return `${account.domain}\\${account.name}`;
}

function logonGuid(process: Process): string {
  const session = process.account.logon.slice(2).padStart(12, '0');
  return `{${process.host.machine}-a3f0-69a6-${session.slice(8)}-${session}}`;
}

/** Text has no import hash. */
function hashes(content: string, executable: boolean): string {
  const { sha1, md5, sha256, imports } = digestsOf(content);
  const ofImports = executable ? imports : '0'.repeat(32);
  return `SHA1=${sha1},MD5=${md5},SHA256=${sha256},IMPHASH=${ofImports}`.replace(
    /=[0-9a-f]+/g,
    (value) => value.toUpperCase(),
  );
}
