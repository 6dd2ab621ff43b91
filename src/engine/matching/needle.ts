import type { Match } from '../../language/tree.ts';
import { foldCase } from '../../base/case.ts';
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
      const run = strongestRun(match);
      return strengthOf(run.text.length, run) === 0 ? undefined : [needleOf(run)];
    }
    case 'regex':
      return regexLiterals(match.source)?.map((text) => {
        return needleOf({ text: foldCase(text), isHead: false, isTail: false });
      });
    default:
      return undefined;
  }
}

/**
 * How much each of these needles tells: its length, and one for each end of the value that it stands at.
 * Asked of every comparison of a rule, when few of them will be looked for.
 */
export function needleStrengths(match: Match): readonly number[] | undefined {
  if (match.kind !== 'text') {
    return needlesOf(match)?.map((needle) => strengthOf(needle.units.length, needle));
  }
  const run = strongestRun(match);
  const strength = strengthOf(run.text.length, run);
  if (strength === 0) return undefined;
  return [strengthOf(Math.min(run.text.length, unitsMax), cutEnds(run))];
}

type Ends = Pick<Needle, 'isHead' | 'isTail'>;

function strengthOf(length: number, { isHead, isTail }: Ends): number {
  // That a value begins or ends says nothing; that it does both, and nothing is between, says it is
  // empty.
  if (length === 0) return isHead && isTail ? 2 : 0;
  return length + (isHead ? 1 : 0) + (isTail ? 1 : 0);
}

// Text between wildcards, folded, any dash of `windash` as `-`. It may be as long as a rule file.
interface Run extends Ends {
  readonly text: string;
}

function strongestRun({ pattern, cased }: Extract<Match, { kind: 'text' }>): Run {
  let best: Run | undefined;
  let bestStrength = -1;
  let text = '';
  let isHead = true;
  for (let at = 0; at <= pattern.length; at++) {
    const part = pattern[at];
    // Only what is cased is not folded yet.
    if (part?.kind === 'literal') text += cased ? foldCase(part.text) : part.text;
    else if (part?.kind === 'dash') text += dashText;
    else {
      const run = { text, isHead, isTail: part === undefined };
      const strength = strengthOf(text.length, run);
      if (strength > bestStrength) {
        best = run;
        bestStrength = strength;
      }
      text = '';
      isHead = false;
    }
  }
  return best ?? { text: '', isHead: true, isTail: true };
}

const dashText = String.fromCharCode(dashMark);

function needleOf(run: Run): Needle {
  const { text } = run;
  const ends = cutEnds(run);
  if (text.length <= unitsMax) return { units: unitsOf(text), ...ends };
  return { units: unitsOf(ends.isHead ? text.slice(0, unitsMax) : text.slice(-unitsMax)), ...ends };
}

// The end is kept, because paths and names differ there, unless the needle stands at the beginning
// only.
function cutEnds({ text, isHead, isTail }: Run): Ends {
  if (text.length <= unitsMax) return { isHead, isTail };
  return { isHead: isHead && !isTail, isTail };
}

function unitsOf(text: string): readonly number[] {
  const units: number[] = [];
  for (let index = 0; index < text.length; index++) units.push(text.charCodeAt(index));
  return units;
}
