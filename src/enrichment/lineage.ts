import { assert } from '../base/assert.ts';
import type { ProcessFacts, TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { Policy, ProcessTraits } from '../policy/policy.ts';
import type { Tracker, TrackerStatistics } from './enrichment.ts';
import { LINEAGE_FIELDS, writeAgentAlone, writeLineage } from './lineage-fields.ts';
import { HostProcesses } from './lineage-host.ts';
import type { Lineage, Membership, ProcessRow } from './lineage-host.ts';
import {
  SAME_LAUNCH_MS,
  findLaunch,
  findProcess,
  findReplaced,
  guidOf,
} from './lineage-identity.ts';
import { restoreLineage, snapshotLineage } from './lineage-snapshot.ts';
import { ownText } from './own-text.ts';

/** How many processes are remembered, and for how long after the last that was heard of them. */
export interface LineageLimits {
  readonly membersPerHostMax: number;
  readonly othersPerHostMax: number;
  /** Over all hosts. */
  readonly rowsMax: number;
  /** After an exit: late events, and children that name it. */
  readonly graceMs: number;
  /** Without an exit (a sensor that reports none, a lost event). */
  readonly memberIdleMs: number;
  readonly otherIdleMs: number;
}

/** Room for a busy developer's machine; agents run for days. */
export const LINEAGE_LIMITS: LineageLimits = {
  membersPerHostMax: 4096,
  othersPerHostMax: 4096,
  rowsMax: 200_000,
  graceMs: 60_000,
  memberIdleMs: 7 * 86_400_000,
  otherIdleMs: 86_400_000,
};

const SWEEP_EVERY_MS = 600_000;
// What one removal takes, so that a full table costs a sort once in a while and not with every process.
const EVICTED_SHARE = 16;
const COMMAND_LINE_KEPT_MAX = 1024;
const PATH_KEPT_MAX = 1024;

/**
 * Follows agents' process trees, so that every event of a descendant carries the agent, at any depth. What it
 * misses: a child whose parent was forked without a program of its own and reported by no sensor (osquery on Linux
 * without fork events), and work that an agent hands to a service, a scheduler or a virtual machine.
 */
export class LineageTracker implements Tracker {
  readonly name: string = 'lineage';
  readonly fields: readonly string[] = LINEAGE_FIELDS;
  readonly #policy: Policy;
  readonly #limits: LineageLimits;
  readonly #hosts: Map<string, HostProcesses> = new Map();
  #rows = 0;
  #rowsPeak = 0;
  #evicted = 0;

  constructor(policy: Policy, limits: LineageLimits = LINEAGE_LIMITS) {
    this.#policy = policy;
    this.#limits = limits;
  }

  feeds(event: TelemetryEvent): boolean {
    switch (event.activity) {
      case 'process_start':
      case 'process_end':
        return true;
      case 'other':
        return false;
      default:
        // An agent that was running before we listened makes itself known by its image.
        return this.#policy.agent(new ActingProcess(event)) !== undefined;
    }
  }

  observe(event: TelemetryEvent): void {
    const facts = event.process();
    if (facts === undefined || !hasIdentity(facts)) return;
    const host = this.#host(event.host);
    this.#sweep(host, event.time);
    if (event.activity === 'process_start') this.#launch(host, facts, event.time);
    else if (event.activity === 'process_end') this.#end(host, facts, event.time);
    else this.#notice(host, facts, event.time);
    this.#keepLimits(host);
    if (host.rows.size === 0) this.#hosts.delete(event.host);
  }

  enrich(event: TelemetryEvent): boolean {
    const facts = event.process();
    if (facts === undefined) return false;
    if (!hasIdentity(facts)) {
      const agent = this.#policy.agent(facts);
      if (agent !== undefined) writeAgentAlone(event, agent);
      return agent !== undefined;
    }
    const host = this.#hosts.get(event.host);
    const row = host === undefined ? undefined : findProcess(host, facts, event.time);
    if (row?.membership === undefined) return false;
    writeLineage(event, row, row.membership);
    return true;
  }

  snapshot(): unknown {
    return snapshotLineage(this.#hosts, this.#evicted);
  }

  restore(state: unknown): void {
    const { hosts, evicted } = restoreLineage(state);
    this.#hosts.clear();
    this.#rows = 0;
    for (const [name, host] of hosts) {
      this.#hosts.set(name, host);
      this.#rows += host.rows.size;
    }
    this.#rowsPeak = this.#rows;
    this.#evicted = evicted;
  }

  statistics(): TrackerStatistics {
    const fullest = this.#rowsPeak / this.#limits.rowsMax;
    return { entries: this.#rows, evicted: this.#evicted, fullest };
  }

  #launch(host: HostProcesses, facts: ProcessFacts, time: EventTime): void {
    const parent = facts.parent === undefined ? undefined : this.#parent(host, facts.parent, time);
    const known = findLaunch(host, facts, time);
    if (known !== undefined) {
      this.#complete(host, known, { facts, parent, time });
      return;
    }
    const before = findReplaced(host, facts, time)?.membership;
    const row = this.#add(host, facts, time, parent);
    row.start = facts.start ?? time;
    const found = this.#membership(facts, row, parent);
    // A process that replaces its program stays where it was, unless the new program is an agent.
    const keeps = before !== undefined && found?.depth !== 0;
    const membership = keeps
      ? {
          ...before,
          isOwnProgram: this.#policy.agent(facts) === before.lineage.agent,
          commandLine: kept(facts.commandLine, COMMAND_LINE_KEPT_MAX),
        }
      : found;
    const hasChildren = host.adopt(row, SAME_LAUNCH_MS);
    if (membership !== undefined && hasChildren) host.enroll(row, membership);
    else if (membership !== undefined) host.join(row, membership);
    this.#touch(row, time);
  }

  // A second report of a launch completes the first; it does not move a process out of its tree.
  #complete(host: HostProcesses, row: ProcessRow, report: LaunchReport): void {
    const { facts, parent, time } = report;
    if (row.guid === undefined) identify(host, row, facts);
    row.executable = kept(facts.executable, PATH_KEPT_MAX) ?? row.executable;
    row.start ??= facts.start ?? time;
    host.relate(row, parent?.id, facts.parent?.pid);
    const before = row.membership;
    const found = this.#membership(facts, row, parent);
    const isOtherAgent = found?.depth === 0 && found.lineage.agent !== before?.lineage.agent;
    if (found !== undefined && (before === undefined || isOtherAgent)) {
      host.enroll(row, found);
    } else if (before !== undefined && before.commandLine === undefined) {
      const commandLine = kept(facts.commandLine, COMMAND_LINE_KEPT_MAX);
      host.join(row, { ...before, commandLine });
    }
    this.#touch(row, time);
  }

  #end(host: HostProcesses, facts: ProcessFacts, time: EventTime): void {
    const row = findProcess(host, facts, time);
    if (row === undefined || row.hasEnded) return;
    row.hasEnded = true;
    row.expiresAt = time + this.#limits.graceMs;
  }

  #notice(host: HostProcesses, facts: ProcessFacts, time: EventTime): void {
    const agent = this.#policy.agent(facts);
    if (agent === undefined) return;
    const row = findProcess(host, facts, time) ?? this.#add(host, facts, time, undefined);
    if (row.membership === undefined) host.enroll(row, root(row, facts, agent, 'inferred'));
    this.#touch(row, time);
  }

  // A parent that no event told of yet is known by what its child says of it.
  #parent(host: HostProcesses, facts: ProcessFacts, time: EventTime): ProcessRow | undefined {
    let row = findProcess(host, facts, time);
    if (row === undefined) {
      if (facts.executable === undefined || !hasIdentity(facts)) return undefined;
      row = this.#add(host, facts, time, undefined);
    }
    if (row.guid === undefined) identify(host, row, facts);
    if (row.membership === undefined) {
      const agent = this.#policy.agent(facts);
      if (agent !== undefined) host.enroll(row, root(row, facts, agent, 'inferred'));
    }
    this.#touch(row, time);
    return row;
  }

  #membership(
    facts: ProcessFacts,
    row: ProcessRow,
    parent: ProcessRow | undefined,
  ): Membership | undefined {
    const above = parent?.membership;
    const agent = this.#policy.agent(facts);
    const texts = {
      commandLine: kept(facts.commandLine, COMMAND_LINE_KEPT_MAX),
      parentExecutable: kept(parent?.executable ?? facts.parent?.executable, PATH_KEPT_MAX),
      parentCommandLine: kept(
        facts.parent?.commandLine ?? above?.commandLine,
        COMMAND_LINE_KEPT_MAX,
      ),
    };
    // An agent that another agent starts acts on its own account; its own helpers stay in its tree, and so do servers
    // and runtimes that it starts.
    const isHelper = above !== undefined && agent !== undefined && this.#isHelper(agent);
    if (agent !== undefined && agent !== above?.lineage.agent && !isHelper) {
      const { lineage } = root(row, facts, agent, 'observed');
      return { lineage, depth: 0, isDescendant: above !== undefined, isOwnProgram: true, ...texts };
    }
    if (above === undefined) return undefined;
    const isOwnProgram = agent === above.lineage.agent;
    const depth = above.depth + 1;
    return { lineage: above.lineage, depth, isDescendant: true, isOwnProgram, ...texts };
  }

  #isHelper(agent: string): boolean {
    return this.#policy.actsForStarter?.(agent) === true;
  }

  #add(
    host: HostProcesses,
    facts: ProcessFacts,
    time: EventTime,
    parent: ProcessRow | undefined,
  ): ProcessRow {
    const found = guidOf(facts);
    const guid = kept(found, PATH_KEPT_MAX);
    const previous = facts.pid === undefined ? undefined : host.withPid(facts.pid);
    if (previous !== undefined) this.#reuse(host, previous);
    const row: ProcessRow = {
      id: guid ?? `${String(facts.pid ?? 0)}@${String(facts.start ?? time)}`,
      guid,
      pid: facts.pid,
      start: facts.start,
      firstSeen: Math.min(facts.start ?? time, time),
      lastSeen: time,
      hasEnded: false,
      expiresAt: time,
      executable: kept(facts.executable, PATH_KEPT_MAX),
      parentId: parent?.id,
      parentPid: facts.parent?.pid,
      membership: undefined,
    };
    host.add(row);
    this.#rows += 1;
    return row;
  }

  // The pid has a new owner. The former one can still be meant by its GUID (two sensors, each with its own).
  #reuse(host: HostProcesses, previous: ProcessRow): void {
    if (previous.guid === undefined) this.#remove(host, previous);
    else host.releasePid(previous);
  }

  #touch(row: ProcessRow, time: EventTime): void {
    row.lastSeen = time;
    if (row.hasEnded) return;
    const { memberIdleMs, otherIdleMs } = this.#limits;
    row.expiresAt = time + (row.membership === undefined ? otherIdleMs : memberIdleMs);
  }

  #host(name: string): HostProcesses {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      host = new HostProcesses();
      this.#hosts.set(ownText(name, PATH_KEPT_MAX), host);
    }
    return host;
  }

  #sweep(host: HostProcesses, time: EventTime): void {
    if (time < host.nextSweep) return;
    host.nextSweep = time + SWEEP_EVERY_MS;
    for (const row of host.rows) if (row.expiresAt < time) this.#remove(host, row);
  }

  #remove(host: HostProcesses, row: ProcessRow): void {
    host.remove(row);
    this.#rows -= 1;
  }

  #keepLimits(host: HostProcesses): void {
    const { membersPerHostMax, othersPerHostMax, rowsMax } = this.#limits;
    if (this.#rows > this.#rowsPeak) this.#rowsPeak = this.#rows;
    if (host.count('members') > membersPerHostMax) {
      this.#evict(
        [...host.rows].filter((row) => row.membership !== undefined),
        () => host,
      );
    }
    if (host.count('others') > othersPerHostMax) {
      this.#evict(
        [...host.rows].filter((row) => row.membership === undefined),
        () => host,
      );
    }
    if (this.#rows > rowsMax) {
      const owner = new Map<ProcessRow, HostProcesses>();
      for (const each of this.#hosts.values()) for (const row of each.rows) owner.set(row, each);
      this.#evict([...owner.keys()], (row) => owner.get(row) ?? host);
      for (const [name, each] of this.#hosts) if (each.rows.size === 0) this.#hosts.delete(name);
    }
  }

  // Earliest expiry first, then identity: the same log evicts the same rows.
  #evict(rows: ProcessRow[], hostOf: (row: ProcessRow) => HostProcesses): void {
    rows.sort((a, b) => a.expiresAt - b.expiresAt || compare(a.id, b.id));
    const count = Math.ceil(rows.length / EVICTED_SHARE);
    for (const row of rows.slice(0, count)) this.#remove(hostOf(row), row);
    this.#evicted += count;
    assert(this.#rows >= 0, 'no more rows are removed than were added');
  }
}

