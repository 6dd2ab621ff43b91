import type { PatternPart, TextPattern } from '../../language/tree.ts';
import { foldCase } from '../../base/case.ts';

/** A pattern in normal form: literals folded unless cased, neighbours joined, nothing empty. */
export type NormalPattern = readonly PatternPart[];

/** Brings a pattern into normal form, so that equal ones look equal. */
export function normalPattern(pattern: TextPattern, cased: boolean): NormalPattern {
  if (!isApart(pattern)) return joined(pattern, cased);
  const isFolded = cased || pattern.every((part) => part === folded(part));
  return isFolded ? pattern : pattern.map(folded);
}

// True if no neighbours can be joined and nothing is empty, as nearly always.
function isApart(pattern: TextPattern): boolean {
  return pattern.every((part, at) => {
    if (part.kind === 'literal') return part.text !== '' && pattern[at - 1]?.kind !== 'literal';
    return part.kind !== 'many' || pattern[at - 1]?.kind !== 'many';
  });
}

function folded(part: PatternPart): PatternPart {
  if (part.kind !== 'literal') return part;
  const text = foldCase(part.text);
  return text === part.text ? part : { kind: 'literal', text };
}

function joined(pattern: TextPattern, cased: boolean): NormalPattern {
  const parts: PatternPart[] = [];
  for (const each of pattern) {
    const part = cased ? each : folded(each);
    const last = parts.at(-1);
    if (part.kind === 'literal') {
      if (part.text === '') continue;
      if (last?.kind === 'literal')
        parts[parts.length - 1] = { kind: 'literal', text: last.text + part.text };
      else parts.push(part);
    } else if (part.kind !== 'many' || last?.kind !== 'many') {
      parts.push(part);
    }
  }
  return parts;
}

/** Says whether a text (folded, unless the pattern is cased) is what a pattern describes. */
export type TextTest = (text: string) => boolean;

/** Compiles a normal pattern. The cost of a test is linear in the text. */
export function compilePattern(pattern: NormalPattern): TextTest {
  const shape = pattern.map((part) => (part.kind === 'literal' ? '-' : part.kind)).join(' ');
  const literal = pattern.find((part) => part.kind === 'literal')?.text ?? '';
  switch (shape) {
    case '':
    case '-':
      return (text) => text === literal;
    case 'many':
      return () => true;
    case 'many - many':
      return (text) => text.includes(literal);
    case '- many':
      return (text) => text.startsWith(literal);
    case 'many -':
      return (text) => text.endsWith(literal);
    default:
      return compileSegments(pattern);
  }
}

/** The text that a value must contain, if that is all that the pattern says. */
export function containedLiteral(pattern: NormalPattern): string | undefined {
  const [head, literal, tail] = pattern;
  const isContained = head?.kind === 'many' && tail?.kind === 'many' && pattern.length === 3;
  return isContained && literal?.kind === 'literal' ? literal.text : undefined;
}

// What stands between two `*`. Each is looked for behind the one before it, at the first place that
// fits: where an earlier place is possible, a later one never leaves more room.
type Segment = readonly PatternPart[];

function compileSegments(pattern: NormalPattern): TextTest {
  const segments: PatternPart[][] = [[]];
  for (const part of pattern) {
    if (part.kind === 'many') segments.push([]);
    else segments.at(-1)?.push(part);
  }
  const head = segments.shift() ?? [];
  const tail = segments.pop();
  const middle = segments.filter((segment) => segment.length > 0);
  if (tail === undefined) return (text) => endOfMatch(text, 0, head) === text.length;
  return (text) => {
    let place = endOfMatch(text, 0, head);
    for (const segment of middle) {
      if (place === -1) return false;
      place = find(text, place, segment);
    }
    return place !== -1 && endsWithSegment(text, place, tail);
  };
}

/** Where the segment ends if it begins at `place`, else -1. */
function endOfMatch(text: string, place: number, segment: Segment): number {
  let at = place;
  for (const part of segment) {
    if (part.kind === 'literal') {
      if (!text.startsWith(part.text, at)) return -1;
      at += part.text.length;
    } else {
      if (at >= text.length) return -1;
      if (part.kind === 'one') at += isPair(text, at) ? 2 : 1;
      else if (isDash(text.charCodeAt(at))) at++;
      else return -1;
    }
  }
  return at;
}

/** Where the first match of the segment at or behind `from` ends, or -1. */
function find(text: string, from: number, segment: Segment): number {
  const [first] = segment;
  if (first?.kind === 'literal') {
    for (let place = text.indexOf(first.text, from); place !== -1;) {
      const end = endOfMatch(text, place, segment);
      if (end !== -1) return end;
      place = text.indexOf(first.text, place + 1);
    }
    return -1;
  }
  for (let place = from; place < text.length; place++) {
    const end = endOfMatch(text, place, segment);
    if (end !== -1) return end;
  }
  return -1;
}

function endsWithSegment(text: string, from: number, segment: Segment): boolean {
  let most = 0;
  let ones = 0;
  for (const part of segment) {
    most += part.kind === 'literal' ? part.text.length : part.kind === 'one' ? 2 : 1;
    if (part.kind === 'one') ones++;
  }
  // A `?` takes one or two code units, so the segment may begin at as many places.
  const last = text.length - most + ones;
  for (let place = Math.max(from, text.length - most); place <= last; place++) {
    if (endOfMatch(text, place, segment) === text.length) return true;
  }
  return false;
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}

/** True for the dashes of `windash`: - / and the en dash, em dash and horizontal bar. */
export function isDash(code: number): boolean {
  return code === 0x2d || code === 0x2f || (code >= 0x2013 && code <= 0x2015);
}
