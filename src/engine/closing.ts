import type { EventTime } from '../event/record.ts';
import type { Archive, ArchiveReader } from './archive.ts';
import { holds } from './condition.ts';
import type { DetectionWindow, KeyPart } from './engine.ts';
import type { Entry } from './entry.ts';
import { Episode } from './episode.ts';
import type { Group, GroupContext, GroupIdentity } from './group.ts';
import type { Kept } from './kept.ts';
import { windowOf } from './rising.ts';
import type { Window } from './window.ts';

/**
 * A group whose condition can only be known to hold when a window has closed: `lt`, `lte`, `eq`,
 * `neq` (also as one end of a range) and `not` in an expression.
 *
 * A window opens at an event when none is open and takes all events of `[a, a + timespan)`; it is
 * judged at its last millisecond, a + timespan - 1. When a whole timespan has passed after the
 * group's last event, the empty window `(last, last + timespan]` is judged at its end, and the
 * group is then unknown until its next event: so silence is seen once, and only of groups that
 * spoke before. A value that nothing has (the mean of an empty window) satisfies no condition.
 * Under `not`, a rule counts as fired also when it fired within `(a - timespan, a)`.
 *
 * An episode opens when a window is judged true, grows by the events of later true windows, and
 * ends at the first false judgement that comes a whole timespan (or `suppress`) after the last true
 * one. The episode of an empty window starts at the last event before the silence, which is its
 * evidence.
 */
export class ClosingGroup implements Group {
  slot = -1;
  due: EventTime = 0;
  wakeAt: EventTime = 0;
  isDone = false;
  readonly key: string;
  readonly parts: readonly KeyPart[];
  readonly host: string;
  readonly #context: GroupContext;
  readonly #window: Window;
  #anchor: EventTime | undefined;
  #last: Kept | undefined;
  #lastSources: readonly number[] = [];
  #isSilent = false;
  /** Newest event of each referenced rule, and the same as it was when the window opened. */
  #latest: (EventTime | null)[] = [];
  #before: (EventTime | null)[] = [];
  #episode: Episode | undefined;
  #trueAt: EventTime = 0;

  constructor(identity: GroupIdentity, context: GroupContext) {
    this.key = identity.key;
    this.parts = identity.parts;
    this.host = identity.host;
    this.#context = context;
    this.#window = windowOf(context);
  }

