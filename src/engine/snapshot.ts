import { assert } from '../base/assert.ts';
import type { Tracker } from '../enrichment/enrichment.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import { Archive, ArchiveReader, type ArchiveSnapshot } from './archive.ts';
import type { Candidate } from './candidate.ts';
import { CLOCK_SKEW_FIELD } from './clock.ts';
import type { Correlator, CorrelatorSnapshot } from './correlator.ts';
import { restoreEntry, snapshotEntry, type EntrySnapshot } from './cross-entry.ts';
import type { CrossLane } from './cross-lane.ts';
import type { CrossItem, CrossTurns } from './cross-turns.ts';
import type { EngineSnapshot, HealthFinding } from './engine.ts';
import type { Turn } from './entry.ts';
import type { Health } from './health.ts';
import type { Revive } from './kept.ts';
import type { HostLane, Waiting } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { ConsumerPlan } from './plan.ts';
import type { Redelivery, RedeliverySnapshot } from './redelivery.ts';
import type { Tally } from './tally.ts';

/** Changes when older snapshots can no longer be read. */
export const SNAPSHOT_VERSION = 2;

/** The parts of an engine that have state. */
export interface StreamState {
  readonly consumers: readonly ConsumerPlan[];
  readonly trackers: readonly Tracker[];
  readonly correlator: Correlator;
  readonly lanes: Lanes;
  readonly cross: CrossLane;
  readonly turns: CrossTurns;
  readonly redelivery: Redelivery;
  readonly tally: Tally;
  readonly health: Health;
  readonly openLane: (host: string) => HostLane;
  readonly revive: Revive;
  readonly find: (event: TelemetryEvent) => Candidate | undefined;
}

interface Snapshot {
  readonly archive: ArchiveSnapshot;
  readonly tally: Readonly<Record<string, number>>;
  readonly findings: readonly HealthFinding[];
  /** When the latest event was judged. */
  readonly now: EventTime;
  readonly redelivery: RedeliverySnapshot;
  readonly lanes: readonly LaneSnapshot[];
  readonly cross: {
    readonly frontier: EventTime;
    /** Absent where records have no time of the log. */
    readonly logTime?: EventTime;
    readonly waiting: readonly CrossItemSnapshot[];
  };
  readonly correlator: CorrelatorSnapshot;
  readonly trackers: readonly (readonly [string, unknown])[];
}

interface LaneSnapshot {
  readonly host: string;
  readonly newest: EventTime | null;
  /** Claimed time, and which of the waiting events it is, or -1. */
  readonly suspects: readonly (readonly [EventTime, number])[];
  readonly floor: EventTime;
  readonly seen: number;
  /** Absent for a host that has not fallen silent. */
  readonly silentMs?: number;
  readonly heardAt?: EventTime;
  readonly waiting: readonly WaitingSnapshot[];
}

interface WaitingSnapshot {
  readonly time: EventTime;
  readonly record: number;
  readonly index: number;
  readonly sequence: number;
  readonly isSkewed: boolean;
}

interface CrossItemSnapshot {
  readonly turn: Turn;
  readonly sequence: number;
  readonly entries: readonly EntrySnapshot[];
}

/** The state as plain JSON data. */
export function snapshotStream(state: StreamState): EngineSnapshot {
  const archive = new Archive();
  const snapshot: Omit<Snapshot, 'archive'> = {
    tally: { ...state.tally },
    findings: state.health.findings,
    now: state.health.now,
    redelivery: state.redelivery.snapshot(),
    lanes: state.lanes.all.map((lane) => snapshotLane(lane, archive)),
    cross: {
      frontier: state.turns.frontier,
      ...(state.cross.logTime === undefined ? {} : { logTime: state.cross.logTime }),
      waiting: state.turns.waiting.items.map((item) => snapshotCrossItem(item, archive)),
    },
    correlator: state.correlator.snapshot(archive),
    trackers: state.trackers.map((tracker) => [tracker.name, tracker.snapshot()]),
  };
  return { version: SNAPSHOT_VERSION, state: { ...snapshot, archive: archive.snapshot() } };
}

/**
 * Takes over a snapshot into an engine that has seen nothing. Rules whose meaning changed start
 * empty.
 */
export function restoreStream({ version, state: data }: EngineSnapshot, state: StreamState): void {
  assert(version === SNAPSHOT_VERSION, `a snapshot of version ${version} can not be restored`);
  const snapshot = data as Snapshot;
  const archive = new ArchiveReader(snapshot.archive);
  Object.assign(state.tally, snapshot.tally);
  state.health.restore(snapshot.findings, snapshot.now);
  state.redelivery.restore(snapshot.redelivery);
  const trackers = new Map(snapshot.trackers);
  for (const tracker of state.trackers) {
    const known = trackers.get(tracker.name);
    if (known !== undefined) tracker.restore(known);
  }
  for (const lane of snapshot.lanes) restoreLane(lane, archive, state);
  state.correlator.restore(snapshot.correlator, archive);
  state.turns.frontier = snapshot.cross.frontier;
  state.cross.logTime = snapshot.cross.logTime;
  for (const { turn, sequence, entries } of snapshot.cross.waiting) {
    const known = entries.flatMap((entry) => restoreEntry(entry, archive, state));
    if (known.length > 0) state.turns.waiting.push({ slot: -1, turn, entries: known, sequence });
  }
}

function snapshotLane(lane: HostLane, archive: Archive): LaneSnapshot {
  const { host, clock, floor, seen, silentMs, heardAt, waiting } = lane;
  const items = waiting.items;
  return {
    host,
    newest: clock.newest ?? null,
    suspects: clock.suspects.map((suspect) => {
      const found = items.findIndex((item) => item === suspect.waiting);
      return [suspect.time, found];
    }),
    floor,
    seen,
    ...(silentMs === undefined ? {} : { silentMs }),
    ...(heardAt === undefined ? {} : { heardAt }),
    waiting: items.map(({ time, event, sequence, isSkewed }) => {
      const { record, index } = event.origin;
      return { time, record: archive.record(record), index, sequence, isSkewed };
    }),
  };
}

function restoreLane(snapshot: LaneSnapshot, archive: ArchiveReader, state: StreamState): void {
  const lane = state.openLane(snapshot.host);
  lane.seen = snapshot.seen;
  lane.silentMs = snapshot.silentMs;
  lane.heardAt = snapshot.heardAt;
  lane.raiseFloor(snapshot.floor);
  const restored = snapshot.waiting.map(({ time, record, index, sequence, isSkewed }) => {
    const event = state.revive(archive.record(record), index);
    if (event === undefined) {
      state.tally.unrevived += 1;
      return undefined;
    }
    if (isSkewed) event.derived.set(CLOCK_SKEW_FIELD, true);
    // Rules may have changed since it began to wait.
    const candidate = state.find(event) ?? { hits: [], mayMatch: false, feeds: [] };
    const waiting: Waiting = { slot: -1, time, event, candidate, sequence, isSkewed };
    state.lanes.wait(lane, waiting);
    return waiting;
  });
  lane.clock.restore(
    snapshot.newest ?? undefined,
    snapshot.suspects.map(([time, index]) => ({ time, waiting: restored[index] })),
  );
}

function snapshotCrossItem(
  { turn, sequence, entries }: CrossItem,
  archive: Archive,
): CrossItemSnapshot {
  return {
    turn,
    sequence,
    entries: entries.map((entry) => snapshotEntry(entry, archive)),
  };
}
