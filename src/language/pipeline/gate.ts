import type { YamlNode } from '../../base/yaml.ts';
import { parseCondition } from '../condition.ts';
import { Keys } from '../keys.ts';
import { quote } from '../reporter.ts';
import type { ConditionTree } from '../tree.ts';
import type { Gate } from './pipeline.ts';

/** Reads the settings of one test. */
export type TestReader<Test> = (keys: Keys) => Test | undefined;

export interface GateKeys {
  readonly conditions: string;
  /** Prefix of `_op`, `_not` and `_expr`. */
  readonly prefix: string;
}

/** Reads conditions, a list or a map with names, and how they are joined. */
export function readGate<Test>(
  keys: Keys,
  names: GateKeys,
  readers: ReadonlyMap<string, TestReader<Test>>,
): Gate<Test> {
  const node = keys.node(names.conditions);
  const operator = keys.word(`${names.prefix}_op`, ['and', 'or'], 'invalid-pipeline') ?? 'and';
  const isNegated = keys.flag(`${names.prefix}_not`) ?? false;
  const text = keys.text(`${names.prefix}_expr`, 1000);
  const tests = new Map<string, Test>();
  for (const [name, each] of named(node)) {
    const test = readTest(each, keys, readers);
    if (test !== undefined) tests.set(name, test);
  }
  const all = [...tests.keys()];
  if (all.length === 0) return { tests, tree: undefined };
  if (text !== undefined) return { tests, tree: readExpression(text, all, keys, names) };
  const operands = all.map((name) => ({ kind: 'selection', name }) as const);
  const tree: ConditionTree = { kind: operator, operands };
  return { tests, tree: isNegated ? { kind: 'not', operand: tree } : tree };
}

/** True if the joined tests hold. */
export function passes<Test>(gate: Gate<Test>, holds: (test: Test) => boolean): boolean {
  return gate.tree === undefined || evaluate(gate.tree, gate.tests, holds);
}

function evaluate<Test>(
  tree: ConditionTree,
  tests: ReadonlyMap<string, Test>,
  holds: (test: Test) => boolean,
): boolean {
  switch (tree.kind) {
    case 'and':
      return tree.operands.every((operand) => evaluate(operand, tests, holds));
    case 'or':
      return tree.operands.some((operand) => evaluate(operand, tests, holds));
    case 'not':
      return !evaluate(tree.operand, tests, holds);
    case 'selection': {
      const test = tests.get(tree.name);
      return test !== undefined && holds(test);
    }
    case 'atLeast':
      return false;
  }
}

function named(node: YamlNode | undefined): readonly (readonly [string, YamlNode])[] {
  if (node?.kind === 'list') return node.items.map((item, index) => [String(index), item] as const);
  if (node?.kind === 'map') {
    return [...node.entries].map(([name, { value }]) => [name, value] as const);
  }
  return [];
}

function readTest<Test>(
  node: YamlNode,
  keys: Keys,
  readers: ReadonlyMap<string, TestReader<Test>>,
): Test | undefined {
  if (node.kind !== 'map') {
    keys.reporter.report('invalid-pipeline', node, 'a condition is a map with a type');
    return undefined;
  }
  const inner = new Keys(node, keys.reporter);
  const type = inner.text('type', 100) ?? '';
  const reader = readers.get(type);
  if (reader === undefined) {
    const hint = `Known are ${[...readers.keys()].join(', ')}.`;
    keys.reporter.report('invalid-pipeline', node, `unknown condition ${quote(type)}`, hint);
    return undefined;
  }
  const test = reader(inner);
  inner.refuseRest('invalid-pipeline');
  return test;
}

function readExpression(
  text: string,
  names: readonly string[],
  keys: Keys,
  { prefix }: GateKeys,
): ConditionTree | undefined {
  const node = keys.node(`${prefix}_expr`);
  const parsed = parseCondition(text, names, { hasSelectors: false });
  for (const { message, hint } of parsed.problems) {
    keys.reporter.report('invalid-pipeline', node ?? keys.offset, message, hint);
  }
  return parsed.tree;
}
