import { assert } from '../base/assert.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import type { RuleSet } from '../language/ruleset.ts';
import { Archive, ArchiveReader, type ArchiveSnapshot } from './archive.ts';
import { Correlator, type CorrelatorSnapshot } from './correlator.ts';
import { restoreEntry, snapshotEntry, type EntrySnapshot } from './cross-entry.ts';
import { CrossTurns } from './cross-turns.ts';
import type {
  Emit,
  Engine,
  EngineLimits,
  EngineSnapshot,
  EngineStatistics,
  HealthFinding,
  Outgoing,
} from './engine.ts';
import type { Turn } from './entry.ts';
import { HandedEvent, type HandedHit, type HandedProgress } from './handed-hit.ts';
import { Health } from './health.ts';
import type { Revive } from './kept.ts';
import { planStream, type ConsumerPlan } from './plan.ts';
import { Redelivery, type RedeliverySnapshot } from './redelivery.ts';
import { SNAPSHOT_VERSION } from './snapshot.ts';
import { Tally } from './tally.ts';

export interface CrossEngineOptions {
  readonly ruleSet: RuleSet;
  readonly limits: EngineLimits;
  readonly revive: Revive;
}

interface Snapshot {
  readonly archive: ArchiveSnapshot;
  readonly tally: Readonly<Record<string, number>>;
  readonly findings: readonly HealthFinding[];
  readonly now: EventTime;
  readonly redelivery: RedeliverySnapshot;
  readonly progress: readonly (readonly [string, Progress])[];
  readonly frontier: EventTime;
  readonly waiting: readonly {
    readonly turn: Turn;
    readonly sequence: number;
    readonly entries: readonly EntrySnapshot[];
  }[];
  readonly correlator: CorrelatorSnapshot;
}

/** What is known of a source: how many tasks it has, and how far each has come. */
interface Progress {
  readonly tasks: number;
  readonly frontiers: readonly (EventTime | null | undefined)[];
}

/**
 * Judges correlations across hosts by the hits that all tasks hand over (decisions §11). A group is
 * seen by one such engine only. Hits take their turns in the order of event time, when every task
 * has said that it has none before them any more; until each task of a source was heard, all wait.
 */
export class CrossEngine implements Engine {
  readonly frontier: EventTime | undefined = undefined;
  readonly #consumers: readonly ConsumerPlan[];
  readonly #correlator: Correlator;
  readonly #turns: CrossTurns;
  readonly #redelivery: Redelivery;
  readonly #tally = new Tally();
  readonly #health = new Health();
  readonly #progress: Map<string, Progress> = new Map();
  #emit: Emit = () => undefined;

