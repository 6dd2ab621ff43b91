import type { EventTime } from '../event/record.ts';
import type { Account, Action, Deed, Host, Process, Program } from './action.ts';
import type { Random } from './prng.ts';

/** A name on the network and where it leads. */
export interface Destination {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly addresses: readonly [string, ...string[]];
  readonly port: number;
}

/** How a program is started. */
export interface Launch {
  readonly parent?: Process;
  readonly commandLine?: string;
  /** The rest of the command line, after the quoted path of the program. */
  readonly arguments?: string;
  readonly directory?: string;
  readonly account?: Account;
}

/** Where a story is told: parts of it add what processes of one host do, in any order of time. */
export interface Stage {
  readonly host: Host;
  readonly actions: Action[];
  /** The first process of the system, which runs before anything is seen. */
  found(time: EventTime, program: Program, commandLine: string): Process;
  launch(time: EventTime, program: Program, launch: Launch): Process;
  exit(time: EventTime, process: Process, code?: number): void;
  /** A program that runs for so many milliseconds. */
  run(time: EventTime, lastsMs: number, program: Program, launch: Launch): Process;
  act(time: EventTime, process: Process, deed: Deed): void;
  /** Resolves a name and connects to the first address of the answer. */
  contact(time: EventTime, process: Process, destination: Destination): void;
  /** Connects only: the name was resolved before, or by another process. Returns the port on this side. */
  connect(time: EventTime, process: Process, destination: Destination): number;
  resolve(time: EventTime, process: Process, destination: Destination): void;
}

/** Opens an empty stage. `account` is who processes without a parent run as unless told otherwise. */
export function createStage(host: Host, account: Account, random: Random): Stage {
  const actions: Action[] = [];
  const root = host.system === 'windows' ? 'C:\\Windows\\' : '/';
  const act = (time: EventTime, process: Process, deed: Deed): void => {
    actions.push({ time, process, deed });
  };
  const create = (start: EventTime, program: Program, how: Launch): Process => ({
    host,
    program,
    commandLine: how.commandLine ?? commandLine(program, how.arguments),
    directory: how.directory ?? how.parent?.directory ?? folder(program.path),
    account: how.account ?? how.parent?.account ?? account,
    parent: how.parent,
    start,
  });
  const launch = (time: EventTime, program: Program, how: Launch): Process => {
    const process = create(time, program, how);
    act(time, process, { kind: 'launch' });
    let at = time;
    for (const library of program.libraries ?? []) {
      act((at += random.integer(2, 9)), process, { kind: 'load', library });
    }
    return process;
  };
  const exit = (time: EventTime, process: Process, code: number = 0): void =>
    act(time, process, { kind: 'exit', code });
  const resolve = (time: EventTime, process: Process, destination: Destination): void =>
    act(time, process, {
      kind: 'resolve',
      name: destination.name,
      aliases: destination.aliases ?? [],
      addresses: destination.addresses,
    });
  const connect = (time: EventTime, process: Process, destination: Destination): number => {
    // The dynamic range of Windows and, but for its end, of Linux.
    const localPort = random.integer(49_152, 60_999);
    const { name, port } = destination;
    const [address] = destination.addresses;
    const named = name === address ? {} : { name };
    act(time, process, { kind: 'connect', address, port, protocol: 'tcp', localPort, ...named });
    return localPort;
  };
  return {
    host,
    actions,
    found: (time, program, commandLine) => create(time, program, { commandLine, directory: root }),
    launch,
    exit,
    run: (time, lastsMs, program, how) => {
      const process = launch(time, program, how);
      exit(time + lastsMs, process);
      return process;
    },
    act,
    contact: (time, process, destination): void => {
      resolve(time, process, destination);
      connect(time + random.integer(12, 60), process, destination);
    },
    connect,
    resolve,
  };
}

function commandLine(program: Program, rest: string | undefined): string {
  return rest === undefined ? `"${program.path}"` : `"${program.path}" ${rest}`;
}

function folder(path: string): string {
  const end = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
  return path.slice(0, end + 1);
}
