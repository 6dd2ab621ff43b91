import type { RuleProblem } from './problem.ts';
import type { CorrelationRule, DetectionRule, Expression, Match } from './tree.ts';

/** Rules after linking: references resolved, filters applied, identities checked. What the engine compiles. */
export interface RuleSet {
  readonly detections: readonly LinkedDetection[];
  /** In dependency order: a correlation stands after the rules that it refers to. */
  readonly correlations: readonly LinkedCorrelation[];
  readonly problems: readonly RuleProblem[];
}

export interface LinkedDetection {
  readonly rule: DetectionRule;
  /** One per condition, selections inlined and filters conjoined. */
  readonly expressions: readonly Expression[];
  /** False when only correlations consume it (referenced, and `generate` is not set). */
  readonly alerts: boolean;
  /** Hex digest of the canonical form of log source, detection and filters (decisions §7). */
  readonly meaning: string;
  /** Of a rule from a pack: what can be known of it before it is read. */
  readonly outline?: RuleOutline;
}

/**
 * The part of a detection that is asked of every rule at start-up. `rule` and `expressions` of a pack are
 * read when they are first asked for, so start-up looks here first: `linked.outline ?? linked.rule`.
 */
export interface RuleOutline extends Pick<DetectionRule, 'id' | 'name' | 'logsource' | 'suppress'> {
  /** Every field of its conditions and selections. */
  readonly readFields: readonly string[];
  /** The placeholders of its conditions. All other comparisons were compiled when the pack was made. */
  readonly placeholders: readonly Extract<Match, { kind: 'placeholder' }>[];
  /**
   * Tests of which at least one holds whenever the rule does, so that a matcher need not read the rule to
   * know which events can match it. Undefined where the pack has none.
   */
  readonly witness: readonly Expression[] | undefined;
}

export interface LinkedCorrelation {
  readonly rule: CorrelationRule;
  /** Ids of the rules it refers to, in the order written; each is in this set. */
  readonly sources: readonly string[];
  readonly alerts: boolean;
  readonly meaning: string;
}
