import type { EventTime } from '../event/record.ts';
import type { Archive, ArchiveReader } from './archive.ts';
import { holds } from './condition.ts';
import type { WindowEntry } from './correlations/correlation.ts';
import type { Entry } from './entry.ts';
import { Episode } from './episode.ts';
import type { Group, GroupContext, GroupIdentity } from './group.ts';
import type { KeyPart } from './engine.ts';
import { Window } from './window.ts';

/** Groups that linger are woken beyond all times, in the order in which they were last heard of. */
export const LINGER_MS = 4e15;

/**
 * A group whose condition more events can only help: it is judged at each event, over the window
 * `(t - timespan, t]`, and never holds for an empty one. While an episode is open the window is
 * also judged at each moment when events leave it, so that "false for one whole timespan" is exact:
 * an episode that is false from f on ends at f + timespan, and an event at that very time may begin
 * the next.
 */
export class RisingGroup implements Group {
  slot = -1;
  due: EventTime = 0;
  wakeAt: EventTime = 0;
  readonly key: string;
  readonly parts: readonly KeyPart[];
  readonly host: string;
  readonly #context: GroupContext;
  readonly #window: Window;
  #episode: Episode | undefined;
  #falseSince: EventTime | undefined;

  constructor(identity: GroupIdentity, context: GroupContext) {
    this.key = identity.key;
    this.parts = identity.parts;
    this.host = identity.host;
    this.#context = context;
    this.#window = windowOf(context);
  }

  get isDone(): boolean {
    const isEmpty = this.#window.size === 0 && this.#episode === undefined;
    return isEmpty && !this.#context.plan.measure.lingers;
  }

  add(entry: Entry, time: EventTime): Episode | undefined {
    this.#passTo(time);
    const { plan } = this.#context;
    const added: WindowEntry = { time, sources: entry.sources, value: entry.value };
    this.wakeAt = plan.measure.lingers ? time + LINGER_MS : time + plan.windowMs;
    const { measure } = this.#window;
    const isAdmitted = measure.admit?.(added) ?? true;
    const forgotten = measure.takeForgotten?.() ?? 0;
    if (forgotten > 0) this.#context.dropped(this.host, forgotten);
    if (!isAdmitted) return undefined;
    if (this.#window.add(added, entry.kept)) this.#context.dropped(this.host, 1);
    const isTrue = this.#holds(time);
    if (this.#episode === undefined) return isTrue ? this.#open(entry, time) : undefined;
    this.#falseSince = isTrue ? undefined : (this.#falseSince ?? time);
    this.#episode.grow({
      count: 1,
      last: entry.kept,
      sampled: [entry.kept],
      sources: entry.sources,
      value: measure.value(time - plan.windowMs),
    });
    this.#context.grew(this.#episode);
    return undefined;
  }

  wake(): undefined {
    const now = this.wakeAt;
    this.#passTo(now);
    // The window is empty by now, which is false, so an episode that is still open ends at a known
    // time.
    if (this.#episode !== undefined)
      this.wakeAt = (this.#falseSince ?? now) + this.#context.plan.lastsMs;
  }

  snapshot(archive: Archive): unknown {
    const state: RisingSnapshot = {
      wakeAt: this.wakeAt,
      window: archive.window(this.#window),
      episode: this.#episode === undefined ? null : archive.episode(this.#episode),
      falseSince: this.#falseSince ?? null,
    };
    return state;
  }

  restore(snapshot: unknown, archive: ArchiveReader): void {
    const state = snapshot as RisingSnapshot;
    this.wakeAt = state.wakeAt;
    this.due = state.wakeAt;
    archive.restoreWindow(state.window, this.#window);
    const { episode } = state;
    if (episode !== null) this.#episode = archive.episode(episode, this.#context.plan);
    this.#falseSince = state.falseSince ?? undefined;
  }

  #open(entry: Entry, time: EventTime): Episode {
    const { plan, limits } = this.#context;
    const from = time - plan.windowMs;
    const start = this.#window.firstTime ?? time;
    this.#falseSince = undefined;
    this.#episode = new Episode({
      plan,
      host: entry.kept.host,
      parts: this.parts,
      start,
      eventId: undefined,
      window: { from, to: time, timespanMs: plan.windowMs },
      value: this.#window.measure.value(from),
      count: this.#window.size,
      firstTime: start,
      crossing: entry.kept,
      kept: this.#window.sample.kept,
      sources: this.#window.sources(),
      matched: undefined,
      evidenceMax: limits.evidenceMax,
    });
    return this.#episode;
  }

  #holds(now: EventTime): boolean {
    const { plan } = this.#context;
    if (this.#window.size === 0) return false;
    return holds(plan.condition, {
      measure: this.#window.measure,
      after: now - plan.windowMs,
    });
  }

  // Lets entries leave, each at its own time.
  #passTo(now: EventTime): void {
    const { windowMs, lastsMs } = this.#context.plan;
    while (this.#episode !== undefined) {
      const first = this.#window.firstTime;
      if (first === undefined || first > now - windowMs) break;
      this.#window.expire(first);
      this.#judgeAt(first + windowMs);
    }
    this.#window.expire(now - windowMs);
    if (this.#falseSince !== undefined && now - this.#falseSince >= lastsMs) this.#end();
  }

  #judgeAt(time: EventTime): void {
    const { lastsMs } = this.#context.plan;
    if (this.#falseSince !== undefined && time - this.#falseSince >= lastsMs) this.#end();
    else if (this.#holds(time)) this.#falseSince = undefined;
    else this.#falseSince ??= time;
  }

  #end(): void {
    this.#episode = undefined;
    this.#falseSince = undefined;
  }
}

interface RisingSnapshot {
  readonly wakeAt: EventTime;
  readonly window: ReturnType<Archive['window']>;
  readonly episode: ReturnType<Archive['episode']> | null;
  readonly falseSince: EventTime | null;
}

/** An empty window for this consumer. */
export function windowOf({ plan, limits }: GroupContext): Window {
  const { rule, measure, sources } = plan;
  const entriesMax = limits.entriesPerKeyMax;
  // A suppressed rule has no window to measure.
  const correlation = rule.kind === 'correlation' ? rule.correlation : undefined;
  const options = { correlation, sources: sources.length, entriesMax };
  return new Window(measure.start(options), { entriesMax, sampleMax: limits.evidenceMax });
}
