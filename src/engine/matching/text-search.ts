import { Automaton } from './automaton.ts';
import { LiteralSearch } from './literal-search.ts';
import type { Needle } from './needle.ts';
import { SkipSearch } from './skip-search.ts';

/** A needle, and the number that is told when it is found. */
export interface Wanted {
  readonly needle: Needle;
  readonly id: number;
}

/**
 * Finds which needles a text contains, apart from case. It may tell of a needle that is not there
 * (characters beyond ASCII are not told apart, nor are dashes) and never misses one that is.
 */
export interface TextSearch {
  /**
   * It reads so little of the text that a look-up, which must hash all of it, would gain nothing.
   */
  readonly isCheap: boolean;
  /** Calls back with the numbers of needles found; one may come several times. */
  scan(text: string, report: (ids: Int32Array) => void): void;
}

// Measured on recorded command lines and scripts: skipping needs letters to skip, and each needle
// makes some blocks of letters common; native `includes` costs a tenth of the automaton.
const longUnitsMin = 6;
const longNeedlesMax = 1000;
const shortNeedlesMax = 6;

/** The searches that suit these needles; a text must go through all of them. */
export function createTextSearches(wanted: readonly Wanted[]): readonly TextSearch[] {
  const long = wanted.filter(({ needle }) => needle.units.length >= longUnitsMin);
  const short = wanted.filter(({ needle }) => needle.units.length < longUnitsMin);
  if (wanted.length === 0) return [];
  if (long.length > longNeedlesMax || short.length > shortNeedlesMax)
    return [new Automaton(wanted)];
  const searches: TextSearch[] = [];
  if (long.length > 0) searches.push(new SkipSearch(long));
  if (short.length > 0) searches.push(new LiteralSearch(short));
  return searches;
}
