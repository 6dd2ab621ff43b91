import type { Match } from '../../language/tree.ts';
import { needleStrengths } from './needle.ts';

/**
 * How often a comparison is expected to hold, from 0 to 1, when it is tried in so many places of an
 * event: long literals are rare, and what has no literal is common.
 */
export function guessFrequency(match: Match, places: number): number {
  const strengths = needleStrengths(match);
  if (strengths === undefined) return frequencyWithoutText;
  return Math.min(
    1,
    strengths.reduce((sum, strength) => sum + places / strength ** 2, 0),
  );
}

const frequencyWithoutText = 0.9;
