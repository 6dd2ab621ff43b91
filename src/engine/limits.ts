import { assert } from '../base/assert.ts';
import type { EngineLimits } from './engine.ts';

/** Limits for one task of some thousand hosts. */
export const defaultLimits: EngineLimits = {
  latenessMs: 5_000,
  waitingPerHostMax: 20_000,
  waitingMax: 200_000,
  keysPerHostMax: 10_000,
  keysMax: 100_000,
  entriesPerKeyMax: 100_000,
  evidenceMax: 12,
  redeliveryPerHostMax: 4_096,
  redeliveryMax: 1_000_000,
  hostsMax: 100_000,
};

/**
 * Refuses limits that the engine can not work with; configuration is checked before it gets here.
 */
export function assertLimits(limits: EngineLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    assert(Number.isSafeInteger(value) && value >= 0, `${name} must be a whole number`);
  }
  const { waitingPerHostMax, waitingMax, keysPerHostMax, keysMax, entriesPerKeyMax } = limits;
  for (const value of [waitingPerHostMax, waitingMax, keysPerHostMax, keysMax, entriesPerKeyMax]) {
    assert(value >= 1, 'the limits of buffers, keys and entries must be at least 1');
  }
  assert(limits.hostsMax >= 1, 'hostsMax must be at least 1');
}
