import { assert } from '../base/assert.ts';
import { Heap } from '../base/heap.ts';
import type { EventTime } from '../event/record.ts';
import type { Archive, ArchiveReader } from './archive.ts';
import { ClosingGroup } from './closing.ts';
import type { Entry } from './entry.ts';
import type { Episode } from './episode.ts';
import type { Group, GroupContext, GroupIdentity } from './group.ts';
import { RisingGroup } from './rising.ts';
import { Share, type ShareItem } from './share.ts';
import { SuppressionGroup } from './suppression.ts';
import type { Timers } from './timers.ts';

/** What a keyspace tells. */
export interface KeyspaceContext extends GroupContext {
  /** A group was given up for a limit. */
  readonly evicted: (host: string) => void;
  /** Where this consumer's groups on that host wait for their time. */
  readonly timersOf: (host: string) => Timers;
}

/** All groups of one consumer, bounded per host and in all. */
export class Keyspace {
  readonly context: KeyspaceContext;
  readonly #groups: Map<string, Group> = new Map();
  readonly #shares: Map<string, Share> = new Map();
  /** The largest share first; names break ties, so that the choice depends on nothing else. */
  readonly #weights: Heap<ShareItem> = new Heap<ShareItem>(isHeavier);

  #peak = 0;

  constructor(context: KeyspaceContext) {
    this.context = context;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** The largest part of the keys over all hosts that was ever in use. */
  get fullest(): number {
    return this.#peak / this.context.limits.keysMax;
  }

  add(entry: Entry, time: EventTime): Episode | undefined {
    const known = this.#groups.get(entry.key);
    if (known !== undefined) return this.#addTo(known, entry, time);
    const { parts, key, kept } = entry;
    this.#makeRoom(kept.host);
    const group = makeGroup({ key, parts, host: kept.host }, this.context);
    const opened = group.add(entry, time);
    group.due = group.wakeAt;
    this.#insert(group);
    return opened;
  }

  /** Lets a group that is due pass its time. */
  wake(group: Group): Episode | undefined {
    const share = this.#shares.get(group.host);
    const time = group.wakeAt;
    const opened = group.wake();
    assert(group.isDone || group.wakeAt > time, 'a group that was woken waits for the same time');
    if (group.isDone) this.#remove(group);
    else if (share !== undefined) this.#reschedule(share, group);
    return opened;
  }

  /** Gives up all groups of a host. */
  dropHost(host: string): void {
    for (let share = this.#shares.get(host); share !== undefined;) {
      this.#evictFrom(share);
      share = this.#shares.get(host);
    }
  }

  holds(host: string): boolean {
    return this.#shares.has(host);
  }

  snapshot(archive: Archive): KeyspaceSnapshot {
    const groups = [...this.#groups.values()];
    return groups.map((group) => {
      const { key, parts, host } = group;
      return [{ key, parts, host }, group.snapshot(archive)] as const;
    });
  }

  restore(snapshot: KeyspaceSnapshot, archive: ArchiveReader): void {
    for (const [identity, state] of snapshot) {
      const group = makeGroup(identity, this.context);
      group.restore(state, archive);
      this.#insert(group);
    }
  }

  #addTo(group: Group, entry: Entry, time: EventTime): Episode | undefined {
    const opened = group.add(entry, time);
    // Later is found out when it is the group's turn; earlier must be known at once.
    const share = this.#shares.get(group.host);
    if (group.wakeAt < group.due && share !== undefined) this.#reschedule(share, group);
    return opened;
  }

  #reschedule(share: Share, group: Group): void {
    group.due = group.wakeAt;
    share.groups.moved(group);
    this.context.timersOf(share.host).moved(share.timer);
  }

  #insert(group: Group): void {
    this.#groups.set(group.key, group);
    this.#peak = Math.max(this.#peak, this.#groups.size);
    const share = this.#shares.get(group.host) ?? this.#openShare(group.host);
    share.groups.push(group);
    if (share.timer.slot < 0) this.context.timersOf(group.host).push(share.timer);
    else this.context.timersOf(group.host).moved(share.timer);
    this.#weights.moved(share.weight);
  }

  #openShare(host: string): Share {
    const share = new Share(host, this.context.plan.index, this);
    this.#shares.set(host, share);
    this.#weights.push(share.weight);
    return share;
  }

  #makeRoom(host: string): void {
    const { keysPerHostMax, keysMax } = this.context.limits;
    const own = this.#shares.get(host);
    if (own !== undefined && own.groups.size >= keysPerHostMax) this.#evictFrom(own);
    const largest = this.#weights.top?.share;
    if (this.#groups.size >= keysMax && largest !== undefined) this.#evictFrom(largest);
  }

  // The group that would be forgotten first anyway, by its key among equals.
  #evictFrom(share: Share): void {
    const group = share.earliest();
    if (group === undefined) return;
    this.#remove(group);
    this.context.evicted(share.host);
  }

  #remove(group: Group): void {
    this.#groups.delete(group.key);
    const share = this.#shares.get(group.host);
    if (share === undefined) return;
    share.groups.remove(group);
    const timers = this.context.timersOf(group.host);
    if (share.groups.size > 0) {
      timers.moved(share.timer);
      this.#weights.moved(share.weight);
      return;
    }
    timers.remove(share.timer);
    this.#weights.remove(share.weight);
    this.#shares.delete(group.host);
  }
}

/** Groups with their names, in the order in which they began. */
export type KeyspaceSnapshot = readonly (readonly [GroupIdentity, unknown])[];

function makeGroup(identity: GroupIdentity, context: GroupContext): Group {
  switch (context.plan.kind) {
    case 'rising':
      return new RisingGroup(identity, context);
    case 'closing':
      return new ClosingGroup(identity, context);
    case 'suppression':
      return new SuppressionGroup(identity, context);
  }
}

function isHeavier(one: ShareItem, other: ShareItem): boolean {
  const difference = one.share.groups.size - other.share.groups.size;
  return difference !== 0 ? difference > 0 : one.share.host < other.share.host;
}
