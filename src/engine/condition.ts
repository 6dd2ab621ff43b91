import { assert } from '../base/assert.ts';
import type { EventTime } from '../event/record.ts';
import type { ConditionTree, CorrelationBound, CorrelationRule } from '../language/tree.ts';
import type { Measure } from './correlations/correlation.ts';

/** A correlation's condition over the places of its referenced rules. */
export type WindowCondition =
  | { readonly kind: 'bounds'; readonly bounds: readonly CorrelationBound[] }
  | { readonly kind: 'fired'; readonly tree: FiredTree };

/** Which referenced rules must have fired; a number is a rule's place. */
export type FiredTree =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly FiredTree[] }
  | { readonly kind: 'not'; readonly operand: FiredTree }
  | { readonly kind: 'source'; readonly source: number }
  | { readonly kind: 'atLeast'; readonly count: number; readonly operands: readonly FiredTree[] };

/** Compiles the condition of a correlation. */
export function compileCondition(rule: CorrelationRule): WindowCondition {
  const { condition, rules, type } = rule.correlation;
  if (condition.kind === 'expression') {
    assert(type.startsWith('temporal'), `${rule.id}: only temporal types take an expression`);
    return { kind: 'fired', tree: compileTree(condition.tree, rules) };
  }
  if (condition.bounds.length > 0) return { kind: 'bounds', bounds: condition.bounds };
  // Without a threshold all rules of a temporal type must fire (pySigma), and one event is enough
  // for others.
  const value = type.startsWith('temporal') ? rules.length : 1;
  return { kind: 'bounds', bounds: [{ operator: 'gte', value }] };
}

function compileTree(tree: ConditionTree, rules: readonly string[]): FiredTree {
  switch (tree.kind) {
    case 'selection':
      return sourceNamed(tree.name, rules);
    case 'not':
      return { kind: 'not', operand: compileTree(tree.operand, rules) };
    case 'atLeast': {
      const operands = tree.names.map((name) => sourceNamed(name, rules));
      return { kind: 'atLeast', count: tree.count, operands };
    }
    default: {
      const operands = tree.operands.map((operand) => compileTree(operand, rules));
      return { kind: tree.kind, operands };
    }
  }
}

function sourceNamed(name: string, rules: readonly string[]): FiredTree {
  const source = rules.indexOf(name);
  assert(source >= 0, `the expression names ${name}, to which the correlation does not refer`);
  return { kind: 'source', source };
}

/**
 * True if more events can only help the condition, so that it is judged at each event. Upper
 * bounds, equalities and `not` are only known to hold once a window has closed.
 */
export function isRising(condition: WindowCondition): boolean {
  if (condition.kind === 'fired') return !hasNot(condition.tree);
  return condition.bounds.every(({ operator }) => operator === 'gt' || operator === 'gte');
}

function hasNot(tree: FiredTree): boolean {
  if (tree.kind === 'source') return false;
  return tree.kind === 'not' || tree.operands.some(hasNot);
}

/** What a condition is held against. */
export interface Holding {
  readonly measure: Measure;
  /** Entries at or before this time are outside the window. */
  readonly after: EventTime;
  /** Whether a rule fired so near before the window that it can not be said to be absent. */
  readonly firedBefore?: (source: number) => boolean;
}

/** True if the condition holds for the window. */
export function holds(condition: WindowCondition, holding: Holding): boolean {
  const { measure, after } = holding;
  if (condition.kind === 'fired') {
    return isFired(condition.tree, holding, false) && (measure.isInOrder?.(after) ?? true);
  }
  const value = measure.value(after);
  return value !== undefined && condition.bounds.every((bound) => isWithin(value, bound));
}

function isWithin(value: number, { operator, value: limit }: CorrelationBound): boolean {
  switch (operator) {
    case 'gt':
      return value > limit;
    case 'gte':
      return value >= limit;
    case 'lt':
      return value < limit;
    case 'lte':
      return value <= limit;
    case 'eq':
      return value === limit;
    case 'neq':
      return value !== limit;
  }
}

// Under a `not`, a rule counts as fired also when it fired shortly before the window: absence needs
// more proof than presence.
function isFired(tree: FiredTree, holding: Holding, isNegated: boolean): boolean {
  switch (tree.kind) {
    case 'source': {
      const fired = holding.measure.fired?.(tree.source) ?? false;
      return fired || (isNegated && (holding.firedBefore?.(tree.source) ?? false));
    }
    case 'not':
      return !isFired(tree.operand, holding, !isNegated);
    case 'and':
      return tree.operands.every((operand) => isFired(operand, holding, isNegated));
    case 'or':
      return tree.operands.some((operand) => isFired(operand, holding, isNegated));
    case 'atLeast': {
      const fired = tree.operands.filter((operand) => isFired(operand, holding, isNegated));
      return fired.length >= tree.count;
    }
  }
}