  constructor(options: CrossEngineOptions) {
    const { ruleSet, limits, revive } = options;
    const plan = planStream(ruleSet);
    this.#consumers = plan.consumers;
    this.#redelivery = new Redelivery(limits.redeliveryPerHostMax, limits.redeliveryMax);
    this.#correlator = new Correlator({
      plan,
      limits,
      revive,
      tally: this.#tally,
      health: this.#health,
      timersOf: () => this.#turns.timers,
      toCrossHost: (turn, entries) => this.#turns.take(turn, entries),
      emit: (detection) => this.#emit(detection),
    });
    this.#turns = new CrossTurns({
      correlator: this.#correlator,
      tally: this.#tally,
      health: this.#health,
      waitingMax: limits.waitingMax,
    });
  }

  observe(batch: Iterable<TelemetryEvent>, emit: Emit): void {
    this.#emit = emit;
    for (const event of batch) {
      assert(event instanceof HandedEvent, 'hits are decoded by the decoder of hits');
      this.#tally.events += 1;
      const { message } = event;
      if (message.kind === 'progress') this.#advance(message);
      else this.#hit(event, message);
    }
    this.#correlator.report();
  }

  advance(watermark: EventTime, emit: Emit): void {
    this.#emit = emit;
    this.#turns.settle(watermark);
    this.#correlator.report();
  }

  // What time it is, the tasks say that hand over.
  elapse(): void {}

  takeOutgoing(): readonly Outgoing[] {
    return [];
  }

  statistics(): EngineStatistics {
    return {
      ...this.#tally,
      waiting: this.#turns.waiting.size,
      hosts: 0,
      groups: this.#correlator.groups,
      findings: this.#health.findings,
    };
  }

  snapshot(): EngineSnapshot {
    const archive = new Archive();
    const snapshot: Omit<Snapshot, 'archive'> = {
      tally: { ...this.#tally },
      findings: this.#health.findings,
      now: this.#health.now,
      redelivery: this.#redelivery.snapshot(),
      progress: [...this.#progress].map(([name, progress]) => [name, { ...progress }]),
      frontier: this.#turns.frontier,
      waiting: this.#turns.waiting.items.map(({ turn, sequence, entries }) => ({
        turn,
        sequence,
        entries: entries.map((entry) => snapshotEntry(entry, archive)),
      })),
      correlator: this.#correlator.snapshot(archive),
    };
    return { version: SNAPSHOT_VERSION, state: { ...snapshot, archive: archive.snapshot() } };
  }

  restore({ version, state }: EngineSnapshot): void {
    assert(version === SNAPSHOT_VERSION, `a snapshot of version ${version} can not be restored`);
    const snapshot = state as Snapshot;
    const archive = new ArchiveReader(snapshot.archive);
    Object.assign(this.#tally, snapshot.tally);
    this.#health.restore(snapshot.findings, snapshot.now);
    this.#redelivery.restore(snapshot.redelivery);
    for (const [name, progress] of snapshot.progress) this.#progress.set(name, progress);
    this.#correlator.restore(snapshot.correlator, archive);
    this.#turns.frontier = snapshot.frontier;
    for (const { turn, sequence, entries } of snapshot.waiting) {
      const known = entries.flatMap((entry) => restoreEntry(entry, archive, this.#known()));
      if (known.length > 0) {
        this.#turns.waiting.push({ slot: -1, turn, entries: known, sequence });
      }
    }
  }

  #hit(event: HandedEvent, { turn, entries, archive }: HandedHit): void {
    this.#health.now = turn.time;
    if (this.#redelivery.isKnown(event.host, event)) {
      this.#tally.duplicates += 1;
      return;
    }
    this.#tally.matches += 1;
    const reader = new ArchiveReader(archive);
    const known = entries.flatMap((entry) => restoreEntry(entry, reader, this.#known()));
    // Of a rule that is not in force here, or not with this meaning.
    this.#tally.unrevived += entries.length - known.length;
    if (known.length > 0) this.#turns.take(turn, known);
  }

  #advance({ source, task, tasks, frontier }: HandedProgress): void {
    const known = this.#progress.get(source);
    const frontiers = known?.tasks === tasks ? [...known.frontiers] : [];
    frontiers[task] = latest(frontiers[task], frontier);
    this.#progress.set(source, { tasks, frontiers });
    const slowest = this.#slowest();
    if (slowest !== undefined) this.#turns.settle(slowest);
  }

  // A task without hosts holds up nobody; one that was not heard yet holds up all.
  #slowest(): EventTime | undefined {
    let slowest: EventTime | undefined;
    for (const { tasks, frontiers } of this.#progress.values()) {
      for (let task = 0; task < tasks; task++) {
        const frontier = frontiers[task];
        if (frontier === undefined) return undefined;
        if (frontier !== null && (slowest === undefined || frontier < slowest)) slowest = frontier;
      }
    }
    return slowest;
  }

  #known(): { readonly consumers: readonly ConsumerPlan[]; readonly correlator: Correlator } {
    return { consumers: this.#consumers, correlator: this.#correlator };
  }
}

// A task that was restored from an earlier state says again what it had said before.
function latest(
  before: EventTime | null | undefined,
  now: EventTime | null,
): EventTime | null | undefined {
  if (before === undefined || before === null) return now;
  return now === null ? before : Math.max(before, now);
}
