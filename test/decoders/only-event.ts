import { createAutoDecoder } from '../../src/decoders/index.ts';
import type { TelemetryEvent } from '../../src/event/event.ts';
import { recordOf } from './fixtures.ts';

/** The one event that this record becomes. */
export function onlyEvent(record: object): TelemetryEvent {
  const events: TelemetryEvent[] = [];
  const line = JSON.stringify(record);
  createAutoDecoder().decode(recordOf(line, 1), (event) => events.push(event));
  const [event] = events;
  if (event === undefined || events.length !== 1) throw new Error(`not one event: ${line}`);
  return event;
}
