import type { Action, Process, System } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import { createRandom } from '../prng.ts';
import { digestsOf, programDigests } from './digests.ts';
import type { Encoder, Observation } from './encoder.ts';
import { nameOf } from './path-names.ts';
import { isoTime } from './time-text.ts';

/** SentinelOne's Cloud Funnel 2: every event names its process and that one's parent. Reads are not told. */
export const sentinelone: Encoder = {
  name: 'sentinelone-cloud-funnel',
  sensor: 'sentinelone',
  description: 'SentinelOne Cloud Funnel 2: processes, files, connections and lookups',
  systems: ['windows', 'linux', 'macos'],
  firstNumber: 118_402,
  shipping: { everyMs: 2_000, delayMsMax: 900, redelivered: 0.002 },
  observe,
};

type Fields = Readonly<Record<string, string | number | boolean>>;

interface Told {
  readonly category: string;
  /** `event.type`; without its blank and in capitals it is the agent's own name of the event. */
  readonly type: string;
  readonly meta?: string;
  readonly source: Process | undefined;
  readonly fields: Fields;
}

const systemNames: Readonly<Record<System, string>> = {
  windows: 'windows',
  linux: 'linux',
  macos: 'osx',
};

function observe(action: Action, processes: ProcessTable): readonly Observation[] {
  const told = tell(action, processes);
  if (told === undefined) return [];
  const { host } = action.process;
  const random = createRandom(`agent/${host.name}`);
  const agent = { uuid: random.hex(32), trace: random.hex(16).toUpperCase() };
  const { category, type, meta, source, fields } = told;
  return [
    {
      logged: action.time + 30,
      record: (number, arrival) =>
        JSON.stringify({
          timestamp: isoTime(action.time).slice(11, 23),
          'event.category': category,
          'event.type': type,
          'meta.event.name': meta ?? type.replaceAll(' ', '').toUpperCase(),
          'event.time': action.time,
          'event.id': `01${agent.trace}_${String(number)}`,
          'event.repetitionCount': 1,
          'endpoint.name': host.name,
          'endpoint.os': systemNames[host.system],
          'endpoint.type': 'laptop',
          'agent.uuid': agent.uuid,
          'agent.version': '24.1.2.6',
          'account.id': '123456789123456789',
          'site.name': 'CORP',
          'dataSource.name': 'SentinelOne',
          'sca:ingestTime': Math.floor(arrival / 1000),
          ...sourceFields(source, processes),
          ...fields,
        }),
    },
  ];
}

function tell(action: Action, processes: ProcessTable): Told | undefined {
  const { deed, process } = action;
  const by = (category: string, type: string, fields: Fields, meta?: string): Told => ({
    category,
    type,
    source: process,
    fields,
    ...(meta === undefined ? {} : { meta }),
  });
  switch (deed.kind) {
    case 'launch':
      return {
        category: 'process',
        type: 'Process Creation',
        source: process.parent,
        fields: processFields('tgt.process', process, processes),
      };
    case 'exit':
      return by('process', 'Process Exit', {});
    case 'create':
      return by('file', 'File Creation', fileFields(deed.path));
    case 'write':
      return by('file', 'File Modification', fileFields(deed.path));
    case 'rename':
      return by('file', 'File Rename', { ...fileFields(deed.to), 'tgt.file.oldPath': deed.path });
    case 'delete':
      return by('file', 'File Deletion', { 'tgt.file.path': deed.path });
    case 'resolve':
      return by(
        'dns',
        'DNS Resolved',
        {
          'event.dns.request': deed.name,
          'event.dns.response': [
            ...deed.aliases.map((alias) => `type:  5 ${alias};`),
            ...deed.addresses.map((address) => `${address};`),
          ].join(''),
        },
        'DNS',
      );
    case 'load': {
      const { md5, sha1 } = digestsOf(deed.library);
      return by('module', 'Module Load', {
        'module.path': deed.library,
        'module.md5': md5,
        'module.sha1': sha1,
      });
    }
    case 'set':
      return by(
        'registry',
        'Registry Value Modified',
        { 'registry.keyPath': keyPath(deed.key), 'registry.value': deed.value },
        'REGVALUEMODIFIED',
      );
    case 'open':
      return by(
        'cross_process',
        'Open Remote Process Handle',
        {
          ...processFields('tgt.process', deed.target, processes),
          'tgt.process.accessRights': deed.mask,
        },
        'OPENPROCESS',
      );
    default:
      return tellOfConnection(action);
  }
}

