import { asciiBytes } from './ascii.ts';
import { asciiCount, dashedLetterOf } from './letters.ts';
import type { Needle } from './needle.ts';
import type { TextSearch, Wanted } from './text-search.ts';

interface Sought {
  readonly letters: readonly number[];
  readonly isHead: boolean;
  readonly isTail: boolean;
  readonly ids: Int32Array;
}

// Three letters of five bits each: two would be too common in any text, and four would need a table
// that no first-level cache holds.
const blockLength = 3;
const classBits = 5;
const blockCount = 2 ** (blockLength * classBits);
// A shift must fit its table's bytes.
const windowMax = 200;

/**
 * Finds a few long needles and skips most of the text (Wu and Manber): where three letters stand
 * that are in none of them, none of them can be, for as many places as the shortest needle is long.
 */
export class SkipSearch implements TextSearch {
  readonly isCheap = true;
  /** Length of the shortest needle; of every needle, its last letters are looked for. */
  readonly #window: number;
  /** By block of letters that ends here, how much further a needle's end is at least. */
  readonly #shifts: Uint8Array;
  readonly #sought = new Map<number, Sought[]>();

  constructor(wanted: readonly Wanted[]) {
    this.#window = Math.min(...wanted.map(({ needle }) => needle.units.length), windowMax);
    this.#shifts = new Uint8Array(blockCount).fill(this.#window - blockLength + 1);
    for (const { needle, id } of wanted) this.#add(needle, id);
  }

  scan(text: string, report: (ids: Int32Array) => void): void {
    const bytes = asciiBytes(text);
    if (bytes === undefined) this.#scanUnits(text, report);
    else this.#scanBytes(text, bytes, report);
  }

  #scanBytes(text: string, bytes: Uint8Array, report: (ids: Int32Array) => void): void {
    const shifts = this.#shifts;
    const end = text.length;
    for (let last = this.#window - 1; last < end;) {
      const block =
        ((classes[bytes[last - 2] ?? 0] ?? 0) << (2 * classBits)) |
        ((classes[bytes[last - 1] ?? 0] ?? 0) << classBits) |
        (classes[bytes[last] ?? 0] ?? 0);
      const shift = shifts[block] ?? 0;
      if (shift === 0) {
        this.#compare(text, last + 1, block, report);
        last++;
      } else {
        last += shift;
      }
    }
  }

  #scanUnits(text: string, report: (ids: Int32Array) => void): void {
    const shifts = this.#shifts;
    for (let last = this.#window - 1; last < text.length;) {
      const first = text.charCodeAt(last - 2);
      const second = text.charCodeAt(last - 1);
      const third = text.charCodeAt(last);
      const block =
        ((first < asciiCount ? (classes[first] ?? 0) : classOf(first)) << (2 * classBits)) |
        ((second < asciiCount ? (classes[second] ?? 0) : classOf(second)) << classBits) |
        (third < asciiCount ? (classes[third] ?? 0) : classOf(third));
      const shift = shifts[block] ?? 0;
      if (shift === 0) {
        this.#compare(text, last + 1, block, report);
        last++;
      } else {
        last += shift;
      }
    }
  }

  #add(needle: Needle, id: number): void {
    const letters = needle.units.map(dashedLetterOf);
    const window = letters.slice(-this.#window).map(classOf);
    let block = 0;
    for (const [index, letter] of window.entries()) {
      block = ((block << classBits) | letter) & (blockCount - 1);
      if (index < blockLength - 1) continue;
      this.#shifts[block] = Math.min(this.#shifts[block] ?? 0, window.length - 1 - index);
    }
    const { isHead, isTail } = needle;
    const sought = { letters, isHead, isTail, ids: Int32Array.of(id) };
    const others = this.#sought.get(block);
    if (others === undefined) this.#sought.set(block, [sought]);
    else others.push(sought);
  }

  #compare(text: string, end: number, block: number, report: (ids: Int32Array) => void): void {
    for (const { letters, isHead, isTail, ids } of this.#sought.get(block) ?? []) {
      const start = end - letters.length;
      if (start < 0 || (isHead && start !== 0) || (isTail && end !== text.length)) continue;
      if (equalsAt(text, start, letters)) report(ids);
    }
  }
}

// Letters have classes of their own, the rest share six.
function classOf(unit: number): number {
  const letter = dashedLetterOf(unit);
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x61 : 26 + (letter % 6);
}

const classes = Uint8Array.from({ length: asciiCount }, (_, unit) => classOf(unit));

function equalsAt(text: string, start: number, letters: readonly number[]): boolean {
  for (let index = 0; index < letters.length; index++) {
    if (dashedLetterOf(text.charCodeAt(start + index)) !== letters[index]) return false;
  }
  return true;
}
