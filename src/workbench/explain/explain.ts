import { fillPlaceholders } from '../../engine/matching/placeholders.ts';
import type { Subject } from '../../engine/matching/reference.ts';
import { createEnrichments } from '../../enrichment/index.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { fitsLogsource } from '../../event/logsource.ts';
import type { LinkedDetection, RuleSet } from '../../language/ruleset.ts';
import type { Policy } from '../../policy/policy.ts';
import { EventView } from '../subject-of.ts';
import { explainExpression, type Explained } from './expression.ts';
import { WindowTrace, type WindowMoment } from './windows.ts';

/** What one rule says of one event. */
export interface RuleOnEvent {
  readonly rule: LinkedDetection;
  /** False where the event is of another log source: nothing else is asked then. */
  readonly fits: boolean;
  readonly matched: boolean;
  /** Filters included. */
  readonly conditions: readonly { readonly text: string; readonly held: boolean }[];
  readonly selections: readonly { readonly name: string; readonly explained: Explained }[];
}

/** What a rule, and those that it counts, say of one event. */
export interface EventExplained {
  readonly event: TelemetryEvent;
  readonly rules: readonly RuleOnEvent[];
  readonly windows: readonly WindowMoment[];
}

/**
 * Explains events one after the other: trackers learn from each, windows remember, as in a run. Events are
 * given in order of time.
 */
export class Explainer {
  readonly #ruleSet: RuleSet;
  readonly #policy: Policy;
  readonly #view: EventView;
  readonly #trace: WindowTrace;

  constructor(ruleSet: RuleSet, policy: Policy) {
    this.#ruleSet = ruleSet;
    this.#policy = policy;
    this.#view = new EventView(createEnrichments(policy), policy);
    this.#trace = new WindowTrace(ruleSet);
  }

  explain(event: TelemetryEvent): EventExplained {
    const subject = this.#view.next(event);
    const rules = this.#ruleSet.detections.map((linked) => this.#judge(linked, event, subject));
    const matched = rules.filter((rule) => rule.matched).map(({ rule }) => rule.rule.id);
    const windows = this.#trace.observe(event, matched, (field) => subject.get(field));
    return { event, rules, windows };
  }

  #judge(linked: LinkedDetection, event: TelemetryEvent, subject: Subject): RuleOnEvent {
    const { rule, expressions } = linked;
    if (!fitsLogsource(rule.logsource, event.logsource)) {
      return { rule: linked, fits: false, matched: false, conditions: [], selections: [] };
    }
    const filled = (expression: LinkedDetection['expressions'][number]): Explained =>
      explainExpression(fillPlaceholders(expression, this.#policy), subject);
    const conditions = expressions.map((expression, index) => ({
      text: rule.conditions[index]?.text ?? '',
      held: filled(expression).held,
    }));
    const selections = [...rule.selections].map(([name, expression]) => ({
      name,
      explained: filled(expression),
    }));
    const matched = conditions.some(({ held }) => held);
    return { rule: linked, fits: true, matched, conditions, selections };
  }
}

/** How near a rule came to matching: the share of its selections that say what the match needs. */
export function nearness({ matched, selections, fits }: RuleOnEvent): number {
  if (matched) return 2;
  if (!fits || selections.length === 0) return 0;
  return selections.filter(({ explained }) => explained.held).length / selections.length;
}
