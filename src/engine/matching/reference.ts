import type { FieldValue, Scalar } from '../../event/event.ts';
import type { Expression, Match, PatternPart, TextPattern } from '../../language/tree.ts';
import { RE2JS } from 're2js';
import { unreachable } from '../../base/assert.ts';
import { foldCase } from '../../base/case.ts';
import { comparesTo } from './comparison.ts';
import { isInNetwork, readNetwork } from './networks.ts';
import { regexFlags } from './regex.ts';
import { canonicalText, someScalar } from './values.ts';
import { fieldrefElementsMax } from './limits.ts';

/** What an expression is asked about: an event's fields, as rules may see them. */
export interface Subject {
  get(field: string): FieldValue | undefined;
  someValue(visit: (value: Scalar) => boolean): boolean;
}

/**
 * The meaning of a rule's expression, written for reading and not for speed: what the compiled
 * matcher is tested against. Placeholders are resolved beforehand.
 */
export function holds(expression: Expression, subject: Subject): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.operands.every((operand) => holds(operand, subject));
    case 'or':
      return expression.operands.some((operand) => holds(operand, subject));
    case 'not':
      return !holds(expression.operand, subject);
    case 'exists':
      return (subject.get(expression.field) !== undefined) === expression.expected;
    case 'keyword':
      return subject.someValue((value) => matches(value, expression.match, subject));
    case 'field': {
      const value = subject.get(expression.field);
      if (value === undefined) return expression.match.kind === 'null';
      return someScalar(value, (scalar) => matches(scalar, expression.match, subject));
    }
    default:
      return unreachable(expression);
  }
}

function matches(value: Scalar, match: Match, subject: Subject): boolean {
  if (match.kind === 'null') return value === null;
  const text = canonicalText(value);
  if (text === undefined) return false;
  switch (match.kind) {
    case 'text':
      return matchesPattern(text, match.pattern, match.cased);
    case 'number':
    case 'boolean':
      return foldCase(text) === foldCase(String(match.value));
    case 'regex':
      return RE2JS.compile(match.source, regexFlags(match.flags)).test(text);
    case 'cidr': {
      const network = readNetwork(match.network);
      return network !== undefined && isInNetwork(text, network);
    }
    case 'compare':
      return comparesTo(value, match);
    case 'fieldref':
      return matchesField(text, match, subject);
    case 'placeholder':
      return false;
    default:
      return unreachable(match);
  }
}

function matchesField(
  text: string,
  match: Extract<Match, { kind: 'fieldref' }>,
  subject: Subject,
): boolean {
  const other = subject.get(match.field);
  if (other === undefined) return false;
  let seen = 0;
  return someScalar(other, (scalar) => {
    const otherText = canonicalText(scalar);
    if (otherText === undefined || ++seen > fieldrefElementsMax) return false;
    const left = match.cased ? text : foldCase(text);
    const right = match.cased ? otherText : foldCase(otherText);
    switch (match.position) {
      case 'equal':
        return left === right;
      case 'startswith':
        return left.startsWith(right);
      case 'endswith':
        return left.endsWith(right);
      case 'contains':
        return left.includes(right);
    }
  });
}

/** True if the whole text is what the pattern describes. */
export function matchesPattern(text: string, pattern: TextPattern, cased: boolean): boolean {
  const subject = cased ? text : foldCase(text);
  // 1 at the places up to which the parts so far can reach; all parts must end at the text's end.
  let places = new Uint8Array(subject.length + 1);
  places[0] = 1;
  for (const part of pattern) places = reach(subject, places, part, cased);
  return places[subject.length] === 1;
}

const dashes = '-/\u2013\u2014\u2015';

function reach(
  text: string,
  from: Uint8Array,
  part: PatternPart,
  cased: boolean,
): Uint8Array<ArrayBuffer> {
  const places = new Uint8Array(text.length + 1);
  if (part.kind === 'many') {
    const first = from.indexOf(1);
    return first === -1 ? places : places.fill(1, first);
  }
  const literal = part.kind !== 'literal' || cased ? part : { ...part, text: foldCase(part.text) };
  for (let place = from.indexOf(1); place !== -1; place = from.indexOf(1, place + 1)) {
    const length = lengthAt(text, place, literal);
    if (length !== undefined) places[place + length] = 1;
  }
  return places;
}

// How much of the text the part takes if it begins here; undefined if it does not fit.
function lengthAt(text: string, place: number, part: PatternPart): number | undefined {
  if (part.kind === 'literal') {
    return text.startsWith(part.text, place) ? part.text.length : undefined;
  }
  const character = text.codePointAt(place);
  if (character === undefined) return undefined;
  if (part.kind === 'one') return character > 0xffff ? 2 : 1;
  return dashes.includes(String.fromCodePoint(character)) ? 1 : undefined;
}
