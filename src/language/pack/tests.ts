import { unreachable } from '../../base/assert.ts';
import type { Expression, Match, PatternPart, PlaceholderPart, TextPattern } from '../tree.ts';
import { damaged, elementIn, finite, flag, isList, listIn, text, word } from './codec.ts';
import type { Names } from './names.ts';
import { integerOf } from './values.ts';

/** An expression that asks one thing. */
export type Test = Extract<Expression, { kind: 'field' | 'keyword' | 'exists' }>;

type Placeholder = Extract<Match, { kind: 'placeholder' }>;

const operator = word(['lt', 'lte', 'gt', 'gte', 'eq']);
const datePart = word(['minute', 'hour', 'day', 'week', 'month', 'year']);
const position = word(['equal', 'startswith', 'endswith', 'contains']);
// What is no literal, by number: literals are the texts of a pattern.
const marks = ['many', 'one', 'dash'] as const;
const marked: readonly PatternPart[] = marks.map((kind) => ({ kind }));

/** The test as a list: the number of its field (-1 for keywords), a letter for its kind, the rest. */
export function packTest(test: Test, fields: Names): readonly unknown[] {
  switch (test.kind) {
    case 'exists':
      return [fields.numberOf(test.field), 'e', test.expected];
    case 'field':
      return [fields.numberOf(test.field), ...packMatch(test.match, fields)];
    case 'keyword':
      return [-1, ...packMatch(test.match, fields)];
  }
}

/** The test of such a list. */
export function unpackTest(value: unknown, fields: readonly string[]): Test {
  const parts = listIn(value);
  const place = parts[0];
  if (place === -1) return { kind: 'keyword', match: unpackMatch(parts, fields) };
  const field = elementIn(fields, place);
  if (parts[1] === 'e') return { kind: 'exists', field, expected: flag.unpack(parts[2]) };
  return { kind: 'field', field, match: unpackMatch(parts, fields) };
}

function packMatch(match: Match, fields: Names): readonly unknown[] {
  switch (match.kind) {
    case 'text':
      return ['t', match.cased, ...packPattern(match.pattern)];
    case 'number':
      return ['n', typeof match.value === 'bigint' ? String(match.value) : match.value];
    case 'boolean':
      return ['b', match.value];
    case 'null':
      return ['0'];
    case 'regex':
      return ['r', match.source, match.flags];
    case 'cidr':
      return ['c', match.network];
    case 'compare':
      return ['<', match.operator, match.value, match.part ?? null];
    case 'fieldref':
      return ['f', fields.numberOf(match.field), match.position, match.cased];
    case 'placeholder':
      return ['p', ...packPlaceholder(match)];
    default:
      return unreachable(match);
  }
}

// The parts of the match stand behind the field and the letter.
function unpackMatch(parts: readonly unknown[], fields: readonly string[]): Match {
  if (parts[1] === 't') {
    return { kind: 'text', pattern: unpackPattern(parts, 3), cased: flag.unpack(parts[2]) };
  }
  const [, letter, first, second, third] = parts;
  switch (letter) {
    case 'n':
      return {
        kind: 'number',
        value: typeof first === 'string' ? integerOf(first) : finite.unpack(first),
      };
    case 'b':
      return { kind: 'boolean', value: flag.unpack(first) };
    case '0':
      return { kind: 'null' };
    case 'r':
      return { kind: 'regex', source: text.unpack(first), flags: text.unpack(second) };
    case 'c':
      return { kind: 'cidr', network: text.unpack(first) };
    case '<': {
      const compared = { operator: operator.unpack(first), value: finite.unpack(second) };
      if (third === null) return { kind: 'compare', ...compared };
      return { kind: 'compare', ...compared, part: datePart.unpack(third) };
    }
    case 'f':
      return {
        kind: 'fieldref',
        field: elementIn(fields, first),
        position: position.unpack(second),
        cased: flag.unpack(third),
      };
    case 'p':
      return unpackPlaceholder(parts.slice(2));
    default:
      return damaged('a test is of no known kind');
  }
}

/** The placeholder as a list: whether it is cased, then its parts; a text is a name. */
export function packPlaceholder({ cased, parts }: Placeholder): readonly unknown[] {
  return [
    cased,
    ...parts.map((part) => (part.kind === 'placeholder' ? part.name : packPattern(part.pattern))),
  ];
}

/** The placeholder of such a list. */
export function unpackPlaceholder(value: unknown): Placeholder {
  const [cased, ...rest] = listIn(value);
  const parts = rest.map((part): PlaceholderPart => {
    if (isList(part)) return { kind: 'literal', pattern: unpackPattern(part, 0) };
    return { kind: 'placeholder', name: text.unpack(part) };
  });
  return { kind: 'placeholder', parts, cased: flag.unpack(cased) };
}

function packPattern(pattern: TextPattern): readonly (string | number)[] {
  return pattern.map((part) => (part.kind === 'literal' ? part.text : marks.indexOf(part.kind)));
}

// A list of its exact length, unlike one that grows: there are many.
function unpackPattern(values: readonly unknown[], from: number): TextPattern {
  return values.slice(from).map((value): PatternPart => {
    return typeof value === 'string' ? { kind: 'literal', text: value } : elementIn(marked, value);
  });
}
