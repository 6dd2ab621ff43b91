import { asciiBytes } from './ascii.ts';
import { asciiCount, dashedLetterOf, letterCount } from './letters.ts';
import type { Needle } from './needle.ts';
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
    const { table, found } = new Trie(this.#alphabet, wanted).finish();
    this.#table = table;
    this.#found = found;
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
}

/** The automaton while it is made, in the table that it will have. */
class Trie {
  readonly #alphabet: Alphabet;
  readonly #width: number;
  /** The child of a state by its column, 0 where there is none: the root is nobody's child. */
  readonly #table: Int32Array<ArrayBuffer>;
  #states = 1;
  readonly #own = new Map<number, number[]>();

  constructor(alphabet: Alphabet, wanted: readonly Wanted[]) {
    this.#alphabet = alphabet;
    this.#width = alphabet.width;
    // Room for needles that share nothing. What is not used is never touched, and given back.
    const statesMax = wanted.reduce((sum, { needle }) => sum + needle.units.length + 2, 1);
    this.#table = new Int32Array(statesMax * this.#width);
    for (const { needle, id } of wanted) {
      const end = this.#insert(needle);
      const own = this.#own.get(end);
      if (own === undefined) this.#own.set(end, [id]);
      else own.push(id);
    }
  }

  /**
   * Gives each state the moves of its longest proper suffix where it has none of its own, and says what
   * is found where. Row by row, the shallow states first, since a suffix is shorter than its text; rows
   * that are done hold rows and no longer states.
   */
  finish(): { readonly table: Int32Array; readonly found: readonly (Int32Array | undefined)[] } {
    const width = this.#width;
    const bytes = this.#states * width * Int32Array.BYTES_PER_ELEMENT;
    const table = new Int32Array(this.#table.buffer.transferToFixedLength(bytes));
    const found = new Array<Int32Array | undefined>(this.#states).fill(undefined);
    const suffixRows = new Int32Array(this.#states);
    const order = new Int32Array(this.#states);
    let known = 1;
    for (let index = 0; index < known; index++) {
      const state = order[index] ?? 0;
      const row = state * width;
      const suffixRow = suffixRows[state] ?? 0;
      for (let column = 0; column < width; column++) {
        const child = table[row + column] ?? 0;
        const inherited = state === 0 ? 0 : (table[suffixRow + column] ?? 0);
        if (child === 0) {
          table[row + column] = inherited;
          continue;
        }
        const childSuffixRow = inherited < 0 ? ~inherited : inherited;
        suffixRows[child] = childSuffixRow;
        order[known++] = child;
        found[child] = union(this.#own.get(child), found[childSuffixRow / width]);
        table[row + column] = found[child] === undefined ? child * width : ~(child * width);
      }
    }
    return { table, found };
  }

  /** The state in which the needle was found. */
  #insert({ units, isHead, isTail }: Needle): number {
    let state = isHead ? this.#step(0, headColumn) : 0;
    for (const unit of units) state = this.#step(state, this.#alphabet.columnOf(unit));
    return isTail ? this.#step(state, tailColumn) : state;
  }

  #step(state: number, column: number): number {
    const place = state * this.#width + column;
    const child = this.#table[place] ?? 0;
    if (child !== 0) return child;
    this.#table[place] = this.#states;
    return this.#states++;
  }
}

/** The numbers of a state's own needles, and of those that its suffixes are. */
function union(
  own: readonly number[] | undefined,
  inherited: Int32Array = none,
): Int32Array | undefined {
  if (own === undefined) return inherited === none ? undefined : inherited;
  const ids = new Int32Array(own.length + inherited.length);
  ids.set(own);
  let length = own.length;
  for (let index = 0; index < inherited.length; index++) {
    const id = inherited[index] ?? 0;
    if (!own.includes(id)) ids[length++] = id;
  }
  return length === ids.length ? ids : ids.slice(0, length);
}

const none = new Int32Array(0);
