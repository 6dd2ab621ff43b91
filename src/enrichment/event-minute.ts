import type { TelemetryEvent } from '../event/event.ts';
import type { Derivation } from './enrichment.ts';

const MINUTE_MS = 60_000;

/**
 * The minute of the event, counted from 1970. Counting different minutes tells what goes on low and slow from what
 * happens in one burst, however much of it there is.
 */
export const eventMinute: Derivation = {
  fields: ['tidegate.event.minute'],
  needs: [],
  derive(event: TelemetryEvent): void {
    event.derived.set('tidegate.event.minute', Math.floor(event.time / MINUTE_MS));
  },
};
