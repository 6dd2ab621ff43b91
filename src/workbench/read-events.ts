import type { Decoder } from '../decoders/decoder.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { EventTime } from '../event/record.ts';
import { DecodeCounts } from '../runtime/decoding.ts';
import { mergeFiles } from '../runtime/merge.ts';

export interface ReadEventsOptions {
  readonly paths: readonly string[];
  readonly decoder: Decoder;
  /** Events before are left out, those at it are not. */
  readonly from?: EventTime | undefined;
  /** Events at or after it are left out. */
  readonly to?: EventTime | undefined;
  readonly eventsMax: number;
  readonly onBytes?: (bytes: number) => void;
}

/** Events of files in memory, in order of time. */
export interface ReadEvents {
  readonly events: readonly TelemetryEvent[];
  readonly counts: DecodeCounts;
  /** There were more than `eventsMax`; those after are not in it. */
  readonly isCut: boolean;
}

/** Reads the events of files, for work that goes over them more than once. */
export async function readEvents(options: ReadEventsOptions): Promise<ReadEvents> {
  const { from = -Infinity, to = Infinity, eventsMax } = options;
  const counts = new DecodeCounts();
  const events: TelemetryEvent[] = [];
  for await (const batch of mergeFiles(options)) {
    for (const decoded of batch) {
      counts.add(decoded);
      for (const event of decoded.events) {
        if (event.time < from || event.time >= to) continue;
        if (events.length === eventsMax) return { events: sorted(events), counts, isCut: true };
        events.push(event);
      }
    }
  }
  return { events: sorted(events), counts, isCut: false };
}

// The sort is stable: events of one moment stay in the order of the log.
function sorted(events: TelemetryEvent[]): readonly TelemetryEvent[] {
  return events.sort((a, b) => a.time - b.time);
}
