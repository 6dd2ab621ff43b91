import type { Part, PartTaker } from '../decoders/assembly.ts';
import type { Decoder } from '../decoders/decoder.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { DecodeProblem, DecodeReason } from '../event/problem.ts';
import { namedHost } from '../event/named-host.ts';
import type { RawRecord } from '../event/record.ts';
import { NamedEvent } from './named-event.ts';

/** A record that no decoder understood, with the reason. */
export interface Refusal {
  readonly record: RawRecord;
  readonly problem: DecodeProblem;
}

/** What one record became. */
export interface Decoded {
  readonly record: RawRecord;
  readonly events: readonly TelemetryEvent[];
  readonly problem: DecodeProblem | undefined;
  /** Put together, when nothing more was waited for, from records that were counted before. */
  readonly isRest?: boolean;
}

/** Counts of a run, by what became of each record. */
export class DecodeCounts {
  records = 0;
  events = 0;
  readonly refused: Map<DecodeReason, number> = new Map();

  add(decoded: Decoded): void {
    if (decoded.isRest !== true) this.records += 1;
    this.events += decoded.events.length;
    const reason = decoded.problem?.reason;
    if (reason !== undefined) this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  get refusedTotal(): number {
    let total = 0;
    for (const count of this.refused.values()) total += count;
    return total;
  }
}

/** Decodes one record into its events, and those that it makes whole. */
export function decodeRecord(decoder: Decoder, record: RawRecord, parts?: PartTaker): Decoded {
  const events: TelemetryEvent[] = [];
  const host = namedHost(record);
  const emit = (event: TelemetryEvent): void => {
    events.push(host === undefined ? event : new NamedEvent(event, host));
  };
  const problem = decoder.decode(record, emit, parts);
  return { record, events, problem };
}

/** Decodes records that were put together from parts. */
export function decodeWhole(decoder: Decoder, records: readonly RawRecord[]): TelemetryEvent[] {
  const events: TelemetryEvent[] = [];
  for (const record of records) decoder.decode(record, (event) => events.push(event));
  return events;
}

/** What a record is as long as it waits for its turn: decoded, or a part that was not taken in yet. */
export interface Waiting extends Decoded {
  readonly part: Part | undefined;
}

/** Decodes records and takes no parts in. */
export class PartNote implements PartTaker {
  #part: Part | undefined;

  decode(decoder: Decoder, record: RawRecord): Waiting {
    this.#part = undefined;
    return { ...decodeRecord(decoder, record, this), part: this.#part };
  }

  add(_record: RawRecord, part: Part): readonly RawRecord[] {
    this.#part = part;
    return [];
  }
}