function tellOfConnection({ deed, process }: Action): Told | undefined {
  const own = process.host.address;
  const by = (type: string, fields: Fields, meta: string): Told => ({
    category: 'ip',
    type,
    source: process,
    fields,
    meta,
  });
  switch (deed.kind) {
    case 'connect':
      return by(
        'IP Connect',
        ends('OUTGOING', [own, deed.localPort], [deed.address, deed.port]),
        'TCPV4',
      );
    case 'accept':
      return by(
        'IP Connect',
        ends('INCOMING', [deed.address, deed.port], [own, deed.localPort]),
        'TCPV4',
      );
    case 'listen':
      return by(
        'IP Listen',
        { 'src.ip.address': deed.address, 'src.port.number': deed.port },
        'TCPV4LISTEN',
      );
    default:
      return undefined;
  }
}

type End = readonly [address: string, port: number];

function ends(direction: string, source: End, destination: End): Fields {
  return {
    'src.ip.address': source[0],
    'src.port.number': source[1],
    'dst.ip.address': destination[0],
    'dst.port.number': destination[1],
    'event.network.direction': direction,
    'event.network.connectionStatus': 'SUCCESS',
  };
}

function sourceFields(source: Process | undefined, processes: ProcessTable): Fields {
  if (source === undefined) return {};
  return {
    ...processFields('src.process', source, processes),
    ...(source.parent === undefined
      ? {}
      : processFields('src.process.parent', source.parent, processes)),
  };
}

function processFields(prefix: string, process: Process, processes: ProcessTable): Fields {
  const { account, host, program, start } = process;
  const { md5, sha1, sha256 } = programDigests(program);
  const { pid, serial } = processes.identity(process);
  return {
    [`${prefix}.name`]: nameOf(program.path),
    [`${prefix}.displayName`]: program.description,
    [`${prefix}.image.path`]: program.path,
    [`${prefix}.cmdline`]: process.commandLine,
    [`${prefix}.pid`]: pid,
    [`${prefix}.uid`]: `${host.machine}${serial.toString(16).padStart(8, '0')}`.toUpperCase(),
    [`${prefix}.startTime`]: start,
    [`${prefix}.user`]: account.domain === '' ? account.name : `${account.domain}\\${account.name}`,
    ...(program.signer === undefined
      ? { [`${prefix}.signedStatus`]: 'unsigned' }
      : {
          [`${prefix}.publisher`]: program.signer.toUpperCase(),
          [`${prefix}.signedStatus`]: 'signed',
          [`${prefix}.verifiedStatus`]: 'verified',
        }),
    [`${prefix}.image.md5`]: md5,
    [`${prefix}.image.sha1`]: sha1,
    [`${prefix}.image.sha256`]: sha256,
    [`${prefix}.integrityLevel`]: account.integrity.toUpperCase(),
  };
}

function fileFields(path: string): Fields {
  const { md5, sha1, sha256 } = digestsOf(path);
  return {
    'tgt.file.path': path,
    'tgt.file.md5': md5,
    'tgt.file.sha1': sha1,
    'tgt.file.sha256': sha256,
  };
}

// The stories write a path in the registry as Sysmon does.
function keyPath(path: string): string {
  return path.replace(/^HKLM\\/, 'MACHINE\\').replace(/^HKU\\/, 'USER\\');
}
