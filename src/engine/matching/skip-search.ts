import { asciiCount, dashedLetterOf, letterCount } from './letters.ts';
import type { Needle } from './needle.ts';
import type { TextSearch, Wanted } from './text-search.ts';

interface Sought {
  readonly letters: readonly number[];
  readonly isHead: boolean;
  readonly isTail: boolean;
  readonly ids: Int32Array;
}

/**
 * Finds a few long needles and skips most of the text (Wu and Manber): where a pair of letters is in none of
 * them, none of them can be, for as many places as the shortest needle is long.
 */
export class SkipSearch implements TextSearch {
  readonly #length: number;
  /** By pair of letters, how far a needle's end can be at least. */
  readonly #shifts: Uint8Array;
  /** Needles by the last pair of their window, which is their last `#length` letters. */
  readonly #sought = new Map<number, Sought[]>();
  readonly #letters: Uint8Array;

  constructor(wanted: readonly Wanted[]) {
    this.#letters = Uint8Array.from({ length: asciiCount }, (_, unit) => dashedLetterOf(unit));
    this.#length = Math.min(...wanted.map(({ needle }) => needle.units.length), lengthMax);
    this.#shifts = new Uint8Array(letterCount * letterCount).fill(this.#length - 1);
    for (const { needle, id } of wanted) this.#add(needle, id);
  }

  scan(text: string, report: (ids: Int32Array) => void): void {
    const shifts = this.#shifts;
    const letters = this.#letters;
    for (let end = this.#length - 1; end < text.length;) {
      const first = text.charCodeAt(end - 1);
      const second = text.charCodeAt(end);
      const pair =
        (first < asciiCount ? (letters[first] ?? 0) : dashedLetterOf(first)) * letterCount +
        (second < asciiCount ? (letters[second] ?? 0) : dashedLetterOf(second));
      const shift = shifts[pair] ?? 0;
      if (shift === 0) {
        this.#compare(text, end + 1, pair, report);
        end++;
      } else {
        end += shift;
      }
    }
  }

  #add(needle: Needle, id: number): void {
    const letters = needle.units.map(dashedLetterOf);
    const window = letters.slice(-this.#length);
    for (let index = 1; index < window.length; index++) {
      const pair = pairOf(window, index);
      const shift = window.length - 1 - index;
      this.#shifts[pair] = Math.min(this.#shifts[pair] ?? 0, shift);
    }
    const last = pairOf(window, window.length - 1);
    const { isHead, isTail } = needle;
    const sought = { letters, isHead, isTail, ids: Int32Array.of(id) };
    const others = this.#sought.get(last);
    if (others === undefined) this.#sought.set(last, [sought]);
    else others.push(sought);
  }

  #compare(text: string, end: number, pair: number, report: (ids: Int32Array) => void): void {
    for (const { letters, isHead, isTail, ids } of this.#sought.get(pair) ?? []) {
      const start = end - letters.length;
      if (start < 0 || (isHead && start !== 0) || (isTail && end !== text.length)) continue;
      if (equalsAt(text, start, letters)) report(ids);
    }
  }
}

// A shift must fit its table's bytes.
const lengthMax = 200;

function pairOf(letters: readonly number[], index: number): number {
  return (letters[index - 1] ?? 0) * letterCount + (letters[index] ?? 0);
}

function equalsAt(text: string, start: number, letters: readonly number[]): boolean {
  for (let index = 0; index < letters.length; index++) {
    if (dashedLetterOf(text.charCodeAt(start + index)) !== letters[index]) return false;
  }
  return true;
}
