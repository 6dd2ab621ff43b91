import type { TelemetryEvent } from '../event/event.ts';
import type { DecodeProblem } from '../event/problem.ts';
import type { RawRecord } from '../event/record.ts';
import type { PartTaker } from './assembly.ts';
import type { Sensor } from './senses.ts';

/** Turns one telemetry format's records into events. Never throws on input. */
export interface Decoder {
  readonly name: string;
  /** One line for `--help` and the README. */
  readonly description: string;
  /** Whose events these are, and what they can see. */
  readonly sensors: readonly Sensor[];
  /**
   * Emits the record's events in order; a problem means that the record (or a part of it) was refused. Records
   * that are parts of an event are given to `parts`, and what is whole by then is emitted. Without it, each part
   * is an event of its own.
   */
  decode(
    record: RawRecord,
    emit: (event: TelemetryEvent) => void,
    parts?: PartTaker,
  ): DecodeProblem | undefined;
}
