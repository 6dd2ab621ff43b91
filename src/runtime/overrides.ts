import { readRules } from '../language/read.ts';
import type { RuleProblem } from '../language/problem.ts';
import type { RuleSet } from '../language/ruleset.ts';
import type { CorrelationRule, Rule } from '../language/tree.ts';
import { isInForce, type RuleException, type RuleOverride } from '../policy/overrides.ts';
import type { PolicyProblemCode } from '../policy/problem.ts';

/** Today, UTC, as overrides write days. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Rules as an organisation runs them. */
export interface OverriddenRules {
  /** With the filters of exceptions among them. */
  readonly rules: readonly Rule[];
  /** Ids of rules that are switched off. They are linked like the others, so that what they count stays silent. */
  readonly off: ReadonlySet<string>;
  /** Overrides in force by the id of their rule, in the order of the files. */
  readonly inForce: ReadonlyMap<string, readonly RuleOverride[]>;
  readonly problems: readonly RuleProblem[];
}

/** Puts overrides into force that have not expired on this day. */
export function applyOverrides(
  rules: readonly Rule[],
  overrides: readonly RuleOverride[],
  day: string,
): OverriddenRules {
  const problems: RuleProblem[] = [];
  const changed = new Map(rules.map((rule) => [rule.id, rule]));
  const byName = new Map(rules.flatMap(({ id, name }) => (name === undefined ? [] : [[name, id]])));
  const off = new Set<string>();
  const inForce = new Map<string, RuleOverride[]>();
  const filters: Rule[] = [];
  for (const override of overrides) {
    const id = byName.get(override.rule) ?? override.rule.toLowerCase();
    const rule = changed.get(id);
    if (rule === undefined || rule.kind === 'filter') {
      const message = `no rule that is loaded is called "${override.rule}"`;
      problems.push(warning('policy-unknown-rule', override, message));
      continue;
    }
    if (!isInForce(override, day)) {
      const message = `the override of "${override.rule}" expired on ${override.expires ?? ''}`;
      problems.push(warning('policy-expired', override, message));
      continue;
    }
    inForce.set(id, [...(inForce.get(id) ?? []), override]);
    if (override.enabled === false) off.add(id);
    if (override.enabled === true) off.delete(id);
    changed.set(id, withSettings(rule, override, problems));
    for (const exception of override.exceptions) {
      const read = filtersOf(exception, rule, { byName, rules: changed, day });
      filters.push(...read.filters);
      problems.push(...read.problems);
    }
  }
  return { rules: [...changed.values(), ...filters], off, inForce, problems };
}

function warning(
  code: PolicyProblemCode,
  { place }: Pick<RuleOverride, 'place'>,
  message: string,
): RuleProblem {
  return { severity: 'warning', code, message, hint: 'Mend the override, or remove it.', ...place };
}

function withSettings(
  rule: Exclude<Rule, { readonly kind: 'filter' }>,
  override: RuleOverride,
  problems: RuleProblem[],
): Rule {
  const { level, threshold, timespanMs } = override;
  const levelled = level === undefined ? rule : { ...rule, level };
  if (threshold === undefined && timespanMs === undefined) return levelled;
  if (levelled.kind === 'detection') {
    const message = `"${override.rule}" counts nothing, so it has no threshold and no timespan`;
    problems.push(warning('policy-not-applicable', override, message));
    return levelled;
  }
  const spanned =
    timespanMs === undefined
      ? levelled
      : { ...levelled, correlation: { ...levelled.correlation, timespanMs } };
  return threshold === undefined ? spanned : withThreshold(spanned, threshold, override, problems);
}

function withThreshold(
  rule: CorrelationRule,
  value: number,
  override: RuleOverride,
  problems: RuleProblem[],
): CorrelationRule {
  const { condition } = rule.correlation;
  const [bound, ...more] = condition.kind === 'threshold' ? condition.bounds : [];
  if (condition.kind !== 'threshold' || bound === undefined || more.length > 0) {
    const message = `the condition of "${override.rule}" has no single threshold`;
    problems.push(warning('policy-not-applicable', override, message));
    return rule;
  }
  const bounds = [{ ...bound, value }];
  return { ...rule, correlation: { ...rule.correlation, condition: { ...condition, bounds } } };
}

interface ExceptionContext {
  readonly byName: ReadonlyMap<string, string>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly day: string;
}

// An exception is a filter on the rule, or on all that it counts: one for each log source.
function filtersOf(
  exception: RuleException,
  rule: Rule,
  context: ExceptionContext,
): { readonly filters: readonly Rule[]; readonly problems: readonly RuleProblem[] } {
  const { of, expires, reason, place, events } = exception;
  if (!isInForce(exception, context.day)) {
    const message = `an exception expired on ${expires}: ${reason}`;
    return { filters: [], problems: [warning('policy-expired', exception, message)] };
  }
  const wanted = detectionsOf(rule, context).filter(
    (target) => of === undefined || target.id === of || target.name === of,
  );
  if (wanted.length === 0) {
    const message = `"${of ?? ''}" is not counted by "${rule.name ?? rule.id}"`;
    return { filters: [], problems: [warning('policy-unknown-rule', exception, message)] };
  }
  const read = wanted.map((target, index) => {
    // JSON is YAML: the selection is read as one of a rule file.
    const text = JSON.stringify({
      title: `Exception: ${reason}`.slice(0, 250),
      name: `exception/${place.file}:${String(place.line)}/${String(index)}`.slice(-250),
      logsource: target.logsource,
      filter: { rules: [target.id], events, condition: 'not events' },
    });
    return readRules(text, place.file);
  });
  return {
    filters: read.flatMap(({ rules }) => rules),
    problems: read
      .flatMap(({ problems }) => problems)
      .filter(({ severity }) => severity === 'error')
      .map((problem) => ({ ...problem, ...place })),
  };
}

function detectionsOf(
  rule: Rule,
  { byName, rules }: ExceptionContext,
): readonly Extract<Rule, { readonly kind: 'detection' }>[] {
  if (rule.kind === 'detection') return [rule];
  if (rule.kind === 'filter') return [];
  return rule.correlation.rules.flatMap((reference) => {
    const counted = rules.get(byName.get(reference) ?? reference);
    return counted === undefined ? [] : detectionsOf(counted, { byName, rules, day: '' });
  });
}

/** The rule set without rules that are off, and without correlations that count one of them. */
export function withoutOff(ruleSet: RuleSet, off: ReadonlySet<string>): RuleSet {
  if (off.size === 0) return ruleSet;
  const gone = new Set(off);
  // They come in the order of what they build on.
  const correlations = ruleSet.correlations.filter(({ rule, sources }) => {
    if (!gone.has(rule.id) && !sources.some((id) => gone.has(id))) return true;
    gone.add(rule.id);
    return false;
  });
  return {
    ...ruleSet,
    detections: ruleSet.detections.filter(({ rule }) => !gone.has(rule.id)),
    correlations,
  };
}
