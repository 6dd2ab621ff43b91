import { Automaton } from './automaton.ts';
import type { Needle } from './needle.ts';
import { SkipSearch } from './skip-search.ts';

/** A needle, and the number that is told when it is found. */
export interface Wanted {
  readonly needle: Needle;
  readonly id: number;
}

/**
 * Finds which needles a text contains, apart from case. It may tell of a needle that is not there (characters
 * beyond ASCII are not told apart, nor are dashes) and never misses one that is.
 */
export interface TextSearch {
  /** Calls back with the numbers of needles found; one may come several times. */
  scan(text: string, report: (ids: Int32Array) => void): void;
}

const skipNeedlesMax = 64;
const skipLengthMin = 5;

/** The search that suits these needles; undefined if there are none. */
export function createTextSearch(wanted: readonly Wanted[]): TextSearch | undefined {
  if (wanted.length === 0) return undefined;
  const canSkip =
    wanted.length <= skipNeedlesMax &&
    wanted.every(({ needle }) => needle.units.length >= skipLengthMin);
  return canSkip ? new SkipSearch(wanted) : new Automaton(wanted);
}
