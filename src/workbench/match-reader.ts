import { createMatcher, type Matcher } from '../engine/matcher.ts';
import type { Subject } from '../engine/matching/reference.ts';
import { createEnrichments } from '../enrichment/index.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { LinkedDetection, RuleSet } from '../language/ruleset.ts';
import type { Policy } from '../policy/policy.ts';
import { EventView } from './subject-of.ts';

/** An event as rules see it, and the rules that it matches. */
export interface MatchedEvent {
  readonly subject: Subject;
  readonly rules: readonly LinkedDetection[];
}

/** Holds events against rules one by one, in order of time, without windows: trackers learn from each. */
export class MatchReader {
  readonly #matcher: Matcher;
  readonly #view: EventView;

  constructor(ruleSet: RuleSet, policy: Policy) {
    const enrichments = createEnrichments(policy);
    this.#matcher = createMatcher({ ruleSet, policy, enrichments });
    this.#view = new EventView(enrichments, policy);
  }

  read(event: TelemetryEvent): MatchedEvent {
    const subject = this.#view.next(event);
    const rules = new Set<LinkedDetection>();
    const hit = (detection: LinkedDetection): void => void rules.add(detection);
    this.#matcher.match(event, 'arrival', hit);
    if (this.#matcher.waits(event.logsource)) this.#matcher.match(event, 'ordered', hit);
    return { subject, rules: [...rules] };
  }
}
