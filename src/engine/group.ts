import type { HeapItem } from '../base/heap.ts';
import type { EventTime } from '../event/record.ts';
import type { Archive, ArchiveReader } from './archive.ts';
import type { EngineLimits, KeyPart } from './engine.ts';
import type { Entry } from './entry.ts';
import type { Episode } from './episode.ts';
import type { ConsumerPlan } from './plan.ts';

/** What the engine remembers of one key of one consumer. */
export interface Group extends HeapItem {
  readonly key: string;
  readonly parts: readonly KeyPart[];
  /** The host on whose quota it stands. */
  readonly host: string;
  /** When its heap believes that it must be woken; never later than `wakeAt`. */
  due: EventTime;
  /** When a window closes or nothing is left to remember, once all events up to then are known. */
  readonly wakeAt: EventTime;
  /** True if it may be forgotten. */
  readonly isDone: boolean;
  /** Takes the next event at this time; returns the episode that it opened. */
  add(entry: Entry, time: EventTime): Episode | undefined;
  /** Lets time pass up to `wakeAt`; returns the episode that a closing window opened. */
  wake(): Episode | undefined;
  /** Plain JSON data. */
  snapshot(archive: Archive): unknown;
  restore(state: unknown, archive: ArchiveReader): void;
}

/** What groups are made with. */
export interface GroupContext {
  readonly plan: ConsumerPlan;
  readonly limits: EngineLimits;
  /** An open episode has new totals. */
  readonly grew: (episode: Episode) => void;
  /** Entries were dropped for a limit. */
  readonly dropped: (host: string, entries: number) => void;
}

/** Name and owner of a group. */
export interface GroupIdentity {
  readonly key: string;
  readonly parts: readonly KeyPart[];
  readonly host: string;
}
