import type { Action, Process } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import { digestsOf, programDigests } from './digests.ts';
import type { Encoder, Observation } from './encoder.ts';
import { extensionOf, nameOf } from './path-names.ts';
import { isoTime } from './time-text.ts';

/**
 * Elastic Defend, which writes ECS itself. Opening of files is told on Windows and macOS, for watched paths; how
 * much was sent is told when a connection ends.
 */
export const elasticDefend: Encoder = {
  name: 'elastic-defend',
  sensor: 'ecs',
  description: 'Elastic Defend: ECS documents of processes, files, connections and lookups',
  systems: ['windows', 'macos'],
  firstNumber: 700_214,
  shipping: { everyMs: 2_000, delayMsMax: 900, redelivered: 0.002 },
  observe,
};

interface Document {
  readonly dataset: 'process' | 'file' | 'network' | 'library' | 'registry';
  readonly type: readonly string[];
  readonly action: string;
  readonly fields: object;
}

function observe(action: Action, processes: ProcessTable): readonly Observation[] {
  const document = documentOf(action);
  if (document === undefined) return [];
  const { process, time } = action;
  const { account, host } = process;
  const dataset = `endpoint.events.${document.dataset}`;
  return [
    {
      logged: time + 30,
      record: (number) =>
        JSON.stringify({
          '@timestamp': isoTime(time),
          agent: { type: 'endpoint', version: '9.1.0', id: `${host.machine}-8a5e-4d1c-9c35` },
          data_stream: { type: 'logs', dataset, namespace: 'default' },
          ecs: { version: '8.10.0' },
          event: {
            id: `N4J${host.machine}+++${number.toString(36)}`,
            kind: 'event',
            category: [document.dataset],
            type: document.type,
            action: document.action,
            module: 'endpoint',
            dataset,
            sequence: number,
          },
          host: {
            name: host.name,
            hostname: host.name,
            ip: [host.address],
            os: { type: host.system },
          },
          user: {
            name: account.name,
            ...(account.domain === '' ? {} : { domain: account.domain }),
            id: account.id,
          },
          process: processFields(process, processes),
          ...document.fields,
        }),
    },
  ];
}

function documentOf({ deed, process }: Action): Document | undefined {
  switch (deed.kind) {
    case 'launch': {
      const action = process.host.system === 'windows' ? 'start' : 'exec';
      return { dataset: 'process', type: ['start'], action, fields: {} };
    }
    case 'exit':
      return { dataset: 'process', type: ['end'], action: 'end', fields: {} };
    case 'read':
      return process.host.audits(deed.path) ? file('access', 'open', deed.path) : undefined;
    case 'create':
      return file('creation', 'creation', deed.path);
    case 'write':
      return file('change', 'modification', deed.path);
    case 'rename':
      return file('change', 'rename', deed.to, deed.path);
    case 'delete':
      return file('deletion', 'deletion', deed.path);
    case 'load': {
      const { md5, sha1, sha256 } = digestsOf(deed.library);
      const dll = {
        path: deed.library,
        name: nameOf(deed.library),
        hash: { md5, sha1, sha256 },
        code_signature: { exists: true, trusted: true, subject_name: 'Microsoft Windows' },
      };
      return { dataset: 'library', type: ['start'], action: 'load', fields: { dll } };
    }
    case 'set': {
      const registry = {
        path: deed.key,
        value: nameOf(deed.key),
        data: { strings: [deed.value], type: 'REG_SZ' },
      };
      return {
        dataset: 'registry',
        type: ['change'],
        action: 'modification',
        fields: { registry },
      };
    }
    default:
      return trafficOf(deed, process);
  }
}

function file(type: string, action: string, path: string, before?: string): Document {
  const fields = {
    path,
    name: nameOf(path),
    extension: extensionOf(path),
    ...(before === undefined ? {} : { Ext: { original: { path: before } } }),
  };
  return { dataset: 'file', type: [type], action, fields: { file: fields } };
}

function trafficOf(deed: Action['deed'], { host }: Process): Document | undefined {
  const own = host.address;
  switch (deed.kind) {
    case 'connect':
      return connection('connection_attempted', ['start'], {
        source: { address: own, ip: own, port: deed.localPort },
        destination: { address: deed.address, ip: deed.address, port: deed.port },
        network: { transport: deed.protocol, type: 'ipv4', direction: 'egress' },
      });
    case 'accept':
      return connection('connection_accepted', ['start'], {
        source: { address: deed.address, ip: deed.address, port: deed.port },
        destination: { address: own, ip: own, port: deed.localPort },
        network: { transport: 'tcp', type: 'ipv4', direction: 'ingress' },
      });
    case 'request':
      return connection('disconnect_received', ['end'], {
        source: { address: own, ip: own, port: deed.localPort, bytes: deed.sentBytes },
        destination: {
          address: deed.address,
          ip: deed.address,
          port: deed.port,
          bytes: deed.receivedBytes,
        },
        network: { transport: 'tcp', type: 'ipv4', direction: 'egress' },
      });
    case 'resolve':
      return connection('lookup_result', ['protocol', 'info'], {
        dns: {
          question: { name: deed.name, type: 'A' },
          resolved_ip: deed.addresses,
        },
        network: { protocol: 'dns' },
      });
    default:
      return undefined;
  }
}

function connection(action: string, type: readonly string[], fields: object): Document {
  return { dataset: 'network', type, action, fields };
}

function processFields(process: Process, processes: ProcessTable): object {
  const { md5, sha1, sha256 } = programDigests(process.program);
  return {
    ...namesOf(process, processes),
    args: process.commandLine.split(' '),
    working_directory: process.directory,
    hash: { md5, sha1, sha256 },
    ...signatureOf(process),
    pe: { original_file_name: process.program.originalName },
    ...(process.parent === undefined ? {} : { parent: namesOf(process.parent, processes) }),
  };
}

function namesOf(process: Process, processes: ProcessTable): object {
  const { pid, serial } = processes.identity(process);
  return {
    entity_id: `${process.host.machine}-${String(pid)}-${String(serial)}`,
    pid,
    executable: process.program.path,
    name: nameOf(process.program.path),
    command_line: process.commandLine,
    start: isoTime(process.start),
  };
}

function signatureOf({ program }: Process): object {
  const { signer, signingId, teamId } = program;
  if (signer === undefined) return { code_signature: { exists: false } };
  return {
    code_signature: {
      exists: true,
      trusted: true,
      status: 'trusted',
      subject_name: signer,
      ...(signingId === undefined ? {} : { signing_id: signingId }),
      ...(teamId === undefined ? {} : { team_id: teamId }),
    },
  };
}
