import type { EventTime, RawRecord } from '../event/record.ts';

/** Which event a record is a part of. */
export interface Part {
  /** Same for all parts of one event, and for no other event of this log. */
  readonly key: string;
  readonly time: EventTime;
  /** Nothing more is expected after this part. */
  readonly isLast: boolean;
  /** The part as a line of text that can be read without its envelope. */
  readonly line: string;
}

interface Group {
  readonly time: EventTime;
  readonly lines: string[];
  bytes: number;
  last: RawRecord;
}

/** How much is kept of events that are not whole yet. */
export interface AssemblyLimits {
  readonly groupsMax: number;
  readonly bytesMax: number;
  readonly linesPerGroupMax: number;
  /** A whole event must stay readable as one record. */
  readonly bytesPerGroupMax: number;
  /** How long after an event later ones are told of before it counts as whole (auditd's own tools: 2 s). */
  readonly waitMs: number;
}

export const ASSEMBLY_LIMITS: AssemblyLimits = {
  groupsMax: 1024,
  bytesMax: 4 * 1024 * 1024,
  linesPerGroupMax: 512,
  bytesPerGroupMax: 768 * 1024,
  waitMs: 2000,
};

const encoder = new TextEncoder();

/**
 * Puts events together that come in several records. What is whole comes out as one record of all its lines,
 * which can be decoded again by itself; so does what has waited too long or must make room: nothing is lost.
 */
export class Assembly {
  readonly #limits: AssemblyLimits;
  readonly #groups: Map<string, Group> = new Map();
  #bytes = 0;

  constructor(limits: AssemblyLimits = ASSEMBLY_LIMITS) {
    this.#limits = limits;
  }

  /** Events held that are not whole yet. */
  get size(): number {
    return this.#groups.size;
  }

  /** Takes a part in; returns the records that are whole by now, oldest first. */
  add(record: RawRecord, part: Part): readonly RawRecord[] {
    const key = `${record.position.source}/${record.position.partition}/${part.key}`;
    const ready = this.#expired(part.time);
    const bytes = encoder.encode(part.line).length + 1;
    let group = this.#groups.get(key);
    if (group !== undefined && group.bytes + bytes > this.#limits.bytesPerGroupMax) {
      ready.push(this.#take(key, group));
      group = undefined;
    }
    if (group === undefined) {
      group = { time: part.time, lines: [], bytes: 0, last: record };
      this.#groups.set(key, group);
    }
    group.lines.push(part.line);
    group.bytes += bytes;
    group.last = record;
    this.#bytes += bytes;
    if (part.isLast || group.lines.length >= this.#limits.linesPerGroupMax) {
      ready.push(this.#take(key, group));
    }
    for (const [oldest, each] of this.#groups) {
      if (this.#groups.size <= this.#limits.groupsMax && this.#bytes <= this.#limits.bytesMax)
        break;
      ready.push(this.#take(oldest, each));
    }
    return ready;
  }

  /** Everything that is still held, at the end of the log. */
  close(): readonly RawRecord[] {
    return [...this.#groups].map(([key, group]) => this.#take(key, group));
  }

  // Groups stand in the order of their first parts, which is nearly that of their times: one that is in time
  // and stands before an expired one holds it back for no longer than its own wait.
  #expired(now: EventTime): RawRecord[] {
    const ready: RawRecord[] = [];
    for (const [key, group] of this.#groups) {
      if (group.time + this.#limits.waitMs >= now) break;
      ready.push(this.#take(key, group));
    }
    return ready;
  }

  #take(key: string, group: Group): RawRecord {
    this.#groups.delete(key);
    this.#bytes -= group.bytes;
    return { ...group.last, payload: encoder.encode(group.lines.join('\n')) };
  }
}
