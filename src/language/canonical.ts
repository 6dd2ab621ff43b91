import { unreachable } from '../base/assert.ts';
import { digestParts } from '../base/sha256.ts';
import type { LogsourcePattern } from '../event/logsource.ts';
import type { ConditionTree, Correlation, Expression, Match, TextPattern } from './tree.ts';

// Part of every digest: a change of the form below is a change of all alert ids, and raises this number.
const form = 'tidegate-meaning-1';

/** Canonical texts of expressions that several detections share, as those of filters. */
export type CanonicalMemory = WeakMap<Expression, string>;

/**
 * Digest of what a detection asks: its log source and its conditions with selections and filters put in.
 * Names of selections, the order of keys, of alternatives and of conditions have no influence.
 */
export function detectionMeaning(
  logsource: LogsourcePattern,
  expressions: readonly Expression[],
  memory: CanonicalMemory = new WeakMap(),
): string {
  const texts = expressions.map((expression) => canonicalExpression(expression, memory));
  return digestParts([
    form,
    'detection',
    logsource.product === undefined ? '-' : `=${logsource.product}`,
    logsource.category === undefined ? '-' : `=${logsource.category}`,
    logsource.service === undefined ? '-' : `=${logsource.service}`,
    ...sortedSet(texts),
  ]);
}

/** Digest of what a correlation asks, given the meaning of each rule that it refers to. */
export function correlationMeaning(
  correlation: Correlation,
  meaningOf: ReadonlyMap<string, string>,
): string {
  const meaning = (rule: string): string => meaningOf.get(rule) ?? rule;
  const sources = correlation.rules.map(meaning);
  const aliases = [...correlation.aliases].map(([alias, fields]) =>
    list('alias', [
      alias,
      ...sorted([...fields].map(([rule, field]) => list(meaning(rule), [field]))),
    ]),
  );
  return digestParts([
    form,
    correlation.type,
    list('rules', correlation.type === 'temporal_ordered' ? sources : sortedSet(sources)),
    // Their order is the order of the key's parts, which alert ids contain.
    list('group', correlation.groupBy),
    String(correlation.timespanMs),
    canonicalCondition(correlation, meaning),
    list('aliases', sorted(aliases)),
    correlation.missingFields,
  ]);
}

function canonicalCondition({ condition }: Correlation, meaning: (rule: string) => string): string {
  if (condition.kind === 'expression') return canonicalTree(condition.tree, meaning);
  const bounds = condition.bounds.map(({ operator, value }) => `${operator} ${String(value)}`);
  return list('threshold', [
    list('bounds', sorted(bounds)),
    list('fields', condition.fields),
    condition.percentile === undefined ? '-' : String(condition.percentile),
  ]);
}

function canonicalTree(tree: ConditionTree, meaning: (rule: string) => string): string {
  switch (tree.kind) {
    case 'selection':
      return list('rule', [meaning(tree.name)]);
    case 'not':
      return list('not', [canonicalTree(tree.operand, meaning)]);
    case 'and':
    case 'or':
      return list(tree.kind, sortedSet(tree.operands.map((each) => canonicalTree(each, meaning))));
    case 'atLeast':
      return list('atLeast', [String(tree.count), ...sortedSet(tree.names.map(meaning))]);
  }
}

function canonicalExpression(expression: Expression, memory: CanonicalMemory): string {
  const known = memory.get(expression);
  if (known !== undefined) return known;
  const written = writeExpression(expression, memory);
  const text = short(written);
  // To write one short test again costs less than to remember it.
  const isJoined = expression.kind === 'and' || expression.kind === 'or';
  if (isJoined || text !== written) memory.set(expression, text);
  return text;
}

function writeExpression(expression: Expression, memory: CanonicalMemory): string {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const operands = sortedSet(
        flat(expression, expression.kind).map((operand) => canonicalExpression(operand, memory)),
      );
      const [first] = operands;
      return first !== undefined && operands.length === 1 ? first : list(expression.kind, operands);
    }
    case 'not':
      return list('not', [canonicalExpression(expression.operand, memory)]);
    case 'field':
      return list('field', [expression.field, ...writeMatch(expression.match)]);
    case 'keyword':
      return list('keyword', writeMatch(expression.match));
    case 'exists':
      return list('exists', [expression.field, String(expression.expected)]);
  }
}

function flat(expression: Expression, kind: 'and' | 'or'): readonly Expression[] {
  const operands: Expression[] = [];
  const add = (each: Expression): void => {
    if (each.kind === kind) each.operands.forEach(add);
    else operands.push(each);
  };
  add(expression);
  return operands;
}

function writeMatch(match: Match): readonly string[] {
  switch (match.kind) {
    case 'text':
      return ['text', String(match.cased), ...writePattern(match.pattern)];
    case 'number':
    case 'boolean':
      return [match.kind, String(match.value)];
    case 'null':
      return ['null'];
    case 'regex':
      return ['regex', match.source, match.flags];
    case 'cidr':
      return ['cidr', match.network];
    case 'compare':
      return ['compare', match.operator, String(match.value), match.part ?? '-'];
    case 'fieldref':
      return ['fieldref', match.field, match.position, String(match.cased)];
    case 'placeholder': {
      const parts = match.parts.map((part) =>
        part.kind === 'placeholder'
          ? list('placeholder', [part.name])
          : list('literal', writePattern(part.pattern)),
      );
      return ['placeholder', String(match.cased), ...parts];
    }
    default:
      return unreachable(match);
  }
}

function writePattern(pattern: TextPattern): readonly string[] {
  return pattern.map((part) => (part.kind === 'literal' ? `=${part.text}` : part.kind));
}

const shortMax = 128;

// Shared parts may stand in many places; as digests they cost the same wherever they stand.
function short(text: string): string {
  return text.length <= shortMax ? text : digestParts([text]);
}

// Each part is preceded by its length, so that no two different lists give the same text.
function list(name: string, parts: readonly string[]): string {
  let text = `${name}(`;
  for (const part of parts) text += `${part.length}:${part}`;
  return `${text})`;
}

function sorted(texts: readonly string[]): readonly string[] {
  // By UTF-16 units, which no locale changes.
  return [...texts].sort();
}

function sortedSet(texts: readonly string[]): readonly string[] {
  if (texts.length < 2) return texts;
  return sorted([...new Set(texts)]);
}
