import { LinkProblems } from './link-problems.ts';
import { fieldsOf } from './walk.ts';
import type { RuleProblem } from './problem.ts';
import { quote } from './reporter.ts';
import type { Rule } from './tree.ts';

/** Every field that a rule reads from events, those that name its groups and suppression too. */
export function fieldsOfRule(rule: Rule): ReadonlySet<string> {
  const fields = new Set<string>();
  if (rule.kind === 'correlation') {
    const { groupBy, aliases, condition } = rule.correlation;
    const read = condition.kind === 'threshold' ? condition.fields : [];
    for (const field of [...groupBy, ...read]) if (!aliases.has(field)) fields.add(field);
    for (const byRule of aliases.values()) for (const field of byRule.values()) fields.add(field);
  } else {
    for (const expression of rule.selections.values()) {
      for (const field of fieldsOf(expression)) fields.add(field);
    }
  }
  if (rule.kind !== 'filter') for (const field of rule.suppress?.by ?? []) fields.add(field);
  return fields;
}

/**
 * Strict mode: a warning for each field of a rule that nothing provides, so that a rule that can never match
 * is seen before it is needed.
 */
export function reportUnknownFields(
  rules: readonly Rule[],
  isKnown: (field: string, rule: Rule) => boolean,
): readonly RuleProblem[] {
  const problems = new LinkProblems();
  for (const rule of rules) {
    for (const field of fieldsOfRule(rule)) {
      if (isKnown(field, rule)) continue;
      const message = `no sensor or enrichment provides the field ${quote(field)}`;
      problems.addAtField('unknown-field', rule, field, message);
    }
  }
  return problems.all;
}
