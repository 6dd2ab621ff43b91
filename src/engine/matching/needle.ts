import type { Match, PatternPart } from '../../language/tree.ts';
import { foldCase } from './case.ts';
import { regexLiterals } from './regex-literals.ts';

/**
 * A piece of text that every matching value contains. It may say less than the comparison that it
 * comes from, never more.
 */
export interface Needle {
  /** Code units of the folded text, or `dashMark`. */
  readonly units: readonly number[];
  /** It begins the value. */
  readonly isHead: boolean;
  /** It ends the value. */
  readonly isTail: boolean;
}

/** Stands for any dash of `windash`. */
export const dashMark = 0x2d;

// Longer needles are hardly rarer, and each of their units is a state of the automaton.
const unitsMax = 24;

/**
 * Needles of which a value that satisfies the comparison contains at least one; undefined if no
 * text is certain. The match is in normal form.
 */
export function needlesOf(match: Match): readonly Needle[] | undefined {
  switch (match.kind) {
    case 'text': {
      const needle = needleOfPattern(match.pattern);
      return strength(needle) === 0 ? undefined : [shorten(needle)];
    }
    case 'regex':
      return regexLiterals(match.source)?.map((text) => {
        return shorten({ units: unitsOf(foldCase(text)), isHead: false, isTail: false });
      });
    default:
      return undefined;
  }
}

/** How much a needle tells: its length, and one for each end of the value that it stands at. */
export function needleStrength(needle: Needle): number {
  return strength(needle);
}

function strength({ units, isHead, isTail }: Needle): number {
  // That a value begins or ends says nothing; that it does both, and nothing is between, says it is
  // empty.
  if (units.length === 0) return isHead && isTail ? 2 : 0;
  return units.length + (isHead ? 1 : 0) + (isTail ? 1 : 0);
}

// Pieces between the wildcards; the strongest is taken.
function needleOfPattern(pattern: readonly PatternPart[]): Needle {
  const runs: number[][] = [[]];
  for (const part of pattern) {
    if (part.kind === 'literal') runs.at(-1)?.push(...unitsOf(foldCase(part.text)));
    else if (part.kind === 'dash') runs.at(-1)?.push(dashMark);
    else runs.push([]);
  }
  const needles = runs.map((units, index): Needle => {
    return { units, isHead: index === 0, isTail: index === runs.length - 1 };
  });
  return needles.reduce((best, needle) => (strength(needle) > strength(best) ? needle : best));
}

// The end is kept, because paths and names differ there, unless the needle stands at the beginning
// only.
function shorten(needle: Needle): Needle {
  const { units, isHead, isTail } = needle;
  if (units.length <= unitsMax) return needle;
  return isHead && !isTail
    ? { units: units.slice(0, unitsMax), isHead, isTail }
    : { units: units.slice(-unitsMax), isHead: false, isTail };
}

function unitsOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}