/** What the policy asks of an event's process. Most it knows by the image alone to be no agent. */
class ActingProcess implements ProcessTraits {
  readonly #event: TelemetryEvent;

  constructor(event: TelemetryEvent) {
    this.#event = event;
  }

  get executable(): string | undefined {
    const event = this.#event;
    return event.image === undefined ? event.process()?.executable : event.image();
  }

  get commandLine(): string | undefined {
    return this.#event.process()?.commandLine;
  }

  get signer(): string | undefined {
    return this.#event.process()?.signer;
  }
}

interface LaunchReport {
  readonly facts: ProcessFacts;
  readonly parent: ProcessRow | undefined;
  readonly time: EventTime;
}

function identify(host: HostProcesses, row: ProcessRow, facts: ProcessFacts): void {
  const guid = guidOf(facts);
  if (guid !== undefined) host.identify(row, ownText(guid, PATH_KEPT_MAX));
}

function hasIdentity(facts: ProcessFacts): boolean {
  return facts.pid !== undefined || guidOf(facts) !== undefined;
}

function root(
  row: ProcessRow,
  facts: ProcessFacts,
  agent: string,
  origin: Lineage['origin'],
): Membership {
  const lineage: Lineage = {
    agent,
    origin,
    rootEntityId: row.guid ?? row.id,
    rootExecutable: row.executable ?? '',
  };
  return {
    lineage,
    depth: 0,
    isDescendant: false,
    isOwnProgram: true,
    commandLine: kept(facts.commandLine, COMMAND_LINE_KEPT_MAX),
    parentExecutable: undefined,
    parentCommandLine: undefined,
  };
}

function kept(text: string | undefined, lengthMax: number): string | undefined {
  return text === undefined ? undefined : ownText(text, lengthMax);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
