import type { Account, Action, Host } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import type { WindowsLog, WindowsRecord } from './windows-record.ts';

/** The Security log, as far as all its entries are alike. */
export const securityLogHead: WindowsLog = {
  channel: 'Security',
  provider: 'Microsoft-Windows-Security-Auditing',
  providerGuid: '{54849625-5478-4994-A5BA-3E3B0328C30D}',
  keywords: '-9214364837600034816',
  writer: { pid: 4, threads: [3204, 6536, 7712] },
  writerAccount: undefined,
  outcome: 'AUDIT_SUCCESS',
};

type Data = WindowsRecord['data'];

interface Kind {
  readonly eventId: number;
  readonly version: number;
  readonly task: number;
  readonly category: string;
  /** How far the log's clock is behind the deed. */
  readonly delayMs: number;
}

const kinds = {
  launch: { eventId: 4688, version: 2, task: 13312, category: 'Process Creation', delayMs: 2 },
  exit: { eventId: 4689, version: 0, task: 13313, category: 'Process Termination', delayMs: 4 },
  access: { eventId: 4663, version: 1, task: 12800, category: 'File System', delayMs: 1 },
} as const;

/** Message numbers and bits of the accesses that 4663 reports. */
const accesses = {
  read: { list: '%%4416', mask: '0x1' },
  create: { list: '%%4417', mask: '0x2' },
  write: { list: '%%4417', mask: '0x2' },
  delete: { list: '%%1537', mask: '0x10000' },
} as const;

/** What the Security log holds: launches, ends, and accesses to files whose folder is audited. */
export function securityLog(action: Action, processes: ProcessTable): readonly WindowsRecord[] {
  const { deed, process } = action;
  switch (deed.kind) {
    case 'launch':
      return [entry(action, kinds.launch, launchData(action, processes))];
    case 'exit':
      return [
        entry(action, kinds.exit, [
          ...subject(process.host, process.account),
          ['Status', `0x${deed.code.toString(16)}`],
          ['ProcessId', hexPid(action, processes)],
          ['ProcessName', process.program.path],
        ]),
      ];
    case 'read':
    case 'create':
    case 'write':
    case 'delete':
      if (!process.host.audits(deed.path)) return [];
      return [
        entry(action, kinds.access, accessData(action, processes, deed.path, accesses[deed.kind])),
      ];
    default:
      return [];
  }
}

function entry(action: Action, kind: Kind, data: Data): WindowsRecord {
  return {
    host: action.process.host,
    log: securityLogHead,
    eventId: kind.eventId,
    version: kind.version,
    task: kind.task,
    category: kind.category,
    logged: action.time + kind.delayMs,
    data,
  };
}

function launchData(action: Action, processes: ProcessTable): Data {
  const { process } = action;
  const { account, parent } = process;
  return [
    ...subject(process.host, parent?.account ?? account),
    ['NewProcessId', hexPid(action, processes)],
    ['NewProcessName', process.program.path],
    ['TokenElevationType', account.integrity === 'Medium' ? '%%1938' : '%%1936'],
    ['ProcessId', hex(parent === undefined ? 0 : processes.identity(parent).pid)],
    ['CommandLine', process.commandLine],
    ['TargetUserSid', 'S-1-0-0'],
    ['TargetUserName', '-'],
    ['TargetDomainName', '-'],
    ['TargetLogonId', '0x0'],
    ['ParentProcessName', parent?.program.path ?? ''],
    ['MandatoryLabel', `S-1-16-${labels[account.integrity]}`],
  ];
}

const labels = { Low: 4096, Medium: 8192, High: 12288, System: 16384 } as const;

function accessData(
  action: Action,
  processes: ProcessTable,
  path: string,
  access: { readonly list: string; readonly mask: string },
): Data {
  const { process, time } = action;
  return [
    ...subject(process.host, process.account),
    ['ObjectServer', 'Security'],
    ['ObjectType', 'File'],
    ['ObjectName', path],
    ['HandleId', hex(4 * (40 + (Math.floor(time / 100) % 400)))],
    ['AccessList', `${access.list}\n\t\t\t\t`],
    ['AccessMask', access.mask],
    ['ProcessId', hexPid(action, processes)],
    ['ProcessName', process.program.path],
    ['ResourceAttributes', 'S:AI'],
  ];
}

function subject(host: Host, account: Account): Data {
  const machine = account.integrity === 'System';
  return [
    ['SubjectUserSid', account.id],
    // The Security log calls the system account by the machine's name.
    ['SubjectUserName', machine ? `${host.name}$` : account.name],
    ['SubjectDomainName', machine ? 'CORP' : account.domain],
    ['SubjectLogonId', account.logon],
  ];
}

function hexPid(action: Action, processes: ProcessTable): string {
  return hex(processes.identity(action.process).pid);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
