import { assert } from '../base/assert.ts';
import type { EventTime } from '../event/record.ts';
import type { Action, Host, Process } from './action.ts';
import { createRandom } from './prng.ts';

/** What the operating system and its sensors call a process. */
export interface Identity {
  readonly pid: number;
  readonly guid: string;
  /** Counts the processes of the host, so that no two have the same: what sensors build ids of their own from. */
  readonly serial: number;
}

/** Names of all processes of a story. */
export interface ProcessTable {
  identity(process: Process): Identity;
}

/** A pid stays unused for at least so long after its process has ended. */
const restMs = 20_000;

/**
 * Replays a story in order of time and gives each process a pid and a GUID. Pids of ended processes are
 * given out again, as Windows does within minutes; so a detector that trusts a bare pid goes wrong here.
 */
export function nameProcesses(actions: readonly Action[]): ProcessTable {
  const identities = new Map<Process, Identity>();
  const hosts = new Map<Host, Namer>();
  for (const action of actions) {
    const { process, deed, time } = action;
    let namer = hosts.get(process.host);
    if (namer === undefined) hosts.set(process.host, (namer = createNamer(process.host)));
    if (deed.kind === 'launch') {
      assert(!identities.has(process), `launched twice: ${process.commandLine}`);
      const { parent } = process;
      if (parent !== undefined && !identities.has(parent)) {
        identities.set(parent, namer.found(parent));
      }
      identities.set(process, namer.start(process));
    } else {
      const identity = identities.get(process);
      assert(identity !== undefined, `acts before its launch: ${process.commandLine}`);
      assert(namer.lives(identity.pid, process), `acts after its end: ${process.commandLine}`);
      if (deed.kind === 'exit') namer.end(identity.pid, time);
    }
  }
  return {
    identity: (process) => {
      const identity = identities.get(process);
      assert(identity !== undefined, `not in the story: ${process.commandLine}`);
      return identity;
    },
  };
}

interface Namer {
  /** The process that was there before the story: the first of the system. */
  found(process: Process): Identity;
  start(process: Process): Identity;
  lives(pid: number, process: Process): boolean;
  end(pid: number, time: EventTime): void;
}

function createNamer(host: Host): Namer {
  const random = createRandom(`pids/${host.name}`);
  const living = new Map<number, Process>();
  const rested: { readonly pid: number; readonly since: EventTime }[] = [];
  let launches = 0;
  let last = 900;
  const fresh = (): number => {
    if (host.system !== 'windows') return (last += random.integer(1, 7));
    // Windows hands out multiples of four.
    let pid = 4 * random.integer(250, 5_500);
    while (living.has(pid)) pid += 4;
    return pid;
  };
  const choose = (time: EventTime): number => {
    const oldest = rested[0];
    const reusable =
      host.system === 'windows' && oldest !== undefined && time - oldest.since >= restMs;
    if (!reusable || random.chance(0.4)) return fresh();
    rested.shift();
    return living.has(oldest.pid) ? fresh() : oldest.pid;
  };
  return {
    found: (process) => {
      const pid = host.system === 'windows' ? 4 : 1;
      assert(!living.has(pid), `launched by nobody: ${process.commandLine}`);
      living.set(pid, process);
      return { pid, guid: processGuid(host.machine, process.start, 1), serial: 1 };
    },
    start: (process) => {
      const pid = choose(process.start);
      living.set(pid, process);
      launches += 1;
      const guid = processGuid(host.machine, process.start, launches);
      return { pid, guid, serial: launches + 1 };
    },
    lives: (pid, process) => living.get(pid) === process,
    end: (pid, time) => {
      living.delete(pid);
      rested.push({ pid, since: time });
    },
  };
}

/**
 * Sysmon's form: machine, start in seconds with its words swapped, a counter with its bytes swapped, and the
 * number of the boot (compared with the events in the public samples of real hosts).
 */
function processGuid(machine: string, start: EventTime, launches: number): string {
  const seconds = hex(Math.floor(start / 1000), 8);
  const counter = hex(launches + 64, 4);
  return (
    `{${machine}-${seconds.slice(4)}-${seconds.slice(0, 4)}-` +
    `${counter.slice(2)}${counter.slice(0, 2)}-000000001f00}`
  );
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
