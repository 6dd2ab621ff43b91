import type { Condition, ConditionTree, Expression } from '../../language/tree.ts';
import type { DetectionRule, FilterRule } from '../../language/tree.ts';
import type { Findings } from './findings.ts';

// 2^10 assignments a condition: more selections than that are not looked at together.
const SELECTIONS_MAX = 10;

/**
 * Conditions by all that their selections can say: one that never holds or always does, and selections that
 * make no difference. `sel or not sel` and `a and (a or b)` are found so.
 */
export function checkConditions(rule: DetectionRule | FilterRule, findings: Findings): void {
  const part = rule.kind === 'detection' ? 'detection' : 'filter';
  const conditions: readonly Condition[] =
    rule.kind === 'detection' ? rule.conditions : [rule.condition];
  const impossible = new Set<string>();
  for (const [name, expression] of rule.selections) {
    if (name.startsWith('not')) {
      const message = `other Sigma tools read "${name}" as "not ${name.slice(3)}"`;
      findings.at('not-name', rule, [part, name], message);
    }
    const field = impossibleField(expression);
    if (field === undefined) continue;
    impossible.add(name);
    const message = `"${name}" asks for two values of ${field} at once, so it never holds`;
    findings.at('contradiction', rule, [part, name], message);
  }
  const used = new Map<string, boolean>();
  for (const { tree } of conditions) {
    const names = [...namesIn(tree)];
    if (names.length > SELECTIONS_MAX) return;
    const truth = truthTable(tree, names);
    if (!truth.includes(true)) {
      findings.at('contradiction', rule, [part, 'condition'], 'the condition never holds');
      return;
    }
    if (!truth.includes(false)) {
      findings.at('always-true', rule, [part, 'condition'], 'the condition holds for every event');
      return;
    }
    for (const [bit, name] of names.entries()) {
      used.set(name, used.get(name) === true || matters(truth, bit));
    }
  }
  for (const [name, isUsed] of used) {
    if (isUsed || impossible.has(name)) continue;
    const message = `whatever "${name}" says, the condition comes out the same`;
    findings.at('dead-selection', rule, [part, name], message);
  }
}

function namesIn(tree: ConditionTree, names: Set<string> = new Set()): Set<string> {
  switch (tree.kind) {
    case 'selection':
      return names.add(tree.name);
    case 'atLeast':
      for (const name of tree.names) names.add(name);
      return names;
    case 'not':
      return namesIn(tree.operand, names);
    case 'and':
    case 'or':
      for (const operand of tree.operands) namesIn(operand, names);
      return names;
  }
}

function truthTable(tree: ConditionTree, names: readonly string[]): readonly boolean[] {
  const bits = new Map(names.map((name, bit) => [name, bit]));
  return Array.from({ length: 2 ** names.length }, (_, assignment) =>
    isTrue(tree, (name) => ((assignment >> (bits.get(name) ?? 0)) & 1) === 1),
  );
}

function isTrue(tree: ConditionTree, holds: (name: string) => boolean): boolean {
  switch (tree.kind) {
    case 'selection':
      return holds(tree.name);
    case 'atLeast':
      return tree.names.filter(holds).length >= tree.count;
    case 'not':
      return !isTrue(tree.operand, holds);
    case 'and':
      return tree.operands.every((operand) => isTrue(operand, holds));
    case 'or':
      return tree.operands.some((operand) => isTrue(operand, holds));
  }
}

function matters(truth: readonly boolean[], bit: number): boolean {
  return truth.some((value, assignment) => value !== truth[assignment ^ (1 << bit)]);
}

// Two different plain texts for one field, both demanded. An event's field can be a list of values, but
// `all` over whole values is hardly ever meant.
function impossibleField(expression: Expression): string | undefined {
  if (expression.kind !== 'and') return undefined;
  const values = new Map<string, string>();
  for (const operand of expression.operands) {
    const inner = operand.kind === 'and' ? impossibleField(operand) : undefined;
    if (inner !== undefined) return inner;
    if (operand.kind !== 'field' || operand.match.kind !== 'text') continue;
    const [only, more] = operand.match.pattern;
    if (only?.kind !== 'literal' || more !== undefined) continue;
    const before = values.get(operand.field);
    const text = only.text.toLowerCase();
    if (before !== undefined && before !== text) return operand.field;
    values.set(operand.field, text);
  }
  return undefined;
}
