import { assert } from '../../base/assert.ts';
import type { Checkpoint, Restored } from '../../checkpoints/checkpoint.ts';
import type { InputName, Mark, Place, PlacedMark } from '../../checkpoints/mark.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import type { Detection, Engine, Outgoing } from '../../engine/engine.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import type { EventTime } from '../../event/record.ts';
import type { Decoded } from '../decoding.ts';
import { InputMerge } from './input-merge.ts';
import type { InputQueue } from './input-queue.ts';
import { refusalOf, type Refused } from './refused.ts';

/** What a task is made from. */
export interface TaskOptions {
  readonly engine: Engine;
  readonly decoder: Decoder;
  readonly inputs: readonly InputName[];
  /** Digest of what the engine was made from. */
  readonly epoch: string;
  /** A fresh engine of another epoch; undefined if its rules are not at hand any more. */
  readonly engineOf: (epoch: string) => Engine | undefined;
  /** Tasks among which hosts are dealt out. */
  readonly tasks: number;
}

/** What some records, or a mark, led to. */
export interface Step {
  readonly records: number;
  readonly events: number;
  /** Records without a value: what a compacted topic keeps of something deleted. */
  readonly tombstones: number;
  readonly refused: readonly Refused[];
  readonly detections: readonly Detection[];
  /** What other tasks have to see of it. */
  readonly outgoing: readonly Outgoing[];
  /** Time of the newest event; undefined without one. */
  readonly newest: EventTime | undefined;
}

/**
 * One partition, or a set of partitions that belong together, with an engine of its own. Its state
 * is a function of its logs and its marks: given the same ones again it does the same again, however
 * the records were cut and whenever they came. It has no clock and waits for nothing; what depends
 * on a clock comes in as a mark.
 */
export class Task {
  readonly inputs: readonly InputQueue[];
  readonly #engineOf: TaskOptions['engineOf'];
  readonly #tasks: number;
  #engine: Engine;
  #epoch: string;
  readonly #merge: InputMerge;
  #marks = 0;
  /** Marks that had taken effect before we were stopped, each to be met again at its place. */
  #replay: PlacedMark[] = [];

  constructor({ engine, engineOf, decoder, inputs, epoch, tasks }: TaskOptions) {
    this.#engine = engine;
    this.#engineOf = engineOf;
    this.#epoch = epoch;
    this.#tasks = tasks;
    this.#merge = new InputMerge(inputs, decoder);
    this.inputs = this.#merge.queues;
  }

  /** Goes on from what was stored. Rules whose meaning changed since then begin empty. */
  restore({ checkpoint, marks }: Restored): void {
    if (checkpoint !== undefined) {
      this.#engine.restore(checkpoint.engine);
      this.#marks = checkpoint.marks;
      for (const state of checkpoint.inputs) this.#merge.find(state)?.restore(state);
      for (const each of checkpoint.fragments) this.#merge.find(each)?.restoreFragments(each);
    }
    this.#replay = [...marks];
  }

  /** True while marks from before a stop have not yet been met again: no new one may be made. */
  get isReplaying(): boolean {
    return this.#replay.length > 0;
  }

  /** What judges now; a new epoch brings another one. */
  get engine(): Engine {
    return this.#engine;
  }

  /** Inputs without a record that hold up the others. */
  get missing(): readonly InputQueue[] {
    return this.#merge.missing;
  }

  /** Events held that come in several records and are not whole yet. */
  get fragments(): number {
    return this.inputs.reduce((sum, queue) => sum + queue.fragments, 0);
  }

  /** Judges up to so many records, as far as their order is known. */
  step(recordsMax: number): Step {
    const tally = new StepTally();
    let events: TelemetryEvent[] = [];
    const flush = (): void => {
      if (events.length > 0) this.#engine.observe(events, tally.emit);
      events = [];
    };
    while (tally.records < recordsMax) {
      if (this.#isMarkDue()) {
        flush();
        this.#meetMark(tally);
        continue;
      }
      const decoded = this.#merge.take();
      if (decoded === undefined) break;
      tally.add(decoded);
      for (const event of decoded.events) events.push(event);
    }
    flush();
    return this.#whole(tally);
  }

