import type { EventTime } from '../event/record.ts';

/** An agent's process tree, shared by all rows that belong to it. */
export interface Lineage {
  readonly agent: string;
  /** `inferred` when the agent was first seen already running. */
  readonly origin: 'observed' | 'inferred';
  rootEntityId: string;
  readonly rootExecutable: string;
}

/** A process' place in an agent's tree. The texts are for events that name only the process. */
export interface Membership {
  readonly lineage: Lineage;
  readonly depth: number;
  /** False for the process that is the agent, unless another agent started it. */
  readonly isDescendant: boolean;
  /** The agent itself or a helper of its own, not a program that it runs. */
  readonly isOwnProgram: boolean;
  readonly commandLine: string | undefined;
  readonly parentExecutable: string | undefined;
  readonly parentCommandLine: string | undefined;
}

/** One process of a host, from its start (or first sight) to its exit and a grace after it. */
export interface ProcessRow {
  /** The sensor's identity, else `pid@start`; unique on its host. */
  readonly id: string;
  guid: string | undefined;
  /** Undefined once the pid has a new owner. */
  pid: number | undefined;
  /** When it started; undefined for a process first seen at work. */
  start: EventTime | undefined;
  readonly firstSeen: EventTime;
  lastSeen: EventTime;
  hasEnded: boolean;
  expiresAt: EventTime;
  executable: string | undefined;
  parentId: string | undefined;
  parentPid: number | undefined;
  /** Undefined for processes outside every agent's tree: these rows stay small. */
  membership: Membership | undefined;
}

// A parent that is told of late has its children within moments; orphans of init come without end on some sensors.
const ORPHANS_PER_PARENT_MAX = 64;

/** The processes of one host by the sensor's identity and by the newest owner of each pid. */
export class HostProcesses {
  readonly #byGuid: Map<string, ProcessRow> = new Map();
  readonly #byPid: Map<number, ProcessRow> = new Map();
  readonly #rows: Set<ProcessRow> = new Set();
  /** Rows whose parent is known by its pid only, by that pid. */
  readonly #orphans: Map<number, Set<ProcessRow>> = new Map();
  #members = 0;
  nextSweep: EventTime = 0;

  get rows(): ReadonlySet<ProcessRow> {
    return this.#rows;
  }

  /** Rows in agents' trees, and all others. */
  count(kind: 'members' | 'others'): number {
    return kind === 'members' ? this.#members : this.#rows.size - this.#members;
  }

  withGuid(guid: string): ProcessRow | undefined {
    return this.#byGuid.get(guid);
  }

  withPid(pid: number): ProcessRow | undefined {
    return this.#byPid.get(pid);
  }

  /** Takes a row in; as the newest it owns its pid from now on. */
  add(row: ProcessRow): void {
    this.#rows.add(row);
    if (row.guid !== undefined) this.#byGuid.set(row.guid, row);
    if (row.pid !== undefined) this.#byPid.set(row.pid, row);
    if (row.membership !== undefined) this.#members += 1;
    this.#mindOrphan(row);
  }

  /** Says who started a process, where that was not known yet. */
  relate(row: ProcessRow, parentId: string | undefined, parentPid: number | undefined): void {
    this.#unorphan(row);
    row.parentId ??= parentId;
    row.parentPid ??= parentPid;
    this.#mindOrphan(row);
  }

  remove(row: ProcessRow): void {
    if (!this.#rows.delete(row)) return;
    if (row.guid !== undefined && this.#byGuid.get(row.guid) === row) this.#byGuid.delete(row.guid);
    if (row.pid !== undefined && this.#byPid.get(row.pid) === row) this.#byPid.delete(row.pid);
    if (row.membership !== undefined) this.#members -= 1;
    this.#unorphan(row);
  }

  /**
   * Gives a new process the children that were told of before it. Sensors that count in whole seconds give parent
   * and child one time, and then nothing says which launch came first.
   */
  adopt(parent: ProcessRow, withinMs: number): boolean {
    const orphans = parent.pid === undefined ? undefined : this.#orphans.get(parent.pid);
    let hasAdopted = false;
    for (const orphan of orphans ?? []) {
      if (orphan === parent || parent.firstSeen - orphan.firstSeen > withinMs) continue;
      this.relate(orphan, parent.id, undefined);
      hasAdopted = true;
    }
    return hasAdopted;
  }

  /** The pid goes to another process; this one is known by its GUID alone. */
  releasePid(row: ProcessRow): void {
    if (row.pid !== undefined) this.#byPid.delete(row.pid);
    row.pid = undefined;
  }

  /** A second sensor told the identity of a process known by its pid. */
  identify(row: ProcessRow, guid: string): void {
    if (row.guid !== undefined) return;
    row.guid = guid;
    this.#byGuid.set(guid, row);
    const lineage = row.membership?.lineage;
    if (lineage?.rootEntityId === row.id) lineage.rootEntityId = guid;
  }

  /** Puts a process into a tree, and all known descendants that are in none: their parent was told of late. */
  enroll(row: ProcessRow, membership: Membership): void {
    this.join(row, membership);
    const children = this.#childrenById();
    const open = [row];
    for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
      const above = parent.membership;
      if (above === undefined) continue;
      for (const child of children.get(parent.id) ?? []) {
        if (child.membership !== undefined) continue;
        this.join(child, {
          lineage: above.lineage,
          depth: above.depth + 1,
          isDescendant: true,
          isOwnProgram: false,
          commandLine: undefined,
          parentExecutable: parent.executable,
          parentCommandLine: above.commandLine,
        });
        open.push(child);
      }
    }
  }

  /** Puts a process that has no known descendants yet into a tree. */
  join(row: ProcessRow, membership: Membership): void {
    if (row.membership === undefined) this.#members += 1;
    row.membership = membership;
  }

  #mindOrphan(row: ProcessRow): void {
    if (row.parentId !== undefined || row.parentPid === undefined) return;
    const siblings = this.#orphans.get(row.parentPid);
    if (siblings === undefined) {
      this.#orphans.set(row.parentPid, new Set([row]));
      return;
    }
    siblings.add(row);
    if (siblings.size <= ORPHANS_PER_PARENT_MAX) return;
    for (const oldest of siblings) {
      siblings.delete(oldest);
      break;
    }
  }

  #unorphan(row: ProcessRow): void {
    const { parentPid } = row;
    const siblings = parentPid === undefined ? undefined : this.#orphans.get(parentPid);
    if (parentPid === undefined || siblings === undefined) return;
    siblings.delete(row);
    if (siblings.size === 0) this.#orphans.delete(parentPid);
  }

  #childrenById(): ReadonlyMap<string, readonly ProcessRow[]> {
    const children = new Map<string, ProcessRow[]>();
    for (const row of this.#rows) {
      if (row.parentId === undefined) continue;
      const siblings = children.get(row.parentId);
      if (siblings === undefined) children.set(row.parentId, [row]);
      else siblings.push(row);
    }
    return children;
  }
}
