import type { EventTime } from '../event/record.ts';

/**
 * The time of an event whose record does not say when it happened: before every other, so rules of single
 * events see it and no window that is open does. Documents of such events carry a tag.
 */
export const NO_TIME: EventTime = 0;
