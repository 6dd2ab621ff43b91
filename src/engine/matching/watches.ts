import type { FieldLeaf, KeywordLeaf } from './nodes.ts';
import { createTextSearches } from './text-search.ts';
import type { TextSearch, Wanted } from './text-search.ts';

/** A comparison, and the rules (by number) that need a value for which it holds. */
export interface Watch<L extends FieldLeaf | KeywordLeaf> {
  readonly leaf: L;
  readonly rules: readonly number[];
}

/**
 * Comparisons with a certain text, which searches find, and those that must be tried one by one.
 */
export interface Split<L extends FieldLeaf | KeywordLeaf> {
  readonly searches: readonly TextSearch[];
  /** A search may find something in the text of a number, so that numbers must be searched too. */
  readonly findsNumbers: boolean;
  /** Everything the searches look for. */
  readonly wanted: readonly Wanted[];
  /** To search a text takes no longer than to look it up among those that were searched before. */
  readonly isCheap: boolean;
  readonly tested: readonly { readonly leaf: L; readonly rules: Int32Array }[];
}

/** Prepares the search for what these comparisons need. */
export function splitWatches<L extends FieldLeaf | KeywordLeaf>(
  watches: readonly Watch<L>[],
): Split<L> {
  const wanted: Wanted[] = [];
  const tested: { leaf: L; rules: Int32Array }[] = [];
  for (const { leaf, rules } of watches) {
    const { needles } = leaf;
    for (const needle of needles ?? []) for (const id of rules) wanted.push({ needle, id });
    if (needles === undefined) tested.push({ leaf, rules: Int32Array.from(rules) });
  }
  const findsNumbers = wanted.some(({ needle }) => needle.units.every(isInNumbers));
  const searches = createTextSearches(wanted);
  const isCheap = tested.length === 0 && searches.every((search) => search.isCheap);
  return { searches, findsNumbers, wanted, isCheap, tested };
}

// What the canonical text of a number is made of; JSON's 1e999 is Infinity.
const numberUnits: ReadonlySet<number> = new Set(
  Array.from('-+.0123456789einfty', (letter) => letter.charCodeAt(0)),
);

function isInNumbers(unit: number): boolean {
  return numberUnits.has(unit);
}
