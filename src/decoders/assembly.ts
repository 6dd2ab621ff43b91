import { packBytes, unpackBytes, type BytesSnapshot } from '../base/bytes.ts';
import type { EventTime, Position, RawRecord } from '../event/record.ts';

/** Which event a record is a part of. */
export interface Part {
  /** Same for all parts of one event, and for no other event of its host. */
  readonly key: string;
  readonly host: string;
  readonly time: EventTime;
  /** Nothing more is expected after this part. */
  readonly isLast: boolean;
  /** The part as a line of text that can be read without its envelope. */
  readonly line: string;
}

/** Takes parts in; gives the records that are whole by then, each of which can be decoded by itself. */
export interface PartTaker {
  add(record: RawRecord, part: Part): readonly RawRecord[];
}

interface Group {
  readonly key: string;
  readonly host: string;
  readonly time: EventTime;
  /** How many parts of all events had come before its first. */
  readonly number: number;
  readonly lines: string[];
  bytes: number;
  last: RawRecord;
}

/** How much is kept of events that are not whole yet. */
export interface AssemblyLimits {
  readonly groupsMax: number;
  readonly groupsPerHostMax: number;
  readonly bytesMax: number;
  readonly linesPerGroupMax: number;
  /** A whole event must stay readable as one record. */
  readonly bytesPerGroupMax: number;
  /** Parts of other events that may come meanwhile: a host that falls silent does not wait for ever. */
  readonly partsBetweenMax: number;
  /**
   * How long after an event later ones of its host are told of, or nothing at all comes, before it counts as
   * whole (auditd's own tools: 2 s).
   */
  readonly waitMs: number;
}

export const ASSEMBLY_LIMITS: AssemblyLimits = {
  groupsMax: 1024,
  groupsPerHostMax: 128,
  bytesMax: 4 * 1024 * 1024,
  linesPerGroupMax: 512,
  bytesPerGroupMax: 768 * 1024,
  partsBetweenMax: 16_384,
  waitMs: 2000,
};

/** Events that are not whole yet, as plain JSON data. */
export interface AssemblySnapshot {
  readonly parts: number;
  readonly silentMs: number;
  readonly groups: readonly GroupSnapshot[];
}

interface GroupSnapshot extends Pick<Group, 'key' | 'host' | 'time' | 'number'> {
  readonly lines: readonly string[];
  /** Of the record that brought the last of them. */
  readonly position: Position;
  readonly recordKey?: BytesSnapshot;
  readonly recordTime?: EventTime;
}

const encoder = new TextEncoder();

/**
 * Puts events together that come in several records. What is whole comes out as one record of all its lines,
 * which can be decoded again by itself; so does what has waited too long or must make room: nothing is lost.
 * Whatever comes out, and when, depends on the parts alone; a host makes room and passes time for itself.
 */
export class Assembly implements PartTaker {
  readonly #limits: AssemblyLimits;
  /** In the order of their first parts; so are those of each host. */
  readonly #groups: Map<string, Group> = new Map();
  readonly #byHost: Map<string, Set<Group>> = new Map();
  #bytes = 0;
  #parts = 0;
  #silentMs = 0;

  constructor(limits: AssemblyLimits = ASSEMBLY_LIMITS) {
    this.#limits = limits;
  }

  /** Events held that are not whole yet. */
  get size(): number {
    return this.#groups.size;
  }

  /** Time of the event that has waited longest; undefined if none waits. */
  get oldest(): EventTime | undefined {
    const [group] = this.#groups.values();
    return group?.time;
  }

