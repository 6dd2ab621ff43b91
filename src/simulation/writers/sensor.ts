import type { EventTime } from '../../event/record.ts';
import type { Action, Host } from '../action.ts';
import type { ProcessTable } from '../host.ts';

/** What a sensor wrote down about one action. */
export interface Observation {
  /** When it was written down, which is what record numbers follow; at or after the time it carries. */
  readonly logged: EventTime;
  /** The record as it travels: one line of JSON. */
  record(number: number, arrival: EventTime): string;
}

/** A kind of telemetry: what it sees of a story and in which words. One file per sensor and forwarder. */
export interface Sensor {
  readonly name: string;
  readonly description: string;
  readonly system: Host['system'];
  /** Number of the first record; real logs did not begin today. */
  readonly firstNumber: number;
  readonly shipping: Shipping;
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
