import type { YamlEntry, YamlMap, YamlNode } from '../../../base/yaml.ts';
import type { LogsourcePattern } from '../../../event/logsource.ts';
import { join, readItem } from '../../item.ts';
import { Reporter } from '../../reporter.ts';
import type { Condition, DetectionRule, Expression } from '../../tree.ts';
import type { TransformationKind } from '../pipeline.ts';

/** `add_condition`: further field tests, conjoined with every condition of a detection. */
export const addCondition: TransformationKind = {
  type: 'add_condition',
  summary: 'Adds field tests that must hold (or, negated, must not) beside each condition.',
  read: (keys) => {
    keys.required('conditions');
    const map = keys.map('conditions');
    const name = keys.text('name', 256) ?? 'added_condition';
    const isTemplate = keys.flag('template') ?? false;
    const isNegated = keys.flag('negated') ?? false;
    if (map === undefined) return undefined;
    const plain = readConditions(map, keys.reporter);
    if (plain === undefined) return undefined;
    return {
      scope: 'rule',
      change: (rule) => {
        if (rule.kind !== 'detection') return rule;
        if (!isTemplate) return conjoin(rule, name, plain, isNegated);
        const filled = readConditions(fill(map, rule.logsource), new Reporter('', ''));
        return conjoin(rule, name, filled ?? plain, isNegated);
      },
    };
  },
};

function readConditions(map: YamlMap, reporter: Reporter): Expression | undefined {
  const operands: Expression[] = [];
  for (const [key, entry] of map.entries) {
    const operand = readItem(key, entry, reporter);
    if (operand !== undefined) operands.push(operand);
  }
  return operands.length === 0 || operands.length < map.entries.size
    ? undefined
    : join('and', operands);
}

function conjoin(
  rule: DetectionRule,
  name: string,
  expression: Expression,
  isNegated: boolean,
): DetectionRule {
  // Twice the same name in one rule: pipelines can be applied one after the other.
  let free = name;
  for (let count = 2; rule.selections.has(free); count++) free = `${name}_${String(count)}`;
  const conditions = rule.conditions.map(({ text, tree }): Condition => {
    const selection = { kind: 'selection', name: free } as const;
    const added = isNegated ? ({ kind: 'not', operand: selection } as const) : selection;
    const written = `${isNegated ? 'not ' : ''}${free} and (${text})`;
    return { text: written, tree: { kind: 'and', operands: [added, tree] } };
  });
  const selections = new Map(rule.selections).set(free, expression);
  return { ...rule, selections, conditions };
}

/** The settings with `$product`, `$category` and `$service` replaced by the rule's. */
function fill(map: YamlMap, logsource: LogsourcePattern): YamlMap {
  const entries = new Map<string, YamlEntry>();
  for (const [key, entry] of map.entries) {
    entries.set(key, { ...entry, value: fillNode(entry.value, logsource) });
  }
  return { ...map, entries };
}

function fillNode(node: YamlNode, logsource: LogsourcePattern): YamlNode {
  if (node.kind === 'list') {
    return { ...node, items: node.items.map((item) => fillNode(item, logsource)) };
  }
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  const text = node.value
    .replaceAll('$product', () => logsource.product ?? '')
    .replaceAll('$category', () => logsource.category ?? '')
    .replaceAll('$service', () => logsource.service ?? '');
  return { ...node, value: text, text };
}
