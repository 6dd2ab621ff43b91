import type { LinkedCorrelation } from '../../src/language/ruleset.ts';
import type { ConditionTree } from '../../src/language/tree.ts';

/** Something that happened to a group: an event, or the alert of an inner correlation. */
export interface Step {
  readonly time: number;
  readonly id: string;
  readonly host: string;
  readonly key: readonly (string | null)[];
  readonly sources: ReadonlySet<number>;
  readonly value: number | string | undefined;
}

/** True if more events can only help. */
export function isRising({ rule }: LinkedCorrelation): boolean {
  const { condition } = rule.correlation;
  if (condition.kind === 'expression') return !condition.text.includes('not');
  return condition.bounds.every(({ operator }) => operator.startsWith('g'));
}

/** What the window amounts to, counted anew. */
export function measure(
  { rule, sources }: LinkedCorrelation,
  steps: readonly Step[],
): number | undefined {
  const { type, condition } = rule.correlation;
  const values = steps.map(({ value }) => Number(value)).toSorted((a, b) => a - b);
  const sum = values.reduce((total, value) => total + value, 0);
  const percentile = condition.kind === 'threshold' ? (condition.percentile ?? 50) : 50;
  switch (type) {
    case 'event_count':
    case 'first_seen':
      return steps.length;
    case 'value_count':
      return new Set(steps.map(({ value }) => value)).size;
    case 'value_sum':
      return sum;
    case 'value_avg':
      return values.length === 0 ? undefined : sum / values.length;
    case 'value_percentile':
      return quantile(values, percentile);
    case 'value_median':
      return quantile(values, 50);
    case 'temporal':
      return firedIn(steps).size;
    case 'temporal_ordered':
      return longestChain(steps, sources.length);
  }
}

function quantile(sorted: readonly number[], percentile: number): number | undefined {
  const rank = ((sorted.length - 1) * percentile) / 100;
  const low = sorted[Math.floor(rank)];
  const high = sorted[Math.ceil(rank)];
  if (low === undefined || high === undefined) return undefined;
  return low + (high - low) * (rank - Math.floor(rank));
}

/** Which rules the steps are of. */
export function firedIn(steps: readonly Step[]): ReadonlySet<number> {
  return new Set(steps.flatMap(({ sources }) => [...sources]));
}

/** Tries every choice of rules: the largest that can be found in order, one event for each. */
function longestChain(steps: readonly Step[], rules: number): number {
  let longest = 0;
  for (let choice = 0; choice < 1 << rules; choice++) {
    const chosen = [...Array(rules).keys()].filter((rule) => (choice & (1 << rule)) !== 0);
    let found = 0;
    for (const { sources } of steps) {
      const next = chosen[found];
      if (next !== undefined && sources.has(next)) found += 1;
    }
    if (found === chosen.length) longest = Math.max(longest, found);
  }
  return longest;
}

/** A window, and what came before it. */
export interface Judged {
  readonly window: readonly Step[];
  /** Rules that fired shortly before the window: they can not be said to be absent. */
  readonly shortlyBefore: readonly Step[];
}

/** True if the condition holds for the window. */
export function holds(linked: LinkedCorrelation, { window, shortlyBefore }: Judged): boolean {
  const { condition, rules, type } = linked.rule.correlation;
  if (condition.kind === 'threshold') {
    const value = measure(linked, window);
    if (value === undefined) return false;
    const bounds = condition.bounds.length > 0 ? condition.bounds : [{ operator: 'gte', value: 1 }];
    return bounds.every((bound) => compare(value, bound.operator, bound.value));
  }
  const present = firedIn(window);
  const near = firedIn([...window, ...shortlyBefore]);
  const named = (name: string, fired: ReadonlySet<number>): boolean =>
    fired.has(rules.indexOf(name));
  const judge = (tree: ConditionTree, isNegated: boolean): boolean => {
    if (tree.kind === 'selection') return named(tree.name, isNegated ? near : present);
    if (tree.kind === 'not') return !judge(tree.operand, !isNegated);
    if (tree.kind === 'atLeast') throw new Error('not part of these expressions');
    return tree.kind === 'and'
      ? tree.operands.every((operand) => judge(operand, isNegated))
      : tree.operands.some((operand) => judge(operand, isNegated));
  };
  if (!judge(condition.tree, false)) return false;
  return type === 'temporal' || longestChain(window, rules.length) === present.size;
}

function compare(value: number, operator: string, limit: number): boolean {
  if (operator === 'gt') return value > limit;
  if (operator === 'gte') return value >= limit;
  if (operator === 'lt') return value < limit;
  if (operator === 'lte') return value <= limit;
  return operator === 'eq' ? value === limit : value !== limit;
}
