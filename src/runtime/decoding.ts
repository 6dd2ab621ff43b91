import type { Assembly } from '../decoders/assembly.ts';
import type { Decoder } from '../decoders/decoder.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { DecodeProblem, DecodeReason } from '../event/problem.ts';
import type { RawRecord } from '../event/record.ts';

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
  /** At the end of the log: put together from records that were counted before. */
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
export function decodeRecord(decoder: Decoder, record: RawRecord, assembly?: Assembly): Decoded {
  const events: TelemetryEvent[] = [];
  const problem = decoder.decode(record, (event) => events.push(event), assembly);
  return { record, events, problem };
}
