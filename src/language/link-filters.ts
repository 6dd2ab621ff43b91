import type { LogsourcePattern } from '../event/logsource.ts';
import { buildExpression } from './expression.ts';
import type { LinkProblems } from './link-problems.ts';
import { quote } from './reporter.ts';
import type { DetectionRule, Expression, FilterRule, Rule } from './tree.ts';

/** A filter with its own selections put in, and the rules that it narrowed so far. */
export interface UsableFilter {
  readonly filter: FilterRule;
  readonly expression: Expression;
  readonly targets: ReadonlySet<string> | 'any';
  readonly narrowed: Set<string>;
}

/** The filters that may apply; those that cannot are reported. */
export function usableFilters(
  rules: readonly Rule[],
  today: string | undefined,
  problems: LinkProblems,
): readonly UsableFilter[] {
  const usable: UsableFilter[] = [];
  const references = new Map<string, Rule>();
  for (const rule of rules) {
    references.set(rule.id, rule);
    if (rule.name !== undefined) references.set(rule.name, rule);
  }
  for (const filter of rules) {
    if (filter.kind !== 'filter') continue;
    const expires = filter.custom.get('expires');
    if (today !== undefined && typeof expires === 'string' && expires < today) {
      const message = `the filter expired on ${quote(expires)} and is not applied`;
      problems.add('filter-expired', filter, ['expires'], message);
      continue;
    }
    reportTargets(filter, references, problems);
    const built = buildExpression(filter.condition.tree, filter.selections);
    if ('reason' in built) {
      problems.add('condition-too-large', filter, ['filter', 'condition'], built.reason);
    } else {
      const targets = filter.rules === 'any' ? 'any' : new Set(filter.rules);
      usable.push({ filter, expression: built.expression, targets, narrowed: new Set() });
    }
  }
  return usable;
}

function reportTargets(
  filter: FilterRule,
  references: ReadonlyMap<string, Rule>,
  problems: LinkProblems,
): void {
  if (filter.rules === 'any') return;
  for (const [index, target] of filter.rules.entries()) {
    const rule = references.get(target);
    if (rule?.kind === 'detection') continue;
    const message =
      rule === undefined
        ? `the filter names the rule ${quote(target)}, which is not loaded`
        : `the filter names ${quote(target)}, which is a ${rule.kind}; name its base rules`;
    problems.add('filter-unused', filter, ['filter', 'rules', String(index)], message);
  }
}

/** What filters demand of a rule's events, in the order of the filters. */
export function filtersFor(
  rule: DetectionRule,
  filters: readonly UsableFilter[],
): readonly Expression[] {
  const expressions: Expression[] = [];
  for (const { filter, expression, targets, narrowed } of filters) {
    const isNamed =
      targets === 'any' ||
      targets.has(rule.id) ||
      (rule.name !== undefined && targets.has(rule.name));
    if (!isNamed || !covers(filter.logsource, rule.logsource)) continue;
    narrowed.add(rule.id);
    expressions.push(expression);
  }
  return expressions;
}

/** True if every attribute that the wide pattern sets is the same in the narrow one (pySigma's containment). */
export function covers(wide: LogsourcePattern, narrow: LogsourcePattern): boolean {
  return (['product', 'category', 'service'] as const).every(
    (key) => wide[key] === undefined || wide[key] === narrow[key],
  );
}
