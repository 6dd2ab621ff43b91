import type { EventTime } from '../event/record.ts';
import { Agenda } from './agenda.ts';
import type { Archive, ArchiveReader } from './archive.ts';
import type { Detection, EngineLimits } from './engine.ts';
import { entryOf, partOf, type Entry, type Hit, type Turn } from './entry.ts';
import type { Episode } from './episode.ts';
import type { Health } from './health.ts';
import type { Revive } from './kept.ts';
import { Keyspace, type KeyspaceSnapshot } from './keyspace.ts';
import type { ConsumerPlan, Route, StreamPlan } from './plan.ts';
import type { Tally } from './tally.ts';
import type { Timers } from './timers.ts';

/** What the correlator works with. */
export interface CorrelatorOptions {
  readonly plan: StreamPlan;
  readonly limits: EngineLimits;
  readonly tally: Tally;
  readonly health: Health;
  readonly revive: Revive;
  /** Where the groups of a consumer on a host wait for their time. */
  readonly timersOf: (plan: ConsumerPlan, host: string) => Timers;
  /** Takes what an event of one host means to correlations across hosts. */
  readonly toCrossHost: (turn: Turn, entries: readonly Entry[]) => void;
  readonly emit: (detection: Detection) => void;
}

/** Sorts after every event id of the same millisecond. */
const AFTER_ALL_IDS = '\uffff';

/** Runs hits through correlations and suppressions, and tells of the episodes. */
export class Correlator {
  readonly #options: CorrelatorOptions;
  readonly #keyspaces: readonly Keyspace[];
  /** Episodes that grew since the last report. */
  readonly #grown: Episode[] = [];

  constructor(options: CorrelatorOptions) {
    this.#options = options;
    this.#keyspaces = options.plan.consumers.map((plan) => this.#keyspaceOf(plan));
  }

  get groups(): number {
    return this.#keyspaces.reduce((sum, keyspace) => sum + keyspace.size, 0);
  }

  /** The largest part of a limit of keys over all hosts that was ever in use. */
  get fullest(): number {
    return Math.max(0, ...this.#keyspaces.map((keyspace) => keyspace.fullest));
  }

  routesOf(ruleId: string): readonly Route[] | undefined {
    return this.#options.plan.routes.get(ruleId);
  }

  /** Adds what a hit means to these consumers. */
  plan(agenda: Agenda, routes: readonly Route[], hit: Hit): void {
    const { tally } = this.#options;
    for (const route of routes) {
      const entry = entryOf(route, hit);
      if (entry === 'group') tally.groupMissing += 1;
      else if (entry === 'value') tally.valueIgnored += 1;
      else agenda.add(entry);
    }
  }

  /**
   * Gives an event its turn in all consumers of one host, and hands the rest to those across hosts.
   */
  runOnHost(turn: Turn, agenda: Agenda): void {
    let cross: Entry[] | undefined;
    for (let entry = agenda.take(); entry !== undefined; entry = agenda.take()) {
      if (entry.plan.isHostBound) this.#run(turn, entry, agenda);
      else (cross ??= []).push(entry);
    }
    if (cross !== undefined) this.#options.toCrossHost(turn, cross);
  }

  /** Gives an event its turn, or its late place, in these consumers at once. */
  run(turn: Turn, entries: readonly Entry[]): void {
    const agenda = new Agenda();
    for (const entry of entries) agenda.add(entry);
    this.#runAll(turn, agenda);
  }

  /** Wakes the groups whose time comes before this one. */
  fire(timers: Timers, before: EventTime): void {
    for (let due = timers.next(before); due !== undefined; due = timers.next(before)) {
      const { group, share } = due;
      const { plan } = share.keyspace.context;
      const time = group.due;
      const opened = share.keyspace.wake(group);
      if (opened === undefined) continue;
      const id = `${AFTER_ALL_IDS}${String(plan.index).padStart(6, '0')}${group.key}`;
      const turn = { time, id, host: share.host };
      const agenda = new Agenda();
      this.#open(opened, turn, agenda);
      if (plan.isHostBound) this.runOnHost(turn, agenda);
      else this.#runAll(turn, agenda);
    }
  }

  /** Tells of every episode that grew since the last report, once. */
  report(): void {
    const { emit, revive } = this.#options;
    for (const episode of this.#grown) {
      episode.isDirty = false;
      if (episode.opening.plan.alerts) emit(episode.detection('grown', revive));
    }
    this.#grown.length = 0;
  }

  /** Gives up what a host's own groups remember. */
  dropHost(host: string): void {
    for (const keyspace of this.#keyspaces) {
      if (keyspace.context.plan.isHostBound) keyspace.dropHost(host);
    }
  }

  snapshot(archive: Archive): CorrelatorSnapshot {
    return this.#keyspaces.map((keyspace) => {
      const { rule, meaning } = keyspace.context.plan;
      return [rule.id, meaning, keyspace.snapshot(archive)] as const;
    });
  }

  /** Takes over the state of consumers whose meaning is unchanged. */
  restore(snapshot: CorrelatorSnapshot, archive: ArchiveReader): void {
    for (const [ruleId, meaning, groups] of snapshot) {
      const keyspace = this.#keyspaces[this.indexOf(ruleId, meaning)];
      keyspace?.restore(groups, archive);
    }
  }

  /** The place of a consumer, or -1 if there is none of this rule with this meaning. */
  indexOf(ruleId: string, meaning: string): number {
    return this.#options.plan.consumers.findIndex(
      (plan) => plan.rule.id === ruleId && plan.meaning === meaning,
    );
  }

  #runAll(turn: Turn, agenda: Agenda): void {
    for (let entry = agenda.take(); entry !== undefined; entry = agenda.take()) {
      this.#run(turn, entry, agenda);
    }
  }

  #run(turn: Turn, entry: Entry, agenda: Agenda): void {
    const opened = this.#keyspaces[entry.plan.index]?.add(entry, turn.time);
    if (opened !== undefined) this.#open(opened, turn, agenda);
  }

  // An opening is an alert, or what outer correlations count, or both.
  #open(episode: Episode, turn: Turn, agenda: Agenda): void {
    const { plan: inner, crossing, parts } = episode.opening;
    const { emit, revive } = this.#options;
    if (inner.alerts) emit(episode.detection('opened', revive));
    const routes = this.routesOf(inner.rule.id);
    if (routes === undefined || inner.kind === 'suppression') return;
    const hit: Hit = {
      host: inner.isHostBound ? turn.host : undefined,
      kept: { ...crossing, time: turn.time, ruleId: inner.rule.id },
      matched: undefined,
      field: (name) => partOf(parts, name),
    };
    this.plan(agenda, routes, hit);
  }

  #keyspaceOf(plan: ConsumerPlan): Keyspace {
    const { limits, tally, health, timersOf } = this.#options;
    return new Keyspace({
      plan,
      limits,
      grew: (episode) => {
        if (episode.isDirty) return;
        episode.isDirty = true;
        this.#grown.push(episode);
      },
      dropped: (host, entries) => {
        tally.evicted += entries;
        health.raise('entries', host, plan.rule.id);
      },
      evicted: (host) => {
        tally.evicted += 1;
        health.raise('keys', host, plan.rule.id);
      },
      timersOf: (host) => timersOf(plan, host),
    });
  }
}

/** Rule id, meaning, and groups of each consumer. */
export type CorrelatorSnapshot = readonly (readonly [string, string, KeyspaceSnapshot])[];
