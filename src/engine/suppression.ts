import type { EventTime } from '../event/record.ts';
import type { Archive, ArchiveReader } from './archive.ts';
import type { KeyPart } from './engine.ts';
import type { Entry } from './entry.ts';
import { Episode } from './episode.ts';
import type { Group, GroupContext, GroupIdentity } from './group.ts';

/**
 * A rule without window whose further alerts are counted, not sent: those of the same key less than
 * `suppress` after the first belong to it; one at that very distance is the next alert. A late
 * event joins an alert it is near enough to, else it is an alert of its own.
 */
export class SuppressionGroup implements Group {
  slot = -1;
  due: EventTime = 0;
  wakeAt: EventTime = 0;
  isDone = false;
  readonly key: string;
  readonly parts: readonly KeyPart[];
  readonly host: string;
  readonly #context: GroupContext;
  #episode: Episode | undefined;

  constructor(identity: GroupIdentity, context: GroupContext) {
    this.key = identity.key;
    this.parts = identity.parts;
    this.host = identity.host;
    this.#context = context;
  }

  add(entry: Entry, time: EventTime): Episode | undefined {
    const { lastsMs } = this.#context.plan;
    const first = this.#episode?.opening.firstTime;
    if (this.#episode === undefined || first === undefined || Math.abs(time - first) >= lastsMs) {
      const opened = this.#open(entry, time);
      // A late event must not end the suppression that is running.
      if (first !== undefined && time < first) return opened;
      this.#episode = opened;
      this.wakeAt = time + lastsMs;
      return opened;
    }
    const { kept, sources } = entry;
    this.#episode.grow({ count: 1, last: kept, sampled: [kept], sources, value: undefined });
    this.#context.grew(this.#episode);
    return undefined;
  }

  wake(): undefined {
    this.isDone = true;
  }

  snapshot(archive: Archive): unknown {
    const state: SuppressionSnapshot = {
      wakeAt: this.wakeAt,
      episode: this.#episode === undefined ? null : archive.episode(this.#episode),
    };
    return state;
  }

  restore(snapshot: unknown, archive: ArchiveReader): void {
    const state = snapshot as SuppressionSnapshot;
    this.wakeAt = state.wakeAt;
    this.due = state.wakeAt;
    const { episode } = state;
    if (episode !== null) this.#episode = archive.episode(episode, this.#context.plan);
  }

  #open(entry: Entry, time: EventTime): Episode {
    const { plan, limits } = this.#context;
    return new Episode({
      plan,
      host: entry.kept.host,
      parts: this.parts,
      start: undefined,
      eventId: entry.kept.id,
      window: undefined,
      value: undefined,
      count: 1,
      firstTime: time,
      crossing: entry.kept,
      kept: [entry.kept],
      sources: new Set(entry.sources),
      matched: entry.matched ?? [],
      evidenceMax: limits.evidenceMax,
    });
  }
}

interface SuppressionSnapshot {
  readonly wakeAt: EventTime;
  readonly episode: ReturnType<Archive['episode']> | null;
}
