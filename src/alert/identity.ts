import { assert } from '../base/assert.ts';
import { digestParts } from '../base/sha256.ts';
import type { Detection } from '../engine/engine.ts';

const ID_HEX_LENGTH = 40;

/**
 * The alert's name: 160 bits of a digest over what makes it this alert and nothing else, so that
 * evidence, arrival, offsets and clocks cannot change it, and writing it twice is writing it once.
 */
export function alertId(detection: Detection): string {
  const { rule, meaning, eventId, episodeStart } = detection;
  if (eventId !== undefined) {
    // Event ids are unique per host only.
    return cut(['event', rule.id, meaning, detection.host, eventId]);
  }
  assert(episodeStart !== undefined, `detection of ${rule.id} has neither an event nor an episode`);
  const key = detection.key.map(({ value }) => (value === null ? '' : `=${value}`));
  return cut(['episode', rule.id, meaning, ...key, String(episodeStart)]);
}

function cut(parts: readonly string[]): string {
  return digestParts(parts).slice(0, ID_HEX_LENGTH);
}
