import type { EventTime } from '../../event/record.ts';
import type { Action, Host, System } from '../action.ts';
import type { ProcessTable } from '../host.ts';

/** What a sensor wrote down about one action. */
export interface Observation {
  /** When it was written down, which is what record numbers follow; at or after the time it carries. */
  readonly logged: EventTime;
  /** The record as it travels: a line, or several where the sensor writes an event on several (auditd). */
  record(number: number, arrival: EventTime): string;
}

/**
 * Writes what a sensor sees of a story, in the sensor's own format. One file per sensor; what the sensor can not
 * see is not written, and a test holds each encoder against the senses that its decoder declares.
 */
export interface Encoder {
  readonly name: string;
  /** The sensor's name among the decoders, whose senses say what it can see. */
  readonly sensor: string;
  readonly description: string;
  readonly systems: readonly System[];
  /** Number of the first record; real logs did not begin today. */
  readonly firstNumber: number;
  readonly shipping: Shipping;
  /** What its records call the machine, where that is neither its name nor its address. */
  hostName?(host: Host): string;
  /** Lines that stand before the first record, such as names of columns or an inventory. */
  opening?(host: Host, time: EventTime): readonly string[];
  observe(action: Action, processes: ProcessTable): readonly Observation[];
}

/** How records reach the stream. */
export interface Shipping {
  /** Records are sent in batches, at multiples of this. */
  readonly everyMs: number;
  /** And then take up to so long. */
  readonly delayMsMax: number;
  /** Share of records that arrive twice, as they do after a connection is lost. */
  readonly redelivered: number;
}
