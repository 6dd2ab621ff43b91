import { assert } from '../base/assert.ts';
import { CrossEngine } from './cross-engine.ts';
import type { Enrichments } from '../enrichment/enrichment.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { Engine, EngineLimits } from './engine.ts';
import type { Revive } from './kept.ts';
import { assertLimits } from './limits.ts';
import type { Matcher } from './matcher.ts';
import { StreamEngine } from './stream.ts';

export { defaultLimits } from './limits.ts';

/** What an engine is made from. */
export interface EngineOptions {
  readonly ruleSet: RuleSet;
  readonly matcher: Matcher;
  readonly enrichments: Enrichments;
  readonly limits: EngineLimits;
  /** Decodes one event of a record again: waiting events and evidence are kept as their bytes. */
  readonly revive: Revive;
  /** True: hits of correlations across hosts are given away, for one task to see those of all hosts. */
  readonly handsOver?: boolean;
}

/** Makes the engine of one task. */
export function createEngine(options: EngineOptions): Engine {
  assertLimits(options.limits);
  const names = options.enrichments.trackers.map((tracker) => tracker.name);
  assert(new Set(names).size === names.length, 'two trackers have the same name');
  return new StreamEngine({ ...options, ruleSet: enabledRules(options) });
}

/** Makes the engine of a task that judges correlations across hosts by the hits of other tasks. */
export function createCrossEngine(
  options: Pick<EngineOptions, 'ruleSet' | 'limits' | 'revive'> & WithProblems,
): Engine {
  assertLimits(options.limits);
  return new CrossEngine({ ...options, ruleSet: enabledRules(options) });
}

interface WithProblems {
  readonly ruleSet: RuleSet;
  readonly matcher: Pick<Matcher, 'problems'>;
}

// The matcher names the correlations over rules that it can not judge.
function enabledRules({ ruleSet, matcher }: WithProblems): RuleSet {
  const disabled = new Set(matcher.problems.map(({ ruleId }) => ruleId));
  const correlations = ruleSet.correlations.filter(({ rule }) => !disabled.has(rule.id));
  return { ...ruleSet, correlations };
}
