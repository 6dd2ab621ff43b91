import type { Tracker } from '../enrichment/enrichment.ts';
import type { TelemetryEvent } from '../event/event.ts';
import type { LinkedDetection } from '../language/ruleset.ts';
import type { Matcher } from './matcher.ts';
import type { StreamPlan } from './plan.ts';

/** Why an event waits for its turn. */
export interface Candidate {
  /** Rules that matched when it arrived and whose hits something with memory takes. */
  readonly hits: readonly LinkedDetection[];
  /** False if no rule over what trackers know can match it. */
  readonly mayMatch: boolean;
  /** Trackers that learn from it. */
  readonly feeds: readonly Tracker[];
}

/** Tells the events that must wait from those that nobody will ask for again. */
export class CandidateFinder {
  readonly #plan: StreamPlan;
  readonly #matcher: Matcher;
  readonly #trackers: readonly Tracker[];

  constructor(plan: StreamPlan, matcher: Matcher, trackers: readonly Tracker[]) {
    this.#plan = plan;
    this.#matcher = matcher;
    this.#trackers = trackers;
  }

  /**
   * What an event is to those with memory that matched these rules on its own; undefined if
   * nothing.
   */
  find(event: TelemetryEvent, matched: readonly LinkedDetection[]): Candidate | undefined {
    const hits = matched.length === 0 ? noHits : this.#routed(matched);
    const feeds = this.#fed(event);
    // What waits anyway is judged when its turn comes, by then mostly with a look at the trackers.
    const mayMatch =
      feeds.length > 0 ? this.#matcher.waits(event.logsource) : this.#matcher.mayMatch(event);
    return hits.length > 0 || mayMatch || feeds.length > 0 ? { hits, mayMatch, feeds } : undefined;
  }

  #routed(matched: readonly LinkedDetection[]): readonly LinkedDetection[] {
    return matched.filter(({ rule }) => this.#plan.routes.has(rule.id));
  }

  #fed(event: TelemetryEvent): readonly Tracker[] {
    let feeds: Tracker[] | undefined;
    for (const tracker of this.#trackers) {
      if (tracker.feeds(event)) (feeds ??= []).push(tracker);
    }
    return feeds ?? noTrackers;
  }
}

const noHits: readonly LinkedDetection[] = Object.freeze([]);
const noTrackers: readonly Tracker[] = Object.freeze([]);
