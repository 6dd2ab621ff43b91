import type { InputFragments, InputName, InputState } from '../../checkpoints/mark.ts';
import { Assembly, type AssemblySnapshot } from '../../decoders/assembly.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import type { EventTime, RawRecord } from '../../event/record.ts';
import { decodeWhole, PartNote, type Decoded, type Waiting } from '../decoding.ts';

/**
 * The records of one input that wait for their turn among those of the others. Those that are parts of an event
 * are put together when their turn has come, so what is held of unfinished events depends on the log alone.
 */
export class InputQueue {
  readonly name: InputName;
  isIdle = false;
  /** Its log is finite and was read to the end. */
  hasEnded = false;
  releasedThrough = -1;
  readonly #decoder: Decoder;
  readonly #assembly = new Assembly();
  readonly #note = new PartNote();
  #records: RawRecord[] = [];
  #taken = 0;
  #bytes = 0;
  #next: number;
  /** Offset after the last record that was offered. */
  #offered: number;
  #time: EventTime = Number.NEGATIVE_INFINITY;
  #head: Waiting | undefined;

  constructor({ source, partition }: InputName, decoder: Decoder) {
    // The name alone: whatever else an input holds must not get into checkpoints and marks.
    this.name = { source, partition };
    this.#decoder = decoder;
    this.#next = 0;
    this.#offered = 0;
  }

  /** The offset of the next record to be judged. */
  get next(): number {
    return this.#next;
  }

  /** Records that wait. */
  get size(): number {
    return this.#records.length - this.#taken;
  }

  /** Bytes of the records that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Offset of the newest record that waits, or of the last that was taken. */
  get newest(): number {
    return this.#offered - 1;
  }

  /** Says where the log begins for us, as long as nothing of it was seen. */
  begin(offset: number): void {
    if (this.#offered > 0) return;
    this.#next = offset;
    this.#offered = offset;
  }

  /** Takes records in the log's order; what was delivered before is passed over. */
  offer(records: readonly RawRecord[]): void {
    if (this.#taken > 0) {
      this.#records.splice(0, this.#taken);
      this.#taken = 0;
    }
    for (const record of records) {
      const { offset } = record.position;
      if (offset < this.#offered) continue;
      this.#records.push(record);
      this.#bytes += record.payload?.length ?? 0;
      this.#offered = (record.undelivered?.lastOffset ?? offset) + 1;
    }
  }

  /**
   * The time under which the head takes its turn: the log's own, else that of its first event, or of
   * the event that it is a part of. A record without any keeps its place behind the one before it.
   * Undefined without a head.
   */
  get headTime(): EventTime | undefined {
    const head = this.#decodedHead();
    if (head === undefined) return undefined;
    if (head.record.position.offset <= this.releasedThrough) return Number.NEGATIVE_INFINITY;
    return this.#timeOf(head);
  }

  take(): Decoded | undefined {
    const head = this.#decodedHead();
    if (head === undefined) return undefined;
    const { record, part } = head;
    const { position, undelivered, payload } = record;
    this.#bytes -= payload?.length ?? 0;
    this.#time = this.#timeOf(head);
    this.#next = (undelivered?.lastOffset ?? position.offset) + 1;
    this.#taken += 1;
    this.#head = undefined;
    if (part === undefined) return head;
    const events = decodeWhole(this.#decoder, this.#assembly.add(record, part));
    return { record, events, problem: head.problem };
  }

  /** Events held that are not whole yet. */
  get fragments(): number {
    return this.#assembly.size;
  }

  /** Time of the unfinished event that has waited longest; undefined without one. */
  get fragmentTime(): EventTime | undefined {
    return this.#assembly.oldest;
  }

  /** Waits no longer for more of unfinished events: as they are, they are what happened. */
  takeFragments(): readonly TelemetryEvent[] {
    return decodeWhole(this.#decoder, this.#assembly.close());
  }

  /** The same, to be judged between the records of others; undefined if there are none. */
  takeRest(): Decoded | undefined {
    const records = this.#assembly.close();
    const [record] = records;
    if (record === undefined) return undefined;
    const events = decodeWhole(this.#decoder, records);
    return { record, events, problem: undefined, isRest: true };
  }

  /** Nothing has come for so long; gives the events that this makes whole. */
  elapse(silentMs: number): readonly TelemetryEvent[] {
    return decodeWhole(this.#decoder, this.#assembly.elapse(silentMs));
  }

  get state(): InputState {
    const time = Number.isFinite(this.#time) ? this.#time : null;
    const { isIdle, releasedThrough } = this;
    return { ...this.name, next: this.#next, time, isIdle, releasedThrough };
  }

  /** What is held of unfinished events; undefined for nothing. */
  get fragmentState(): InputFragments | undefined {
    if (this.#assembly.size === 0) return undefined;
    return { ...this.name, state: this.#assembly.snapshot() };
  }

  restoreFragments({ state }: InputFragments): void {
    // Our own data, of the checkpoint's version.
    this.#assembly.restore(state as AssemblySnapshot);
  }

  restore(state: InputState): void {
    this.#next = state.next;
    this.#offered = state.next;
    this.#time = state.time ?? Number.NEGATIVE_INFINITY;
    this.isIdle = state.isIdle;
    this.releasedThrough = state.releasedThrough;
  }

  #timeOf({ record, events, part }: Waiting): EventTime {
    return record.recordTime ?? events[0]?.time ?? part?.time ?? this.#time;
  }

  #decodedHead(): Waiting | undefined {
    const record = this.#records[this.#taken];
    if (record === undefined) return undefined;
    this.#head ??= this.#note.decode(this.#decoder, record);
    return this.#head;
  }
}
