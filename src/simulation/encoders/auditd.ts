import type { EventTime } from '../../event/record.ts';
import type { Action, Process } from '../action.ts';
import type { ProcessTable } from '../host.ts';
import type { Encoder, Observation } from './encoder.ts';

/**
 * The Linux audit log as auditd writes it with name_format = hostname: an event is several lines of one serial
 * number. Launches, opened files of watched folders and connections are audited; names are invisible to it.
 */
export const auditd: Encoder = {
  name: 'auditd',
  sensor: 'auditd',
  description: 'raw audit log of Linux: execve, open, rename, unlink and connect',
  systems: ['linux'],
  firstNumber: 30_115,
  shipping: { everyMs: 500, delayMsMax: 300, redelivered: 0 },
  observe,
};

/** A system call with what the kernel notes beside it. */
interface Call {
  readonly syscall: number;
  readonly key: string;
  readonly success?: string;
  readonly exit?: string;
  readonly a1?: string;
  readonly a2?: string;
  readonly a3?: string;
  readonly more: readonly string[];
}

function observe(action: Action, processes: ProcessTable): readonly Observation[] {
  const call = callOf(action);
  if (call === undefined) return [];
  return [
    {
      logged: action.time,
      record: (serial) => linesOf(action, call, processes, serial).join('\n'),
    },
  ];
}

const PARENT = 'inode=2 dev=08:01 mode=040755 ouid=1000 ogid=1000 rdev=00:00 nametype=PARENT';
const FILE = 'inode=77 dev=08:01 mode=0100644 ouid=1000 ogid=1000 rdev=00:00';

function callOf({ deed, process }: Action): Call | undefined {
  const cwd = `type=CWD cwd=${value(process.directory)}`;
  switch (deed.kind) {
    case 'launch':
      return {
        syscall: 59,
        key: 'exec',
        more: [
          execve(process.commandLine),
          cwd,
          `type=PATH item=0 name=${value(process.program.path)} ${FILE} nametype=NORMAL`,
        ],
      };
    case 'read':
      if (!process.host.audits(deed.path)) return undefined;
      return open('0', '3', [
        cwd,
        `type=PATH item=0 name=${value(deed.path)} ${FILE} nametype=NORMAL`,
      ]);
    case 'create':
    case 'write': {
      if (!process.host.audits(deed.path)) return undefined;
      const nametype = deed.kind === 'create' ? 'CREATE' : 'NORMAL';
      return open('241', '4', [
        cwd,
        `type=PATH item=0 name=${value(folderOf(deed.path))} ${PARENT}`,
        `type=PATH item=1 name=${value(deed.path)} ${FILE} nametype=${nametype}`,
      ]);
    }
    case 'rename':
      if (!process.host.audits(deed.path)) return undefined;
      return {
        syscall: 82,
        key: 'watched',
        more: [
          cwd,
          `type=PATH item=0 name=${value(folderOf(deed.path))} ${PARENT}`,
          `type=PATH item=1 name=${value(folderOf(deed.to))} ${PARENT}`,
          `type=PATH item=2 name=${value(deed.path)} ${FILE} nametype=DELETE`,
          `type=PATH item=3 name=${value(deed.to)} ${FILE} nametype=CREATE`,
        ],
      };
    case 'delete':
      if (!process.host.audits(deed.path)) return undefined;
      return {
        syscall: 87,
        key: 'watched',
        more: [
          cwd,
          `type=PATH item=0 name=${value(folderOf(deed.path))} ${PARENT}`,
          `type=PATH item=1 name=${value(deed.path)} ${FILE} nametype=DELETE`,
        ],
      };
    case 'connect':
      return {
        syscall: 42,
        key: 'net',
        success: 'no',
        exit: '-115',
        a1: '7ffd42eb1590',
        a2: '10',
        more: [`type=SOCKADDR saddr=${socketAddress(deed.address, deed.port)}`],
      };
    default:
      return undefined;
  }
}

function open(flags: string, exit: string, more: readonly string[]): Call {
  return { syscall: 257, key: 'watched', exit, a1: '7ffd42eb1590', a2: flags, a3: '1b6', more };
}

function linesOf(
  { process, time }: Action,
  call: Call,
  processes: ProcessTable,
  serial: number,
): readonly string[] {
  const { pid } = processes.identity(process);
  const parent = process.parent === undefined ? 1 : processes.identity(process.parent).pid;
  const { id, logon } = process.account;
  const { success = 'yes', exit = '0', a1 = '1', a2 = '0', a3 = '0' } = call;
  const items = call.more.filter((line) => line.startsWith('type=PATH')).length;
  const syscall =
    `type=SYSCALL arch=c000003e syscall=${String(call.syscall)} success=${success} exit=${exit} ` +
    `a0=5 a1=${a1} a2=${a2} a3=${a3} items=${String(items)} ppid=${String(parent)} pid=${String(pid)} ` +
    `auid=${logon} uid=${id} gid=${id} euid=${id} suid=${id} fsuid=${id} egid=${id} sgid=${id} fsgid=${id} ` +
    `tty=pts0 ses=4 comm=${value(commandName(process))} exe=${value(process.program.path)} key="${call.key}"`;
  const title = `type=PROCTITLE proctitle=${hex(process.commandLine.replaceAll(' ', '\0'))}`;
  const stamp = `msg=audit(${seconds(time)}:${String(serial)}):`;
  return [syscall, ...call.more, title].map((line) => {
    const [type = '', ...rest] = line.split(' ');
    return `node=${process.host.name} ${type} ${stamp} ${rest.join(' ')}`;
  });
}

function execve(commandLine: string): string {
  const words = wordsOf(commandLine);
  const told = words.map((word, index) => `a${String(index)}=${value(word)}`).join(' ');
  return `type=EXECVE argc=${String(words.length)} ${told}`;
}

/** The arguments of a command line, each as the kernel has it: without the quotes of the shell. */
function wordsOf(commandLine: string): readonly string[] {
  const shell = /^(\w+) (-\S+(?: -\S+)*) ([^]*)$/.exec(commandLine);
  const [, program = '', options = '', command = ''] = shell ?? [];
  if (/^(?:ba|z|da)?sh$/.test(program)) return [program, ...options.split(' '), command];
  return commandLine.split(' ').filter((word) => word !== '');
}

// The kernel quotes what is plain, and writes as hexadecimal what holds blanks, quotes or other bytes.
function value(text: string): string {
  return /^[\x21\x23-\x7e]+$/.test(text) ? `"${text}"` : hex(text);
}

function hex(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
    .join('');
}

function commandName({ program: { path } }: Process): string {
  return path.slice(path.lastIndexOf('/') + 1).slice(0, 15);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

// AF_INET, then port and address with their high bytes first.
function socketAddress(address: string, port: number): string {
  const bytes = address.split('.').map(Number);
  const all = [port >> 8, port & 255, ...bytes];
  const told = all.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
  return `0200${told}0000000000000000`;
}

function seconds(time: EventTime): string {
  return (time / 1000).toFixed(3);
}
