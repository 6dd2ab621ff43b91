import type { EngineLimits } from './engine.ts';
import type { StreamState } from './snapshot.ts';

/**
 * Notes the largest part of a limit over all hosts that was ever in use; see `EngineStatistics`. It is a part of
 * the engine's state, like all that it counts.
 */
export function noteFullest(state: StreamState, limits: EngineLimits): void {
  const { tally, lanes, redelivery, correlator, trackers } = state;
  tally.fullest = Math.max(
    tally.fullest,
    lanes.waitingPeak / limits.waitingMax,
    lanes.size / limits.hostsMax,
    redelivery.fullest,
    correlator.fullest,
    ...trackers.map((tracker) => tracker.statistics().fullest),
  );
}
