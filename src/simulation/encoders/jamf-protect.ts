import type { Action, Process } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import type { Encoder, Observation } from './encoder.ts';
import { folderOf, nameOf } from './path-names.ts';
import { isoTime } from './time-text.ts';

/**
 * Apple's Endpoint Security as Jamf Protect ships it: eslogger's events, with the machine's name and with
 * connections, which the interface itself has not.
 */
export const jamfProtect: Encoder = {
  name: 'jamf-protect',
  sensor: 'eslogger',
  description: 'macOS Endpoint Security as Jamf Protect ships it',
  systems: ['macos'],
  firstNumber: 51_203,
  shipping: { everyMs: 2_000, delayMsMax: 900, redelivered: 0.002 },
  observe,
};

interface Told {
  /** Number of the event's type in EndpointSecurity's header; what it does not number is Jamf's own. */
  readonly type: number;
  readonly event: object;
}

function observe(action: Action, processes: ProcessTable): readonly Observation[] {
  const told = tell(action, processes);
  if (told === undefined) return [];
  const { process, time } = action;
  const { host } = process;
  return [
    {
      logged: time + 20,
      record: (number) =>
        JSON.stringify({
          version: 9,
          schema_version: 1,
          event_type: told.type,
          action_type: 1,
          event: told.event,
          time: `${isoTime(time).slice(0, 23)}000000Z`,
          seq_num: number,
          glob_seq_num: number,
          thread: { thread_id: 1 },
          process: tokenOf(actorOf(action), processes),
          metadata: { product: 'Jamf Protect', vendor: 'Jamf' },
          host: { hostname: host.name, ips: [host.address], os: 'Version 15.3 (Build 24D60)' },
        }),
    },
  ];
}

// Before the exec the process is still its parent's program; Jamf shows the parent.
function actorOf({ deed, process }: Action): Process {
  return deed.kind === 'launch' ? (process.parent ?? process) : process;
}

const FREAD = 1;

function tell({ deed, process, time }: Action, processes: ProcessTable): Told | undefined {
  switch (deed.kind) {
    case 'launch':
      return {
        type: 9,
        event: {
          exec: {
            target: tokenOf(process, processes),
            // The stories write a command as `ps` shows it, with a blank between its words.
            args: process.commandLine.split(' '),
            cwd: fileAt(process.directory),
            last_fd: 3,
          },
        },
      };
    case 'exit':
      return { type: 15, event: { exit: { stat: deed.code } } };
    case 'read':
      return { type: 10, event: { open: { fflag: FREAD, file: fileAt(deed.path) } } };
    case 'create':
      return {
        type: 13,
        event: { create: { destination_type: 1, destination: { new_path: placeOf(deed.path) } } },
      };
    case 'write':
      return { type: 12, event: { close: { modified: true, target: fileAt(deed.path) } } };
    case 'rename':
      return {
        type: 25,
        event: {
          rename: {
            source: fileAt(deed.path),
            destination_type: 1,
            destination: { new_path: placeOf(deed.to) },
          },
        },
      };
    case 'delete':
      return {
        type: 32,
        event: {
          unlink: { target: fileAt(deed.path), parent_dir: fileAt(folderOf(deed.path)) },
        },
      };
    case 'connect':
      return {
        type: 9_999,
        event: {
          network_connect: {
            address: deed.address,
            port: deed.port,
            protocol: deed.protocol === 'tcp' ? 6 : 17,
            ...(deed.name === undefined ? {} : { hostname: deed.name }),
            start_time: isoTime(time),
          },
        },
      };
    default:
      return undefined;
  }
}

function tokenOf(process: Process, processes: ProcessTable): object {
  const { account, parent, program } = process;
  return {
    audit_token: auditToken(process, processes),
    ppid: parent === undefined ? 0 : processes.identity(parent).pid,
    responsible_audit_token: auditToken(process, processes),
    ...(parent === undefined ? {} : { parent_audit_token: auditToken(parent, processes) }),
    executable: fileAt(program.path),
    signing_id: program.signingId ?? null,
    team_id: program.teamId ?? null,
    is_platform_binary: account.id === '0' || program.signingId?.startsWith('com.apple.') === true,
    start_time: `${isoTime(process.start).slice(0, 23)}000Z`,
  };
}

function auditToken(process: Process, processes: ProcessTable): object {
  const { pid, serial } = processes.identity(process);
  const userId = Number(process.account.id);
  return {
    pid,
    pidversion: 8_000 + serial,
    ruid: userId,
    euid: userId,
    auid: userId,
    asid: 100_012,
  };
}

function fileAt(path: string): object {
  return { path, path_truncated: false };
}

function placeOf(path: string): object {
  return { dir: fileAt(folderOf(path)), filename: nameOf(path), mode: 33_188 };
}
