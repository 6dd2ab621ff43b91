import { holds, type Subject } from '../../engine/matching/reference.ts';
import type { FieldValue, Scalar } from '../../event/event.ts';
import type { Expression, Match, TextPattern } from '../../language/tree.ts';

/** An expression with what it asked, what the event had, and how it came out. */
export interface Explained {
  readonly held: boolean;
  readonly kind: 'and' | 'or' | 'not' | 'test';
  /** Of a test: what is asked, in words. */
  readonly text?: string;
  /** Of a test: the field that is read; absent for keywords. */
  readonly field?: string;
  /** What the event has there: undefined when nothing. */
  readonly values?: readonly Scalar[];
  readonly parts?: readonly Explained[];
}

/** Values of an event are shown up to this many elements, texts up to this length. */
const VALUES_MAX = 8;
const TEXT_MAX = 400;

/** Explains an expression on an event. Placeholders must be filled in already. */
export function explainExpression(expression: Expression, subject: Subject): Explained {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const parts = expression.operands.map((operand) => explainExpression(operand, subject));
      const held =
        expression.kind === 'and'
          ? parts.every((part) => part.held)
          : parts.some((part) => part.held);
      return { held, kind: expression.kind, parts };
    }
    case 'not': {
      const part = explainExpression(expression.operand, subject);
      return { held: !part.held, kind: 'not', parts: [part] };
    }
    case 'exists':
      return {
        held: holds(expression, subject),
        kind: 'test',
        text: expression.expected ? 'is there' : 'is absent',
        ...valuesOf(expression.field, subject),
      };
    case 'keyword':
      return {
        held: holds(expression, subject),
        kind: 'test',
        text: `some value ${matchInWords(expression.match)}`,
      };
    case 'field':
      return {
        held: holds(expression, subject),
        kind: 'test',
        text: matchInWords(expression.match),
        ...valuesOf(expression.field, subject),
      };
  }
}

function valuesOf(field: string, subject: Subject): Pick<Explained, 'field' | 'values'> {
  const value = subject.get(field);
  return value === undefined ? { field } : { field, values: scalarsOf(value) };
}

function scalarsOf(value: FieldValue): readonly Scalar[] {
  const all: readonly Scalar[] = Array.isArray(value)
    ? (value as readonly Scalar[])
    : [value as Scalar];
  return all.slice(0, VALUES_MAX).map((each) => {
    const isLong = typeof each === 'string' && each.length > TEXT_MAX;
    return isLong ? `${each.slice(0, TEXT_MAX)}…` : each;
  });
}

const OPERATORS = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=' } as const;

/** What a comparison asks, in words. */
export function matchInWords(match: Match): string {
  switch (match.kind) {
    case 'text':
      return `${patternInWords(match.pattern)}${match.cased ? ' (case matters)' : ''}`;
    case 'number':
    case 'boolean':
      return `is ${String(match.value)}`;
    case 'null':
      return 'is absent or null';
    case 'regex':
      return `matches /${match.source}/${match.flags}`;
    case 'cidr':
      return `is in ${match.network}`;
    case 'compare':
      return `${match.part ?? ''} ${OPERATORS[match.operator]} ${String(match.value)}`.trim();
    case 'fieldref':
      return `${match.position === 'equal' ? 'is' : match.position} the value of ${match.field}`;
    case 'placeholder':
      return `is one of ${match.parts
        .map((part) => (part.kind === 'placeholder' ? `%${part.name}%` : patternText(part.pattern)))
        .join('')}`;
  }
}

function patternInWords(pattern: TextPattern): string {
  const isMany = (index: number): boolean => pattern.at(index)?.kind === 'many';
  const inner = (from: number, to?: number): string => patternText(pattern.slice(from, to));
  const isPlain = (parts: TextPattern): boolean => parts.every(({ kind }) => kind === 'literal');
  if (pattern.length === 0) return 'is empty';
  if (pattern.length === 1 && isMany(0)) return 'has any value';
  if (isPlain(pattern)) return `is "${inner(0)}"`;
  if (pattern.length >= 3 && isMany(0) && isMany(-1) && isPlain(pattern.slice(1, -1))) {
    return `contains "${inner(1, -1)}"`;
  }
  if (isMany(0) && isPlain(pattern.slice(1))) return `ends with "${inner(1)}"`;
  if (isMany(-1) && isPlain(pattern.slice(0, -1))) return `starts with "${inner(0, -1)}"`;
  return `fits "${inner(0)}"`;
}

const WILDCARDS = { many: '*', one: '?', dash: '[-/–—―]' } as const;

function patternText(pattern: TextPattern): string {
  return pattern
    .map((part) => (part.kind === 'literal' ? part.text : WILDCARDS[part.kind]))
    .join('');
}
