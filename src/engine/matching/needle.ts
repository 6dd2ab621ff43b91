import type { Match, PatternPart } from '../../language/tree.ts';
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
      const run = strongestRun(match.pattern);
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

/** How much a needle tells: its length, and one for each end of the value that it stands at. */
export function needleStrength(needle: Needle): number {
  return strengthOf(needle.units.length, needle);
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

function strongestRun(pattern: readonly PatternPart[]): Run {
  let best: Run | undefined;
  let text = '';
  let isHead = true;
  const end = (isTail: boolean): void => {
    const run = { text, isHead, isTail };
    const isBetter =
      best === undefined || strengthOf(text.length, run) > strengthOf(best.text.length, best);
    if (isBetter) best = run;
    text = '';
    isHead = false;
  };
  for (const part of pattern) {
    if (part.kind === 'literal') text += foldCase(part.text);
    else if (part.kind === 'dash') text += dashText;
    else end(false);
  }
  end(true);
  return best ?? { text: '', isHead: true, isTail: true };
}

const dashText = String.fromCharCode(dashMark);

// The end is kept, because paths and names differ there, unless the needle stands at the beginning
// only.
function needleOf({ text, isHead, isTail }: Run): Needle {
  if (text.length <= unitsMax) return { units: unitsOf(text), isHead, isTail };
  return isHead && !isTail
    ? { units: unitsOf(text.slice(0, unitsMax)), isHead, isTail }
    : { units: unitsOf(text.slice(-unitsMax)), isHead: false, isTail };
}

function unitsOf(text: string): readonly number[] {
  const units: number[] = [];
  for (let index = 0; index < text.length; index++) units.push(text.charCodeAt(index));
  return units;
}
