import type { Expression, TextPattern } from './tree.ts';

/** One `field|modifiers: values` of a rule. */
export interface Item {
  /** Undefined for keywords. */
  readonly field: string | undefined;
  readonly expression: Expression;
}

/** A leaf of an expression: one test. */
export type Leaf = Exclude<Expression, { readonly kind: 'and' | 'or' | 'not' }>;

/** The items of a selection, in order. */
export function itemsOf(expression: Expression): readonly Item[] {
  const items: Item[] = [];
  mapItems(expression, (item) => {
    items.push(item);
    return item.expression;
  });
  return items;
}

/** The selection with each item replaced; an item that becomes undefined is taken out, with what it empties. */
export function mapItems(
  expression: Expression,
  change: (item: Item) => Expression | undefined,
): Expression | undefined {
  if (isLeaf(expression)) return change({ field: fieldOf(expression), expression });
  if (expression.item === true) {
    const [leaf] = leavesOf(expression);
    return change({ field: leaf === undefined ? undefined : fieldOf(leaf), expression });
  }
  if (expression.kind === 'not') {
    const operand = mapItems(expression.operand, change);
    return operand === undefined ? undefined : { kind: 'not', operand };
  }
  const operands: Expression[] = [];
  for (const each of expression.operands) {
    const operand = mapItems(each, change);
    if (operand !== undefined) operands.push(operand);
  }
  return operands.length === 0 ? undefined : { kind: expression.kind, operands };
}

/** The expression with each test replaced; itself when every test stays. */
export function mapLeaves(expression: Expression, change: (leaf: Leaf) => Expression): Expression {
  if (isLeaf(expression)) return change(expression);
  if (expression.kind === 'not') {
    const operand = mapLeaves(expression.operand, change);
    return operand === expression.operand ? expression : { ...expression, operand };
  }
  const operands = expression.operands.map((operand) => mapLeaves(operand, change));
  const isSame = operands.every((operand, index) => operand === expression.operands[index]);
  return isSame ? expression : { ...expression, operands };
}

/** The tests of an expression, in order. */
export function leavesOf(expression: Expression): readonly Leaf[] {
  const leaves: Leaf[] = [];
  mapLeaves(expression, (leaf) => {
    leaves.push(leaf);
    return leaf;
  });
  return leaves;
}

/** Every field that an expression reads, those behind `fieldref` too. */
export function fieldsOf(expression: Expression): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const leaf of leavesOf(expression)) {
    if (leaf.kind === 'keyword') continue;
    fields.add(leaf.field);
    if (leaf.kind === 'field' && leaf.match.kind === 'fieldref') fields.add(leaf.match.field);
  }
  return fields;
}

function isLeaf(expression: Expression): expression is Leaf {
  return expression.kind !== 'and' && expression.kind !== 'or' && expression.kind !== 'not';
}

function fieldOf(leaf: Leaf): string | undefined {
  return leaf.kind === 'keyword' ? undefined : leaf.field;
}

/** A value as text, wildcards in Sigma's notation, as the conditions of a pipeline see it. */
export function textOf(leaf: Expression): string | undefined {
  if (leaf.kind !== 'field' && leaf.kind !== 'keyword') return undefined;
  const { match } = leaf;
  switch (match.kind) {
    case 'text':
      return writePattern(match.pattern);
    case 'number':
    case 'boolean':
      return String(match.value);
    case 'regex':
      return match.source;
    case 'cidr':
      return match.network;
    default:
      return undefined;
  }
}

const wildcards = { many: '*', one: '?', dash: '-' } as const;

function writePattern(pattern: TextPattern): string {
  return pattern
    .map((part) => (part.kind === 'literal' ? part.text : wildcards[part.kind]))
    .join('');
}
