import type { EventTime } from '../../event/record.ts';
import type { Action, Host, Process, System } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import { createRandom } from '../prng.ts';
import { digestsOf, programDigests } from './digests.ts';
import type { Encoder, Observation } from './encoder.ts';
import { extensionOf, nameOf } from './path-names.ts';

/**
 * CrowdStrike's Falcon Data Replicator. Its records know machines and processes by numbers of the sensor's own;
 * only launches have a path and a command line. Of reads it tells some, here those of audited folders.
 */
export const crowdstrike: Encoder = {
  name: 'crowdstrike-fdr',
  sensor: 'crowdstrike',
  description: 'CrowdStrike Falcon Data Replicator: launches, files, connections and lookups',
  systems: ['windows', 'linux', 'macos'],
  firstNumber: 4_810_220,
  shipping: { everyMs: 2_000, delayMsMax: 900, redelivered: 0.002 },
  hostName: agentId,
  observe,
};

type Fields = Readonly<Record<string, string>>;

interface Told {
  /** `event_simpleName`. */
  readonly name: string;
  readonly fields: Fields;
}

const platforms: Readonly<Record<System, string>> = { windows: 'Win', linux: 'Lin', macos: 'Mac' };

function observe(action: Action, processes: ProcessTable): readonly Observation[] {
  const told = tell(action, processes);
  if (told === undefined) return [];
  const { host } = action.process;
  const platform = platforms[host.system];
  return [
    {
      logged: action.time + 40,
      record: (number, arrival) =>
        JSON.stringify({
          event_simpleName: told.name,
          name: `${told.name}${platform === 'Win' ? '' : platform}V12`,
          aid: agentId(host),
          cid: '0b9a8c7d6e5f4a3b2c1d0e9f8a7b6c5d',
          aip: '203.0.113.77',
          event_platform: platform,
          id: `${host.machine}-5a1f-11f0-8000-${number.toString(16).padStart(12, '0')}`,
          timestamp: String(arrival),
          ConfigBuild: '1007.3.0018605.11',
          ConfigStateHash: '1763245019',
          Entitlements: '15',
          ...told.fields,
        }),
    },
  ];
}

function tell(action: Action, processes: ProcessTable): Told | undefined {
  const { deed, process } = action;
  const { host } = process;
  const context = contextOf(action, processes);
  const file = (name: string, path: string, more: Fields = {}): Told => ({
    name,
    fields: { ...context, TargetFileName: devicePath(path), ...more },
  });
  switch (deed.kind) {
    case 'launch':
      return { name: 'ProcessRollup2', fields: launchFields(action, processes) };
    case 'exit':
      return {
        name: 'EndOfProcess',
        fields: { ...context, ...targetOf(process, processes), ExitCode: String(deed.code) },
      };
    case 'read':
      return host.audits(deed.path)
        ? file('FileOpenInfo', deed.path, { DesiredAccess: '1179785' })
        : undefined;
    case 'create':
    case 'write':
      return file(writtenName(deed.path), deed.path, {
        SHA256HashData: digestsOf(deed.path).sha256,
        IsOnRemovableDisk: '0',
        IsOnNetwork: '0',
      });
    case 'rename':
      return file('FileRenameInfo', deed.to, { SourceFileName: devicePath(deed.path) });
    case 'delete':
      return file('FileDeleteInfo', deed.path);
    case 'load':
      return {
        name: 'ClassifiedModuleLoad',
        fields: {
          ...context,
          ImageFileName: devicePath(deed.library),
          SHA256HashData: digestsOf(deed.library).sha256,
        },
      };
    case 'set':
      return { name: 'AsepValueUpdate', fields: { ...context, ...valueOf(deed.key, deed.value) } };
    default:
      return tellOfNetwork(action, context);
  }
}

function tellOfNetwork({ deed, process }: Action, context: Fields): Told | undefined {
  const { address } = process.host;
  switch (deed.kind) {
    case 'connect':
      return connection('NetworkConnect', context, {
        local: [address, deed.localPort],
        remote: [deed.address, deed.port],
        protocol: deed.protocol === 'tcp' ? '6' : '17',
        direction: '0',
      });
    case 'accept':
      return connection('NetworkReceiveAccept', context, {
        local: [address, deed.localPort],
        remote: [deed.address, deed.port],
        protocol: '6',
        direction: '1',
      });
    case 'listen':
      return connection('NetworkListen', context, {
        local: [deed.address, deed.port],
        remote: ['0.0.0.0', 0],
        protocol: '6',
        direction: '2',
      });
    case 'resolve':
      return {
        name: 'DnsRequest',
        fields: {
          ...context,
          DomainName: deed.name,
          RequestType: '1',
          IP4Records: listed(deed.addresses),
          CNAMERecords: listed(deed.aliases),
        },
      };
    default:
      return undefined;
  }
}

