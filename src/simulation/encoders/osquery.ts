import type { EventTime } from '../../event/record.ts';
import type { Action } from '../action.ts';
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
      if (!process.host.audits(deed.path)) return undefined;
      return {
        query: 'pack_tidegate_process_file_events',
        columns: {
          ...common,
          operation: deed.kind === 'read' ? 'open' : 'write',
          ppid: parentPid(process.parent && processes.identity(process.parent).pid),
          executable: program.path,
          partial: 'false',
          cwd: process.directory,
          path: deed.path,
          dest_path: '',
          uid: account.id,
          auid: account.logon,
        },
      };
    case 'connect':
      return {
        query: 'pack_tidegate_socket_events',
        columns: {
          ...common,
          action: 'connect',
          path: program.path,
          fd: String(20 + (deed.localPort % 40)),
          auid: account.logon,
          status: 'succeeded',
          family: '2',
          protocol: deed.protocol === 'tcp' ? '6' : '17',
          local_address: process.host.address,
          local_port: String(deed.localPort),
          remote_address: deed.address,
          remote_port: String(deed.port),
          socket: '',
        },
      };
    default:
      return undefined;
  }
}

function times(time: EventTime): { readonly time: string; readonly uptime: string } {
  const uptime = Math.floor((time - runsSince) / 1000) + 40;
  return { time: String(Math.floor(time / 1000)), uptime: String(uptime) };
}

function parentPid(pid: number | undefined): string {
  return String(pid ?? 1);
}
