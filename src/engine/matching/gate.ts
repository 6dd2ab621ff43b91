import type { Expression } from '../../language/tree.ts';

/** Always true: all of no operands. */
const ALWAYS: Expression = { kind: 'and', operands: [] };
/** Never true: any of no operands. */
const NEVER: Expression = { kind: 'or', operands: [] };

/** An expression that reads fields and has no parts. */
type Leaf = Extract<Expression, { kind: 'field' | 'keyword' | 'exists' }>;

/**
 * What is known of a leaf before the fields that it reads are: its value, or itself if it can be
 * asked now.
 */
type Known = Leaf | boolean | 'unknown';

/**
 * What must hold for the expression to hold, as far as that can be asked without the fields that
 * are not known: where this is false, so is the expression, whatever they will be.
 */
export function gateOf(expression: Expression, isUnknown: (field: string) => boolean): Expression {
  return bound(expression, (leaf) => (reads(leaf, isUnknown) ? 'unknown' : leaf), true);
}

/**
 * True if the expression can not hold while these fields are absent, whatever all others are. It
 * may say false of an expression that can not hold either.
 */
export function needsPresence(
  expression: Expression,
  isAbsent: (field: string) => boolean,
): boolean {
  const known = (leaf: Leaf): Known => {
    if (leaf.kind === 'exists') return isAbsent(leaf.field) ? !leaf.expected : 'unknown';
    if (leaf.kind === 'keyword' || !isAbsent(leaf.field)) return 'unknown';
    // What is absent counts as null, and nothing else compares with it.
    return leaf.match.kind === 'null';
  };
  return isNever(bound(expression, known, true));
}

/** The bound from above if `isUpper`, else from below: an unknown leaf is what leaves most open. */
function bound(expression: Expression, known: (leaf: Leaf) => Known, isUpper: boolean): Expression {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return joined(
        expression.kind,
        expression.operands.map((operand) => bound(operand, known, isUpper)),
      );
    case 'not': {
      const operand = bound(expression.operand, known, !isUpper);
      if (isAlways(operand)) return NEVER;
      return isNever(operand) ? ALWAYS : { kind: 'not', operand };
    }
    default: {
      const value = known(expression);
      if (typeof value === 'object') return value;
      return (value === 'unknown' ? isUpper : value) ? ALWAYS : NEVER;
    }
  }
}

function joined(kind: 'and' | 'or', operands: readonly Expression[]): Expression {
  const decides = kind === 'and' ? isNever : isAlways;
  const adds = kind === 'and' ? isAlways : isNever;
  if (operands.some(decides)) return kind === 'and' ? NEVER : ALWAYS;
  return { kind, operands: operands.filter((operand) => !adds(operand)) };
}

/** True if the expression is known to hold for every event. */
export function isAlways(expression: Expression): boolean {
  return expression.kind === 'and' && expression.operands.length === 0;
}

/** True if the expression is known to hold for no event. */
export function isNever(expression: Expression): boolean {
  return expression.kind === 'or' && expression.operands.length === 0;
}

function reads(leaf: Leaf, isAsked: (field: string) => boolean): boolean {
  if (leaf.kind !== 'keyword' && isAsked(leaf.field)) return true;
  return leaf.kind !== 'exists' && leaf.match.kind === 'fieldref' && isAsked(leaf.match.field);
}