interface Ends {
  readonly local: readonly [address: string, port: number];
  readonly remote: readonly [address: string, port: number];
  readonly protocol: string;
  readonly direction: string;
}

function connection(name: string, context: Fields, ends: Ends): Told {
  const version = ends.remote[0].includes(':') ? 'IP6' : 'IP4';
  return {
    name: `${name}${version}`,
    fields: {
      ...context,
      [`LocalAddress${version}`]: ends.local[0],
      LocalPort: String(ends.local[1]),
      [`RemoteAddress${version}`]: ends.remote[0],
      RemotePort: String(ends.remote[1]),
      Protocol: ends.protocol,
      ConnectionDirection: ends.direction,
      ConnectionFlags: '0',
      InContext: '0',
    },
  };
}

function launchFields({ process, time }: Action, processes: ProcessTable): Fields {
  const { account, host, parent, program } = process;
  const { md5, sha256 } = programDigests(program);
  const from = parent === undefined ? '0' : processId(parent, processes);
  return {
    ...targetOf(process, processes),
    ParentProcessId: from,
    SourceProcessId: from,
    ...(parent === undefined ? {} : { ParentBaseFileName: nameOf(parent.program.path) }),
    ImageFileName: devicePath(program.path),
    CommandLine: process.commandLine,
    ProcessStartTime: seconds(time),
    ProcessEndTime: '',
    SHA256HashData: sha256,
    MD5HashData: md5,
    SHA1HashData: '0'.repeat(40),
    ...(host.system === 'windows'
      ? { UserSid: account.id, AuthenticationId: String(Number(account.logon)) }
      : { UID: account.id, GID: account.id }),
    ...(host.system === 'macos' && program.signingId !== undefined
      ? { SigningId: program.signingId }
      : {}),
  };
}

function contextOf({ process, time }: Action, processes: ProcessTable): Fields {
  return {
    ContextProcessId: processId(process, processes),
    ContextThreadId: '0',
    ContextTimeStamp: seconds(time),
  };
}

function targetOf(process: Process, processes: ProcessTable): Fields {
  return {
    TargetProcessId: processId(process, processes),
    RawProcessId: String(processes.identity(process).pid),
  };
}

/** The sensor's number of a process, which its machine never gives again. */
function processId(process: Process, processes: ProcessTable): string {
  const machine = Number.parseInt(process.host.machine, 16);
  return String(machine * 100_000 + processes.identity(process).serial);
}

/** The sensor's id of a machine. */
function agentId(host: Host): string {
  return createRandom(`sensor/${host.name}`).hex(32);
}

const written: Readonly<Record<string, string>> = {
  docx: 'OoxmlFileWritten',
  xlsx: 'OoxmlFileWritten',
  pptx: 'OoxmlFileWritten',
  pdf: 'PdfFileWritten',
  zip: 'ZipFileWritten',
  gz: 'GzipFileWritten',
  tgz: 'GzipFileWritten',
  '7z': 'SevenZipFileWritten',
  exe: 'NewExecutableWritten',
  dll: 'NewExecutableWritten',
  ps1: 'NewScriptWritten',
  sh: 'NewScriptWritten',
  py: 'NewScriptWritten',
};

// One event for each kind of file.
function writtenName(path: string): string {
  const extension = extensionOf(path);
  return (
    (Object.hasOwn(written, extension) ? written[extension] : undefined) ?? 'GenericFileWritten'
  );
}

const roots: readonly (readonly [short: string, long: string])[] = [
  ['HKLM\\', '\\REGISTRY\\MACHINE\\'],
  ['HKU\\', '\\REGISTRY\\USER\\'],
];

/** A value of the registry, whose path the stories write as Sysmon does. */
function valueOf(path: string, value: string): Fields {
  const root = roots.find(([short]) => path.startsWith(short));
  const long = root === undefined ? path : `${root[1]}${path.slice(root[0].length)}`;
  const end = long.lastIndexOf('\\');
  return {
    RegObjectName: long.slice(0, end),
    RegValueName: long.slice(end + 1),
    RegStringValue: value,
    RegOperationType: '1',
  };
}

function devicePath(path: string): string {
  return path.replace(/^[A-Z]:\\/, '\\Device\\HarddiskVolume3\\');
}

function listed(values: readonly string[]): string {
  return values.map((value) => `${value};`).join('');
}

function seconds(time: EventTime): string {
  return (time / 1000).toFixed(3);
}
