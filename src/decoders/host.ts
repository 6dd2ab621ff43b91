import type { RawRecord } from '../event/record.ts';

/** The host of an event whose record does not say where it happened. */
export const UNKNOWN_HOST = 'unknown';

const KEY_BYTES_MAX = 255;
const utf8 = new TextDecoder();

/**
 * The host by what a record's producer keyed it with, for formats whose records do not name their machine: an
 * event without any is kept under one name, so that it is seen by rules of single events and not lost.
 */
export function hostOfRecord(record: RawRecord): string {
  const { key } = record;
  if (key === undefined || key.length === 0 || key.length > KEY_BYTES_MAX) return UNKNOWN_HOST;
  return utf8.decode(key);
}
