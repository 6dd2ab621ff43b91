import type { LinkedDetection } from '../language/ruleset.ts';
import type { Detection } from './engine.ts';
import { evidenceOfEvent } from './kept.ts';
import type { Judged } from './kept.ts';

/** An event that a rule has matched, and how. */
export interface MatchedEvent extends Omit<Judged, 'ruleId'> {
  readonly matched: readonly string[];
  readonly evidenceMax: number;
}

/** What a rule without window says of a single event. */
export function detectionOfEvent(
  { rule, meaning }: LinkedDetection,
  { event, time, computed, matched, evidenceMax }: MatchedEvent,
): Detection {
  return {
    rule,
    phase: 'opened',
    meaning,
    host: event.host,
    key: [],
    episodeStart: undefined,
    eventId: event.id,
    firstTime: time,
    lastTime: time,
    count: 1,
    value: undefined,
    window: undefined,
    evidence: evidenceMax > 0 ? [evidenceOfEvent({ event, time, computed, ruleId: rule.id })] : [],
    matched,
  };
}
