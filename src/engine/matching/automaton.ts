import { asciiBytes } from './ascii.ts';
import { asciiCount, dashedLetterOf, letterCount } from './letters.ts';
import type { TextSearch, Wanted } from './text-search.ts';

/**
 * Finds needles in one pass over the text, whatever their number (Aho and Corasick). The table is
 * dense over those letters that needles have.
 */
export class Automaton implements TextSearch {
  readonly isCheap = false;
  /**
   * Row of the next state, by row and column; its complement (`~`) where something is found there.
   */
  readonly #table: Int32Array;
  readonly #width: number;
  /** The column of each ASCII unit. */
  readonly #columns: Uint8Array;
  readonly #alphabet: Alphabet;
  readonly #start: number;
  readonly #found: readonly (Int32Array | undefined)[];

  constructor(wanted: readonly Wanted[]) {
    this.#alphabet = new Alphabet(wanted);
    this.#width = this.#alphabet.width;
    this.#columns = this.#alphabet.asciiColumns();
    const trie = new Trie(this.#alphabet, wanted);
    this.#found = trie.follow();
    this.#table = trie.flatten(this.#found);
    this.#start = this.#table[headColumn] ?? 0;
  }

  /** States of the automaton, for limits and figures. */
  get states(): number {
    return this.#found.length;
  }

  scan(text: string, report: (ids: Int32Array) => void): void {
    const bytes = asciiBytes(text);
    const row =
      bytes === undefined
        ? this.#scanUnits(text, report)
        : this.#scanBytes(bytes, text.length, report);
    const last = this.#table[row + tailColumn] ?? 0;
    if (last < 0) this.#tell(~last, report);
  }

  #scanBytes(bytes: Uint8Array, end: number, report: (ids: Int32Array) => void): number {
    const table = this.#table;
    const columns = this.#columns;
    let row = this.#start;
    for (let at = 0; at < end; at++) {
      row = table[row + (columns[bytes[at] ?? 0] ?? 0)] ?? 0;
      if (row < 0) {
        row = ~row;
        this.#tell(row, report);
      }
    }
    return row;
  }

  #scanUnits(text: string, report: (ids: Int32Array) => void): number {
    const table = this.#table;
    const columns = this.#columns;
    let row = this.#start;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const column = unit < asciiCount ? (columns[unit] ?? 0) : this.#alphabet.columnOf(unit);
      row = table[row + column] ?? 0;
      if (row < 0) {
        row = ~row;
        this.#tell(row, report);
      }
    }
    return row;
  }

  #tell(row: number, report: (ids: Int32Array) => void): void {
    const ids = this.#found[row / this.#width];
    if (ids !== undefined) report(ids);
  }
}

// Columns of what is not a letter: units of no needle, and the two ends of the text.
const noColumn = 0;
const headColumn = 1;
const tailColumn = 2;

/** Which column of the table a unit has. */
class Alphabet {
  readonly width: number;
  readonly #columns = new Uint8Array(letterCount);

  constructor(wanted: readonly Wanted[]) {
    let next = tailColumn + 1;
    for (const { needle } of wanted) {
      for (const unit of needle.units) {
        const letter = dashedLetterOf(unit);
        if (this.#columns[letter] === noColumn) this.#columns[letter] = next++;
      }
    }
    this.width = next;
  }

  columnOf(unit: number): number {
    return this.#columns[dashedLetterOf(unit)] ?? noColumn;
  }

  asciiColumns(): Uint8Array {
    return Uint8Array.from({ length: asciiCount }, (_, unit) => this.columnOf(unit));
  }

  path({ needle }: Wanted): number[] {
    const path = needle.units.map((unit) => this.columnOf(unit));
    if (needle.isHead) path.unshift(headColumn);
    if (needle.isTail) path.push(tailColumn);
    return path;
  }
}

class Trie {
  readonly #width: number;
  readonly #children: Map<number, number>[] = [new Map()];
  readonly #own: number[][] = [[]];
  // States by depth, and for each the state of the longest proper suffix of its text.
  readonly #order: number[] = [];
  readonly #suffix: number[] = [];

  constructor(alphabet: Alphabet, wanted: readonly Wanted[]) {
    this.#width = alphabet.width;
    for (const each of wanted) this.#own[this.#insert(alphabet.path(each))]?.push(each.id);
  }

  /** Links the suffixes and returns what is found in each state. */
  follow(): readonly (Int32Array | undefined)[] {
    const found: (Int32Array | undefined)[] = [undefined];
    this.#suffix[0] = 0;
    this.#order.push(0);
    for (let index = 0; index < this.#order.length; index++) {
      const state = this.#order[index] ?? 0;
      for (const [column, child] of this.#children[state] ?? []) {
        const suffix = state === 0 ? 0 : this.#longestSuffix(this.#suffix[state] ?? 0, column);
        this.#suffix[child] = suffix;
        this.#order.push(child);
        found[child] = union(this.#own[child] ?? [], found[suffix]);
      }
    }
    return found;
  }

  flatten(found: readonly (Int32Array | undefined)[]): Int32Array {
    const width = this.#width;
    const table = new Int32Array(this.#children.length * width);
    for (const state of this.#order) {
      const row = state * width;
      const suffixRow = (this.#suffix[state] ?? 0) * width;
      if (state !== 0) table.copyWithin(row, suffixRow, suffixRow + width);
      for (const [column, child] of this.#children[state] ?? []) {
        table[row + column] = found[child] === undefined ? child * width : ~(child * width);
      }
    }
    return table;
  }

  #insert(path: readonly number[]): number {
    let state = 0;
    for (const column of path) {
      let child = this.#children[state]?.get(column);
      if (child === undefined) {
        child = this.#children.length;
        this.#children[state]?.set(column, child);
        this.#children.push(new Map());
        this.#own.push([]);
      }
      state = child;
    }
    return state;
  }

  #longestSuffix(from: number, column: number): number {
    for (let state = from; ; state = this.#suffix[state] ?? 0) {
      const child = this.#children[state]?.get(column);
      if (child !== undefined) return child;
      if (state === 0) return 0;
    }
  }
}

function union(own: readonly number[], inherited: Int32Array | undefined): Int32Array | undefined {
  if (own.length === 0) return inherited;
  return Int32Array.from(new Set([...own, ...(inherited ?? [])]));
}
