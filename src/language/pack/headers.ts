import type { LogsourcePattern } from '../../event/logsource.ts';
import { statuses } from '../header.ts';
import { levels } from '../level.ts';
import type {
  Condition,
  ConditionTree,
  DetectionRule,
  RuleHeader,
  RuleSource,
  Suppression,
} from '../tree.ts';
import { damaged, finite, isList, listOf, mapOf, optional, shape, text, word } from './codec.ts';
import type { Codec, Fields } from './codec.ts';
import { plainValue } from './values.ts';

// Conditions nest at most 64 levels deep.
const depthMax = 100;

/** What all kinds of rules carry. */
export const headerFields: Fields<RuleHeader> = {
  id: text,
  name: optional(text),
  title: text,
  status: optional(word(statuses)),
  description: optional(text),
  author: optional(text),
  license: optional(text),
  date: optional(text),
  modified: optional(text),
  references: listOf(text),
  tags: listOf(text),
  falsepositives: listOf(text),
  fields: listOf(text),
  level: word(levels),
  related: listOf(shape<RuleHeader['related'][number]>({ id: text, type: text })),
  scope: optional(listOf(text)),
  taxonomy: optional(text),
  custom: mapOf(plainValue),
  source: shape<RuleSource>({ file: text, line: finite, text }),
};

export const logsourcePattern: Codec<LogsourcePattern> = shape<LogsourcePattern>({
  product: optional(text),
  category: optional(text),
  service: optional(text),
});

export const suppression: Codec<Suppression> = shape<Suppression>({
  durationMs: finite,
  by: listOf(text),
});

export const conditionTree: Codec<ConditionTree> = {
  pack: packTree,
  unpack: (value) => unpackTree(value, 0),
};

/** A detection without its selections, which share their parts with its expressions. */
export const detectionHeader: Codec<Omit<DetectionRule, 'kind' | 'selections'>> = shape<
  Omit<DetectionRule, 'kind' | 'selections'>
>({
  ...headerFields,
  logsource: logsourcePattern,
  logsourceNotes: optional(mapOf(plainValue)),
  conditions: listOf(shape<Condition>({ text, tree: conditionTree })),
  suppress: optional(suppression),
  missingFields: optional(word(['drop', 'group'])),
});

function packTree(tree: ConditionTree): unknown {
  switch (tree.kind) {
    case 'selection':
      return tree.name;
    case 'not':
      return ['not', packTree(tree.operand)];
    case 'and':
    case 'or':
      return [tree.kind, ...tree.operands.map(packTree)];
    case 'atLeast':
      return [tree.count, ...tree.names];
  }
}

function unpackTree(value: unknown, depth: number): ConditionTree {
  if (depth > depthMax) return damaged('a condition is nested too deep');
  if (!isList(value)) return { kind: 'selection', name: text.unpack(value) };
  const [kind, ...rest] = value;
  const operand = (each: unknown): ConditionTree => unpackTree(each, depth + 1);
  if (kind === 'not') return { kind, operand: operand(rest[0]) };
  if (kind === 'and' || kind === 'or') return { kind, operands: rest.map(operand) };
  return { kind: 'atLeast', count: finite.unpack(kind), names: rest.map(text.unpack) };
}
