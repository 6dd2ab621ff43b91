import { assert } from '../base/assert.ts';
import { join } from './item.ts';
import type { ConditionTree, Expression } from './tree.ts';

// Selections are shared between their uses, so the tree that the engine walks can be far larger than the
// rule's text.
const nodesMax = 100_000;
// `N of` with 1 < N < all stands for every choice of N; 10 choose 5 is 252.
const choicesMax = 256;

/** An expression, or why the condition stands for too much. */
export type BuiltExpression = { readonly expression: Expression } | { readonly reason: string };

/** Puts the selections' expressions in place of their names. */
export function buildExpression(
  tree: ConditionTree,
  selections: ReadonlyMap<string, Expression>,
): BuiltExpression {
  const expression = build(tree, selections);
  if (expression === undefined) {
    return { reason: `an "of" stands for more than ${String(choicesMax)} combinations` };
  }
  if (countNodes(expression, new Map()) > nodesMax) {
    return { reason: `the condition stands for more than ${String(nodesMax)} tests` };
  }
  return { expression };
}

function build(
  tree: ConditionTree,
  selections: ReadonlyMap<string, Expression>,
): Expression | undefined {
  switch (tree.kind) {
    case 'selection':
      return selectionOf(tree.name, selections);
    case 'not': {
      const operand = build(tree.operand, selections);
      return operand === undefined ? undefined : { kind: 'not', operand };
    }
    case 'and':
    case 'or': {
      const operands: Expression[] = [];
      for (const each of tree.operands) {
        const operand = build(each, selections);
        if (operand === undefined) return undefined;
        operands.push(operand);
      }
      return join(tree.kind, operands);
    }
    case 'atLeast':
      return atLeast(
        tree.count,
        tree.names.map((name) => selectionOf(name, selections)),
      );
  }
}

function selectionOf(name: string, selections: ReadonlyMap<string, Expression>): Expression {
  const expression = selections.get(name);
  assert(expression !== undefined, `condition names the unknown selection ${name}`);
  return expression;
}

function atLeast(count: number, operands: readonly Expression[]): Expression | undefined {
  if (count === 1) return join('or', operands);
  if (count === operands.length) return join('and', operands);
  let choices = 1;
  for (let chosen = 1; chosen <= count; chosen++) {
    choices = (choices * (operands.length - count + chosen)) / chosen;
    if (choices > choicesMax) return undefined;
  }
  return join(
    'or',
    subsets(operands, count, 0).map((subset) => join('and', subset)),
  );
}

function subsets<T>(items: readonly T[], size: number, from: number): readonly (readonly T[])[] {
  if (size === 0) return [[]];
  const found: (readonly T[])[] = [];
  for (let at = from; at <= items.length - size; at++) {
    const item = items[at];
    if (item === undefined) break;
    for (const rest of subsets(items, size - 1, at + 1)) found.push([item, ...rest]);
  }
  return found;
}

function countNodes(expression: Expression, known: Map<Expression, number>): number {
  const counted = known.get(expression);
  if (counted !== undefined) return counted;
  let count = 1;
  if (expression.kind === 'not') count += countNodes(expression.operand, known);
  if (expression.kind === 'and' || expression.kind === 'or') {
    for (const operand of expression.operands) count += countNodes(operand, known);
  }
  known.set(expression, count);
  return count;
}
