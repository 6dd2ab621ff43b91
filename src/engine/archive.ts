import { assert } from '../base/assert.ts';
import { packBytes, unpackBytes, type BytesSnapshot } from '../base/bytes.ts';
import type { EcsDocument, FieldValue } from '../event/event.ts';
import { hostHeaders, namedHost } from '../event/named-host.ts';
import type { EventTime, Position, RawRecord } from '../event/record.ts';
import type { WindowEntry } from './correlations/correlation.ts';
import type { DetectionWindow, KeyPart } from './engine.ts';
import { Episode } from './episode.ts';
import type { Kept } from './kept.ts';
import type { ConsumerPlan } from './plan.ts';
import type { Window } from './window.ts';

/** A record as plain JSON data. */
export interface RecordSnapshot {
  readonly payload: BytesSnapshot | null;
  readonly key?: BytesSnapshot;
  readonly recordTime?: EventTime;
  /** The host that a header names; the other headers count for nothing. */
  readonly namedHost?: string;
  readonly position: Position;
}

/** Records and kept events of a snapshot, each once; the rest of it refers to them by number. */
export interface ArchiveSnapshot {
  readonly records: readonly RecordSnapshot[];
  readonly kept: readonly KeptSnapshot[];
}

interface KeptSnapshot {
  readonly id: string;
  readonly host: string;
  readonly time: EventTime;
  readonly recordTime?: EventTime;
  readonly hash: number;
  readonly ruleId: string;
  readonly position: Position;
  readonly origin?: readonly [number, number, readonly (readonly [string, FieldValue])[]];
  readonly document?: EcsDocument;
}

interface WindowSnapshot {
  readonly entries: readonly (readonly [EventTime, readonly number[], number | string | null])[];
  readonly kept: readonly number[];
  readonly memory?: unknown;
}

/** An open episode as plain JSON data. */
export interface EpisodeSnapshot {
  readonly host: string;
  readonly parts: readonly KeyPart[];
  readonly start: EventTime | null;
  readonly eventId: string | null;
  readonly window: DetectionWindow | null;
  readonly openingValue: number | null;
  readonly value: number | null;
  readonly openingCount: number;
  readonly count: number;
  readonly firstTime: EventTime;
  readonly lastTime: EventTime;
  readonly first: number;
  readonly crossing: number;
  readonly last: number;
  readonly sample: readonly number[];
  readonly sources: readonly number[];
  readonly matched: readonly string[] | null;
  readonly evidenceMax: number;
}

/** Collects what several parts of a snapshot share. */
export class Archive {
  readonly #records: Map<RawRecord, number> = new Map();
  readonly #recordSnapshots: RecordSnapshot[] = [];
  readonly #kept: Map<Kept, number> = new Map();
  readonly #keptSnapshots: KeptSnapshot[] = [];