  add(entry: Entry, time: EventTime): undefined {
    const { windowMs } = this.#context.plan;
    if (this.#anchor === undefined) {
      this.#anchor = time;
      this.#isSilent = false;
      this.#before = [...this.#latest];
      this.wakeAt = time + windowMs - 1;
    }
    const { sources, value, kept } = entry;
    for (const source of sources) this.#latest[source] = time;
    if (this.#window.add({ time, sources, value }, kept)) this.#context.dropped(this.host, 1);
    this.#last = kept;
    this.#lastSources = sources;
  }

  wake(): Episode | undefined {
    const now = this.wakeAt;
    const { windowMs, lastsMs } = this.#context.plan;
    const last = this.#last;
    if (last === undefined || this.#isSilent) {
      this.isDone = true;
      return undefined;
    }
    let opened: Episode | undefined;
    if (this.#anchor !== undefined) {
      opened = this.#close(now, this.#anchor, last);
      this.#anchor = undefined;
      this.#window.clear();
      this.wakeAt = last.time + windowMs;
    } else {
      opened = this.#closeEmpty(now, last);
      this.#isSilent = true;
      this.isDone = this.#episode === undefined || this.#trueAt + lastsMs <= now;
      this.wakeAt = this.#trueAt + lastsMs;
    }
    return opened;
  }

  snapshot(archive: Archive): unknown {
    const state: ClosingSnapshot = {
      wakeAt: this.wakeAt,
      window: archive.window(this.#window),
      anchor: this.#anchor ?? null,
      last: this.#last === undefined ? null : archive.kept(this.#last),
      lastSources: this.#lastSources,
      isSilent: this.#isSilent,
      latest: [...this.#latest].map((time) => time ?? null),
      before: [...this.#before].map((time) => time ?? null),
      episode: this.#episode === undefined ? null : archive.episode(this.#episode),
      trueAt: this.#trueAt,
    };
    return state;
  }

  restore(snapshot: unknown, archive: ArchiveReader): void {
    const state = snapshot as ClosingSnapshot;
    this.wakeAt = state.wakeAt;
    this.due = state.wakeAt;
    archive.restoreWindow(state.window, this.#window);
    this.#anchor = state.anchor ?? undefined;
    this.#last = state.last === null ? undefined : archive.kept(state.last);
    this.#lastSources = state.lastSources;
    this.#isSilent = state.isSilent;
    this.#latest = [...state.latest];
    this.#before = [...state.before];
    const { episode } = state;
    if (episode !== null) this.#episode = archive.episode(episode, this.#context.plan);
    this.#trueAt = state.trueAt;
  }

  #close(now: EventTime, anchor: EventTime, last: Kept): Episode | undefined {
    const { plan } = this.#context;
    const earliest = anchor - plan.windowMs;
    const isTrue = holds(plan.condition, {
      measure: this.#window.measure,
      after: anchor - 1,
      firedBefore: (source) => (this.#before[source] ?? earliest) > earliest,
    });
    if (!isTrue) return this.#fail(now);
    this.#trueAt = now;
    if (this.#episode !== undefined) {
      this.#episode.grow({
        count: this.#window.size,
        last,
        sampled: this.#window.sample.kept,
        sources: this.#window.sources(),
        value: this.#window.measure.value(anchor - 1),
      });
      this.#context.grew(this.#episode);
      return undefined;
    }
    return this.#open({
      last,
      start: this.#window.firstTime ?? anchor,
      count: this.#window.size,
      kept: this.#window.sample.kept,
      sources: this.#window.sources(),
      window: { from: anchor - 1, to: now, timespanMs: plan.windowMs },
    });
  }

  #closeEmpty(now: EventTime, last: Kept): Episode | undefined {
    const { plan } = this.#context;
    const isTrue = holds(plan.condition, { measure: this.#window.measure, after: last.time });
    if (!isTrue) return this.#fail(now);
    this.#trueAt = now;
    if (this.#episode !== undefined) return undefined;
    return this.#open({
      last,
      start: last.time,
      count: 1,
      kept: [last],
      sources: new Set(this.#lastSources),
      window: { from: last.time, to: now, timespanMs: plan.windowMs },
    });
  }

  #fail(now: EventTime): undefined {
    const { lastsMs } = this.#context.plan;
    if (this.#episode !== undefined && now - this.#trueAt >= lastsMs) this.#episode = undefined;
  }

  #open(opening: ClosedOpening): Episode {
    const { plan, limits } = this.#context;
    const { last, start, count, kept, sources, window } = opening;
    this.#episode = new Episode({
      plan,
      host: last.host,
      parts: this.parts,
      start,
      eventId: undefined,
      window,
      value: this.#window.measure.value(window.from),
      count,
      firstTime: start,
      crossing: last,
      kept,
      sources,
      matched: undefined,
      evidenceMax: limits.evidenceMax,
    });
    return this.#episode;
  }
}

interface ClosedOpening {
  readonly last: Kept;
  readonly start: EventTime;
  readonly count: number;
  readonly kept: readonly Kept[];
  readonly sources: ReadonlySet<number>;
  readonly window: DetectionWindow;
}

interface ClosingSnapshot {
  readonly wakeAt: EventTime;
  readonly window: ReturnType<Archive['window']>;
  readonly anchor: EventTime | null;
  readonly last: number | null;
  readonly lastSources: readonly number[];
  readonly isSilent: boolean;
  readonly latest: readonly (EventTime | null)[];
  readonly before: readonly (EventTime | null)[];
  readonly episode: ReturnType<Archive['episode']> | null;
  readonly trueAt: EventTime;
}
