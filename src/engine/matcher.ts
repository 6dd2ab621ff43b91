import type { TelemetryEvent } from '../event/event.ts';
import type { Logsource } from '../event/logsource.ts';
import type { Enrichments } from '../enrichment/enrichment.ts';
import type { RuleProblem } from '../language/problem.ts';
import type { LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { Policy } from '../policy/policy.ts';
import { assert } from '../base/assert.ts';

/** When a rule can be judged: as its event arrives, or once trackers have seen everything before it. */
export type Stage = 'arrival' | 'ordered';

/** Says which rules an event matches. */
export interface Matcher {
  /** Evaluates the rules of this stage on the event and calls back once per rule that matched. */
  match(event: TelemetryEvent, stage: Stage, hit: (detection: LinkedDetection) => void): void;
  /** True if some rule for this log source reads a tracker's field, so the event must wait for its turn. */
  waits(logsource: Logsource): boolean;
  /** Names of the selections of this rule that hold for the event; only called for alerts. */
  matchedSelections(detection: LinkedDetection, event: TelemetryEvent): readonly string[];
  /** Rules that were disabled, with the reason (undefined placeholder, ...). */
  readonly problems: readonly RuleProblem[];
}

/** What a matcher is made from. */
export interface MatcherOptions {
  readonly ruleSet: RuleSet;
  readonly policy: Policy;
  readonly enrichments: Enrichments;
}

/** Compiles a linked rule set. */
export function createMatcher(options: MatcherOptions): Matcher {
  assert(options.ruleSet.detections.length === 0, 'not yet written');
  return {
    match: () => undefined,
    waits: () => false,
    matchedSelections: () => [],
    problems: [],
  };
}
