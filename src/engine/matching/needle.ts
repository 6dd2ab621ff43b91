import type { Match, PatternPart } from '../../language/tree.ts';
import { foldCase } from './case.ts';
import { regexLiterals } from './regex-literals.ts';

/**
 * A piece of text that every matching value contains, as UTF-16 code units of the folded text and the marks
 * below. It may say less than the comparison that it comes from, never more.
 */
export type Needle = readonly number[];

/** Stands for the beginning of the value. */
export const startMark = -1;
/** Stands for the end of the value. */
export const endMark = -2;
/** Stands for any dash of `windash`. */
export const dashMark = -3;

// Longer needles are hardly rarer, and each of their characters is a state of the automaton.
const needleLengthMax = 24;

/**
 * Needles of which a value that satisfies the comparison contains at least one; undefined if no text is
 * certain. The match is in normal form.
 */
export function needlesOf(match: Match): readonly Needle[] | undefined {
  switch (match.kind) {
    case 'text': {
      const needle = needleOfPattern(match.pattern);
      return needle.length === 0 ? undefined : [needle];
    }
    case 'regex':
      return regexLiterals(match.source)?.map((text) => shorten(codesOf(foldCase(text))));
    default:
      return undefined;
  }
}

/** How much a needle tells: its length, marks counted. */
export function needleStrength(needle: Needle): number {
  return needle.length;
}

// Pieces between the wildcards that a literal does not cover; the longest tells most.
function needleOfPattern(pattern: readonly PatternPart[]): Needle {
  const runs: number[][] = [[startMark]];
  for (const part of pattern) {
    const run = runs.at(-1);
    if (part.kind === 'literal') run?.push(...codesOf(foldCase(part.text)));
    else if (part.kind === 'dash') run?.push(dashMark);
    else runs.push([]);
  }
  runs.at(-1)?.push(endMark);
  let best: readonly number[] = [];
  for (const run of runs) if (tells(run) > tells(best)) best = run;
  return shorten(best);
}

// A mark alone says nothing: every value begins and ends.
function tells(run: readonly number[]): number {
  return run.length === 1 && (run[0] === startMark || run[0] === endMark) ? 0 : run.length;
}

// The end is kept, because paths and names differ there; a needle that begins with the value keeps
// its beginning.
function shorten(run: readonly number[]): Needle {
  if (run.length <= needleLengthMax) return run;
  return run[0] === startMark && run.at(-1) !== endMark
    ? run.slice(0, needleLengthMax)
    : run.slice(-needleLengthMax);
}

function codesOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}