  /** Takes a part in; returns the records that are whole by now, oldest first. */
  add(record: RawRecord, part: Part): readonly RawRecord[] {
    const { source, partition } = record.position;
    const key = `${source}/${partition}/${part.host}/${part.key}`;
    const ready = this.#expired(part);
    const bytes = encoder.encode(part.line).length + 1;
    this.#parts += 1;
    this.#silentMs = 0;
    let group = this.#groups.get(key);
    if (group !== undefined && group.bytes + bytes > this.#limits.bytesPerGroupMax) {
      ready.push(this.#take(group));
      group = undefined;
    }
    if (group === undefined) {
      const { host, time } = part;
      group = { key, host, time, number: this.#parts, lines: [], bytes: 0, last: record };
      this.#keep(group);
    }
    group.lines.push(part.line);
    group.bytes += bytes;
    group.last = record;
    this.#bytes += bytes;
    if (part.isLast || group.lines.length >= this.#limits.linesPerGroupMax) {
      ready.push(this.#take(group));
    }
    ready.push(...this.#makeRoom(part.host));
    return ready;
  }

  /** Nothing has come for so long; returns what is waited for no longer. */
  elapse(silentMs: number): readonly RawRecord[] {
    if (this.#groups.size === 0) return [];
    this.#silentMs += silentMs;
    return this.#silentMs > this.#limits.waitMs ? this.close() : [];
  }

  /** Everything that is still held, at the end of the log. */
  close(): readonly RawRecord[] {
    this.#silentMs = 0;
    return [...this.#groups.values()].map((group) => this.#take(group));
  }

  snapshot(): AssemblySnapshot {
    const groups = [...this.#groups.values()].map((group): GroupSnapshot => {
      const { key, host, time, number, last } = group;
      const { position, recordTime } = last;
      return {
        ...{ key, host, time, number, lines: [...group.lines], position },
        ...(last.key === undefined ? {} : { recordKey: packBytes(last.key) }),
        ...(recordTime === undefined ? {} : { recordTime }),
      };
    });
    return { parts: this.#parts, silentMs: this.#silentMs, groups };
  }

  /** Goes on from a snapshot, in place of what is held. */
  restore({ parts, silentMs, groups }: AssemblySnapshot): void {
    this.close();
    this.#parts = parts;
    this.#silentMs = silentMs;
    for (const { lines, position, recordKey, recordTime, ...group } of groups) {
      const last: RawRecord = {
        payload: null,
        position,
        ...(recordKey === undefined ? {} : { key: unpackBytes(recordKey) }),
        ...(recordTime === undefined ? {} : { recordTime }),
      };
      const bytes = encoder.encode(lines.join('\n')).length + 1;
      this.#keep({ ...group, lines: [...lines], bytes, last });
      this.#bytes += bytes;
    }
  }

  // The groups of a host stand in the order of their first parts, which is nearly that of their times: one that
  // is in time and stands before an expired one holds it back for no longer than its own wait.
  #expired({ host, time }: Part): RawRecord[] {
    const ready: RawRecord[] = [];
    for (const group of this.#groups.values()) {
      if (group.number + this.#limits.partsBetweenMax >= this.#parts) break;
      ready.push(this.#take(group));
    }
    for (const group of this.#byHost.get(host) ?? []) {
      if (group.time + this.#limits.waitMs >= time) break;
      ready.push(this.#take(group));
    }
    return ready;
  }

  #makeRoom(host: string): RawRecord[] {
    const { groupsPerHostMax, groupsMax, bytesMax } = this.#limits;
    const ready: RawRecord[] = [];
    const own = this.#byHost.get(host) ?? new Set();
    for (const group of own) {
      if (own.size <= groupsPerHostMax) break;
      ready.push(this.#take(group));
    }
    for (const group of this.#groups.values()) {
      if (this.#groups.size <= groupsMax && this.#bytes <= bytesMax) break;
      ready.push(this.#take(group));
    }
    return ready;
  }

  #keep(group: Group): void {
    this.#groups.set(group.key, group);
    const own = this.#byHost.get(group.host);
    if (own === undefined) this.#byHost.set(group.host, new Set([group]));
    else own.add(group);
  }

  #take(group: Group): RawRecord {
    this.#groups.delete(group.key);
    this.#bytes -= group.bytes;
    const own = this.#byHost.get(group.host);
    own?.delete(group);
    if (own?.size === 0) this.#byHost.delete(group.host);
    return { ...group.last, payload: encoder.encode(group.lines.join('\n')) };
  }
}
