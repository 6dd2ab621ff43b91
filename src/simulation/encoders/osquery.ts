import type { EventTime } from '../../event/record.ts';
import type { Action, Process } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import type { Observation, Encoder } from './encoder.ts';
import { calendarTime } from './time-text.ts';

/** Evented tables are read by scheduled queries, so rows come in bursts and with whole seconds only. */
const intervalMs = 2_000;

/** When osquery came up, from which the numbers of its runs count. */
const runsSince: EventTime = Date.UTC(2026, 2, 2, 6, 0, 0);

/** The evented tables of osquery on Linux, one row a record. Ends of processes and names are invisible. */
export const osquery: Encoder = {
  name: 'osquery',
  sensor: 'osquery',
  description: 'osquery process_events, process_file_events and socket_events from Linux',
  systems: ['linux'],
  firstNumber: 1,
  shipping: { everyMs: intervalMs, delayMsMax: 200, redelivered: 0 },
  observe,
};

interface Row {
  readonly query: string;
  readonly columns: Readonly<Record<string, string>>;
}

function observe(action: Action, processes: ProcessTable): readonly Observation[] {
  const row = rowOf(action, processes);
  if (row === undefined) return [];
  const logged = (Math.floor(action.time / intervalMs) + 1) * intervalMs;
  return [
    {
      logged,
      record: () =>
        JSON.stringify({
          name: row.query,
          hostIdentifier: action.process.host.name,
          calendarTime: calendarTime(logged),
          unixTime: Math.floor(logged / 1000),
          epoch: 0,
          counter: Math.floor((logged - runsSince) / intervalMs),
          numerics: false,
          decorations: { host_uuid: `${action.process.host.machine}-77c0-4b1e-9a55-3f2d5c0e8b11` },
          columns: row.columns,
          action: 'added',
        }),
    },
  ];
}

function rowOf(action: Action, processes: ProcessTable): Row | undefined {
  const { deed, process } = action;
  const { account, program } = process;
  const common = { pid: String(processes.identity(process).pid), ...times(action.time) };
  switch (deed.kind) {
    case 'launch':
      return {
        query: 'pack_tidegate_process_events',
        columns: {
          ...common,
          path: program.path,
          cmdline: process.commandLine,
          cwd: `"${process.directory}"`,
          parent: parentPid(process.parent && processes.identity(process.parent).pid),
          uid: account.id,
          euid: account.id,
          gid: account.id,
          auid: account.logon,
          syscall: 'execve',
        },
      };
    case 'read':
    case 'create':
    case 'write':
    case 'rename':
    case 'delete':
      if (!process.host.audits(deed.path)) return undefined;
      return {
        query: 'pack_tidegate_process_file_events',
        columns: {
          ...common,
          operation: operations[deed.kind],
          ppid: parentPid(process.parent && processes.identity(process.parent).pid),
          executable: program.path,
          partial: 'false',
          cwd: process.directory,
          path: deed.path,
          dest_path: deed.kind === 'rename' ? deed.to : '',
          uid: account.id,
          auid: account.logon,
        },
      };
    case 'connect':
      return socketRow(common, process, { action: 'connect', local: deed.localPort, peer: deed });
    case 'accept':
      return socketRow(common, process, { action: 'accept', local: deed.localPort, peer: deed });
    case 'listen':
      return socketRow(common, process, { action: 'bind', local: deed.port, peer: undefined });
    default:
      return undefined;
  }
}

interface Socket {
  readonly action: 'connect' | 'accept' | 'bind';
  readonly local: number;
  readonly peer: { readonly address: string; readonly port: number } | undefined;
}

function socketRow(common: Row['columns'], process: Process, { action, local, peer }: Socket): Row {
  return {
    query: 'pack_tidegate_socket_events',
    columns: {
      ...common,
      action,
      path: process.program.path,
      fd: String(20 + (local % 40)),
      auid: process.account.logon,
      status: 'succeeded',
      family: '2',
      protocol: '6',
      local_address: process.host.address,
      local_port: String(local),
      remote_address: peer?.address ?? '0.0.0.0',
      remote_port: String(peer?.port ?? 0),
      socket: '',
    },
  };
}

const operations = {
  read: 'open',
  create: 'write',
  write: 'write',
  rename: 'rename',
  delete: 'unlink',
} as const;

function times(time: EventTime): { readonly time: string; readonly uptime: string } {
  const uptime = Math.floor((time - runsSince) / 1000) + 40;
  return { time: String(Math.floor(time / 1000)), uptime: String(uptime) };
}

function parentPid(pid: number | undefined): string {
  return String(pid ?? 1);
}
