import type { Match } from '../../language/tree.ts';
import { assert } from '../../base/assert.ts';
import type { Value } from '../../event/value.ts';
import type { Frame, Slot } from './frame.ts';
import { foldCase } from '../../base/case.ts';
import { comparesTo } from './comparison.ts';
import { fieldrefElementsMax } from './limits.ts';
import { isInNetwork, readNetwork } from './networks.ts';
import { compileRegex } from './regex.ts';
import { regexLiteralGroups } from './regex-literals.ts';
import { containsText } from './search.ts';
import { compilePattern, containedLiteral, normalPattern } from './wildcards.ts';
import type { NormalPattern } from './wildcards.ts';
import { writtenText } from './written-text.ts';

/** Says whether one value that has text satisfies a rule's comparison. */
export type ValueTest = (value: Value, frame: Frame) => boolean;

/**
 * The comparison in a form in which equal ones look equal: numbers and booleans become their text.
 */
export function normalMatch(match: Match): Match {
  switch (match.kind) {
    case 'text': {
      const pattern = normalPattern(match.pattern, match.cased);
      return pattern === match.pattern ? match : { kind: 'text', pattern, cased: match.cased };
    }
    case 'number':
    case 'boolean': {
      const text = foldCase(String(match.value));
      return { kind: 'text', pattern: [{ kind: 'literal', text }], cased: false };
    }
    default:
      return match;
  }
}

/**
 * Compiles a normal comparison; null is the caller's, because an absent field has no value to test.
 * What can not be compiled never holds: its rules were refused before.
 */
export function compileMatch(match: Match, slotOf: (field: string) => Slot): ValueTest {
  switch (match.kind) {
    case 'text': {
      const test = compilePattern(match.pattern);
      if (match.cased) return (value) => test(value.text ?? '');
      return testWritten(match.pattern) ?? ((value) => test(value.folded));
    }
    case 'regex': {
      const regex = compileRegex(match.source, match.flags);
      if (regex === undefined) return never;
      const groups = regexLiteralGroups(match.source).map((literals) => literals.map(foldCase));
      return (value) => containsOfEach(value.folded, groups) && regex.test(value.text ?? '');
    }
    case 'cidr': {
      const network = readNetwork(match.network);
      return network === undefined ? never : (value) => isInNetwork(value.text ?? '', network);
    }
    case 'compare':
      return (value) => comparesTo(value.raw, match);
    case 'fieldref':
      return compileReference(match, slotOf(match.field));
    default:
      assert(false, `no values are tested for ${match.kind}`);
  }
}

const never: ValueTest = () => false;

/** Tests of a pattern that long values need not be made for. */
function testWritten(pattern: NormalPattern): ValueTest | undefined {
  if (pattern.length === 1 && pattern[0]?.kind === 'many') return () => true;
  const literal = containedLiteral(pattern);
  const written = literal === undefined ? undefined : writtenText(literal);
  if (literal === undefined || written === undefined) return undefined;
  return (value, frame) => {
    const bytes = frame.longBytes(value);
    const stands = bytes === undefined ? undefined : written.standsIn(bytes);
    return stands ?? value.folded.includes(literal);
  };
}

function containsOfEach(text: string, groups: readonly (readonly string[])[]): boolean {
  return groups.every((literals) => literals.some((literal) => text.includes(literal)));
}

function compileReference(match: Extract<Match, { kind: 'fieldref' }>, other: Slot): ValueTest {
  const test = referenceTests[match.position];
  const { cased } = match;
  const compare = (value: Value, element: Value): boolean => {
    return cased ? test(value.text ?? '', element.text ?? '') : test(value.folded, element.folded);
  };
  return (value, frame) => {
    other.load(frame);
    if (!other.present) return false;
    if (other.elements === undefined) {
      return other.single.text !== undefined && compare(value, other.single);
    }
    let seen = 0;
    for (const element of other.elements) {
      if (element.text === undefined) continue;
      if (++seen > fieldrefElementsMax) return false;
      if (compare(value, element)) return true;
    }
    return false;
  };
}

const referenceTests = {
  equal: (left: string, right: string): boolean => left === right,
  startswith: (left: string, right: string): boolean => left.startsWith(right),
  endswith: (left: string, right: string): boolean => left.endsWith(right),
  contains: containsText,
} as const;
