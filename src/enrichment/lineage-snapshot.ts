import { assert } from '../base/assert.ts';
import { HostProcesses } from './lineage-host.ts';
import type { Lineage, Membership, ProcessRow } from './lineage-host.ts';

const VERSION = 1;

interface StoredMembership extends Omit<Membership, 'lineage'> {
  /** Index into the host's lineages: rows of one tree share it. */
  readonly lineage: number;
}

interface StoredRow extends Omit<ProcessRow, 'membership'> {
  readonly membership: StoredMembership | undefined;
}

interface StoredHost {
  readonly name: string;
  readonly nextSweep: number;
  readonly lineages: readonly Lineage[];
  readonly rows: readonly StoredRow[];
}

interface StoredState {
  readonly version: number;
  readonly evicted: number;
  readonly hosts: readonly StoredHost[];
}

/** The tables as plain JSON data. */
export function snapshotLineage(
  hosts: ReadonlyMap<string, HostProcesses>,
  evicted: number,
): unknown {
  const stored: StoredState = {
    version: VERSION,
    evicted,
    hosts: [...hosts].map(([name, host]) => storeHost(name, host)),
  };
  return stored;
}

/** The tables that a snapshot of ours holds. */
export function restoreLineage(state: unknown): {
  readonly hosts: ReadonlyMap<string, HostProcesses>;
  readonly evicted: number;
} {
  const stored = state as StoredState;
  assert(stored.version === VERSION, 'the checkpoint store hands out snapshots of this version');
  return {
    hosts: new Map(stored.hosts.map((host) => [host.name, reviveHost(host)])),
    evicted: stored.evicted,
  };
}

function storeHost(name: string, host: HostProcesses): StoredHost {
  const lineages = new Map<Lineage, number>();
  const rows = [...host.rows].map((row): StoredRow => {
    if (row.membership === undefined) return { ...row, membership: undefined };
    const { lineage } = row.membership;
    const index = lineages.get(lineage) ?? lineages.size;
    lineages.set(lineage, index);
    return { ...row, membership: { ...row.membership, lineage: index } };
  });
  const kept = [...lineages.keys()].map((lineage) => ({ ...lineage }));
  return { name, nextSweep: host.nextSweep, lineages: kept, rows };
}

function reviveHost(stored: StoredHost): HostProcesses {
  const host = new HostProcesses();
  host.nextSweep = stored.nextSweep;
  const lineages = stored.lineages.map((lineage) => ({ ...lineage }));
  for (const row of stored.rows) host.add(reviveRow(row, lineages));
  return host;
}

// JSON leaves undefined members out; every row gets the same shape again.
function reviveRow(stored: StoredRow, lineages: readonly Lineage[]): ProcessRow {
  return {
    id: stored.id,
    guid: stored.guid,
    pid: stored.pid,
    start: stored.start,
    firstSeen: stored.firstSeen,
    lastSeen: stored.lastSeen,
    hasEnded: stored.hasEnded,
    expiresAt: stored.expiresAt,
    executable: stored.executable,
    parentId: stored.parentId,
    parentPid: stored.parentPid,
    membership: reviveMembership(stored.membership, lineages),
  };
}

function reviveMembership(
  stored: StoredMembership | undefined,
  lineages: readonly Lineage[],
): Membership | undefined {
  if (stored === undefined) return undefined;
  const lineage = lineages[stored.lineage];
  assert(lineage !== undefined, 'a stored row names a stored lineage');
  return {
    lineage,
    depth: stored.depth,
    isDescendant: stored.isDescendant,
    isOwnProgram: stored.isOwnProgram,
    commandLine: stored.commandLine,
    parentExecutable: stored.parentExecutable,
    parentCommandLine: stored.parentCommandLine,
  };
}