  /** The mark with its number and place, to be stored before it takes effect. */
  place(mark: Mark): PlacedMark {
    return { sequence: this.#marks + 1, at: this.#places(), mark };
  }

  /** Lets a stored mark take effect. */
  take({ sequence, mark }: PlacedMark): Step {
    assert(!this.isReplaying, 'a new mark comes after those of before');
    assert(sequence === this.#marks + 1, 'marks take effect in their order');
    const tally = new StepTally();
    this.#apply(sequence, mark, tally);
    return this.#whole(tally);
  }

  /** Every input has ended for good: what still waits has its turn, and open windows see the end. */
  finish(): Step {
    const tally = new StepTally();
    for (const queue of this.inputs) this.#observe(queue.takeFragments(), tally);
    this.#engine.advance(Number.POSITIVE_INFINITY, tally.emit);
    return this.#whole(tally);
  }

  checkpoint(): Checkpoint {
    return {
      epoch: this.#epoch,
      tasks: this.#tasks,
      inputs: this.inputs.map(({ state }) => state),
      marks: this.#marks,
      engine: this.#engine.snapshot(),
      fragments: this.inputs.flatMap(({ fragmentState }) => fragmentState ?? []),
    };
  }

  #isMarkDue(): boolean {
    const mark = this.#replay[0];
    if (mark === undefined) return false;
    return mark.at.every((place) => {
      const queue = this.#merge.find(place);
      return queue === undefined || queue.next >= place.next;
    });
  }

  #meetMark(tally: StepTally): void {
    const placed = this.#replay.shift();
    assert(placed !== undefined, 'a mark that is due is there');
    this.#apply(placed.sequence, placed.mark, tally);
  }

  #apply(sequence: number, mark: Mark, tally: StepTally): void {
    this.#marks = sequence;
    if (mark.kind === 'elapse') {
      for (const queue of this.inputs) this.#observe(queue.elapse(mark.silentMs), tally);
      this.#engine.elapse(mark.silentMs, tally.emit);
      return;
    }
    if (mark.kind === 'epoch') {
      this.#whole(tally);
      this.#turnOver(mark.epoch);
      return;
    }
    const queue = this.#merge.find(mark.input);
    if (queue === undefined) return;
    if (mark.kind === 'release') {
      queue.releasedThrough = mark.through;
      return;
    }
    queue.isIdle = mark.kind === 'idle';
    // The others go on without it, and would leave behind what it holds.
    if (queue.isIdle) this.#observe(queue.takeFragments(), tally);
  }

  #observe(events: readonly TelemetryEvent[], tally: StepTally): void {
    if (events.length === 0) return;
    tally.addEvents(events);
    this.#engine.observe(events, tally.emit);
  }

  // The state goes over to the new rules as it would in a restart: those whose meaning changed begin
  // empty. Marks of an epoch that is in force already, or whose rules are gone, change nothing.
  #turnOver(epoch: string): void {
    if (epoch === this.#epoch) return;
    const next = this.#engineOf(epoch);
    if (next === undefined) return;
    next.restore(this.#engine.snapshot());
    this.#engine = next;
    this.#epoch = epoch;
  }

  #whole(tally: StepTally): Step {
    for (const message of this.#engine.takeOutgoing()) tally.outgoing.push(message);
    return tally;
  }

  #places(): readonly Place[] {
    return this.inputs.map(({ name, next }) => ({ ...name, next }));
  }
}

class StepTally implements Step {
  records = 0;
  events = 0;
  tombstones = 0;
  readonly refused: Refused[] = [];
  readonly detections: Detection[] = [];
  readonly outgoing: Outgoing[] = [];
  newest: EventTime | undefined;
  readonly emit = (detection: Detection): void => {
    this.detections.push(detection);
  };

  add(decoded: Decoded): void {
    if (decoded.isRest !== true) this.records += 1;
    this.addEvents(decoded.events);
    const refusal = refusalOf(decoded);
    if (refusal !== undefined) this.refused.push(refusal);
    else if (decoded.record.payload === null) this.tombstones += 1;
  }

  addEvents(events: readonly TelemetryEvent[]): void {
    this.events += events.length;
    for (const { time } of events) {
      if (this.newest === undefined || time > this.newest) this.newest = time;
    }
  }
}