  record(record: RawRecord): number {
    const known = this.#records.get(record);
    if (known !== undefined) return known;
    const { payload, key, recordTime, position } = record;
    const host = namedHost(record);
    const index = this.#recordSnapshots.length;
    this.#records.set(record, index);
    this.#recordSnapshots.push({
      payload: payload === null ? null : packBytes(payload),
      ...(key === undefined ? {} : { key: packBytes(key) }),
      ...(recordTime === undefined ? {} : { recordTime }),
      ...(host === undefined ? {} : { namedHost: host }),
      position,
    });
    return index;
  }

  kept(kept: Kept): number {
    const known = this.#kept.get(kept);
    if (known !== undefined) return known;
    const { id, host, time, recordTime, hash, ruleId, position, origin, document } = kept;
    const index = this.#keptSnapshots.length;
    this.#kept.set(kept, index);
    this.#keptSnapshots.push({
      id,
      host,
      time,
      ...(recordTime === undefined ? {} : { recordTime }),
      hash,
      ruleId,
      position,
      ...(origin === undefined
        ? {}
        : { origin: [this.record(origin.record), origin.index, origin.derived] }),
      ...(document === undefined ? {} : { document }),
    });
    return index;
  }

  window(window: Window): WindowSnapshot {
    const memory = window.measure.snapshot?.();
    return {
      entries: window.entries().map(({ time, sources, value }) => [time, sources, value ?? null]),
      kept: window.sample.kept.map((kept) => this.kept(kept)),
      ...(memory === undefined ? {} : { memory }),
    };
  }

  episode(episode: Episode): EpisodeSnapshot {
    const { opening, sample } = episode;
    return {
      host: opening.host,
      parts: opening.parts,
      start: opening.start ?? null,
      eventId: opening.eventId ?? null,
      window: opening.window ?? null,
      openingValue: opening.value ?? null,
      value: episode.value ?? null,
      openingCount: opening.count,
      count: episode.count,
      firstTime: opening.firstTime,
      lastTime: episode.lastTime,
      first: this.kept(episode.first),
      crossing: this.kept(opening.crossing),
      last: this.kept(episode.last),
      sample: sample.map((kept) => this.kept(kept)),
      sources: [...episode.sources],
      matched: opening.matched ?? null,
      evidenceMax: opening.evidenceMax,
    };
  }

  snapshot(): ArchiveSnapshot {
    return { records: this.#recordSnapshots, kept: this.#keptSnapshots };
  }
}

/** Gives back what an archive holds; what was one object is one again. */
export class ArchiveReader {
  readonly #records: readonly RawRecord[];
  readonly #kept: readonly Kept[];

  constructor(snapshot: ArchiveSnapshot) {
    this.#records = snapshot.records.map(
      ({ payload, key, recordTime, namedHost: host, position }) => ({
        payload: payload === null ? null : unpackBytes(payload),
        ...(key === undefined ? {} : { key: unpackBytes(key) }),
        ...(recordTime === undefined ? {} : { recordTime }),
        ...(host === undefined ? {} : { headers: hostHeaders(host) }),
        position,
      }),
    );
    this.#kept = snapshot.kept.map(({ origin, document, ...rest }) => ({
      ...rest,
      origin:
        origin === undefined
          ? undefined
          : { record: this.record(origin[0]), index: origin[1], derived: origin[2] },
      document,
    }));
  }

  record(index: number): RawRecord {
    const record = this.#records[index];
    assert(record !== undefined, 'the snapshot lacks a record that it refers to');
    return record;
  }

  kept(index: number): Kept {
    const kept = this.#kept[index];
    assert(kept !== undefined, 'the snapshot lacks an event that it refers to');
    return kept;
  }

  restoreWindow(snapshot: WindowSnapshot, window: Window): void {
    const entries = snapshot.entries.map(([time, sources, value]): WindowEntry => ({
      time,
      sources,
      value: value ?? undefined,
    }));
    window.restore(
      entries,
      snapshot.kept.map((kept) => this.kept(kept)),
    );
    if (snapshot.memory !== undefined) window.measure.restore?.(snapshot.memory);
  }

  episode(snapshot: EpisodeSnapshot, plan: ConsumerPlan): Episode {
    const episode = new Episode({
      plan,
      host: snapshot.host,
      parts: snapshot.parts,
      start: snapshot.start ?? undefined,
      eventId: snapshot.eventId ?? undefined,
      window: snapshot.window ?? undefined,
      value: snapshot.openingValue ?? undefined,
      count: snapshot.openingCount,
      firstTime: snapshot.firstTime,
      crossing: this.kept(snapshot.crossing),
      kept: [this.kept(snapshot.first)],
      sources: new Set(snapshot.sources),
      matched: snapshot.matched ?? undefined,
      evidenceMax: snapshot.evidenceMax,
    });
    episode.count = snapshot.count;
    episode.value = snapshot.value ?? undefined;
    episode.last = this.kept(snapshot.last);
    episode.lastTime = snapshot.lastTime;
    episode.restoreSample(snapshot.sample.map((kept) => this.kept(kept)));
    return episode;
  }
}
