import { assert } from '../../base/assert.ts';
import { dashMark, endMark, startMark } from './needle.ts';
import type { Needle } from './needle.ts';
import { isDash } from './wildcards.ts';

const asciiCount = 128;
// Characters beyond ASCII share a few columns of the table, so that rules with homoglyphs do not widen it;
// needles that differ only there are confused, and the rule's full evaluation tells them apart.
const otherCount = 4;

/** What a needle found stands for: a number of the caller's, at least 0. */
export interface Wanted {
  readonly needle: Needle;
  readonly id: number;
}

/**
 * Finds which needles a folded text contains, in one pass and whatever their number (Aho and Corasick).
 * It may report a needle that is not there, and never misses one that is.
 */
export class Automaton {
  /** Next state by state and column; its complement (`~`) where something is found there. */
  readonly #table: Int32Array;
  readonly #width: number;
  readonly #columns: Uint8Array;
  readonly #dashColumn: number;
  readonly #start: number;
  readonly #endColumn: number;
  readonly #found: readonly (Int32Array | undefined)[];

  constructor(wanted: readonly Wanted[]) {
    const alphabet = new Alphabet(wanted);
    this.#columns = alphabet.columns;
    this.#dashColumn = alphabet.dashColumn;
    this.#endColumn = alphabet.endColumn;
    this.#width = alphabet.width;
    const trie = new Trie(alphabet, wanted);
    this.#found = trie.follow();
    this.#table = trie.flatten(this.#found);
    const first = this.#table[alphabet.startColumn] ?? 0;
    // Nothing is found before the first character, because a mark alone is no needle.
    assert(first >= 0, 'a needle must hold more than the mark of the beginning');
    this.#start = first;
  }

  /** States of the automaton, for limits and figures. */
  get states(): number {
    return this.#found.length;
  }

  /** Calls back with the ids found at each place; an id may come several times. */
  scan(text: string, report: (ids: Int32Array) => void): void {
    const table = this.#table;
    const columns = this.#columns;
    const width = this.#width;
    let state = this.#start;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const column = code < asciiCount ? (columns[code] ?? 0) : this.#other(code);
      state = table[state * width + column] ?? 0;
      if (state < 0) {
        state = ~state;
        const ids = this.#found[state];
        if (ids !== undefined) report(ids);
      }
    }
    const last = table[state * width + this.#endColumn] ?? 0;
    if (last < 0) {
      const ids = this.#found[~last];
      if (ids !== undefined) report(ids);
    }
  }

  #other(code: number): number {
    return otherColumn(code, this.#dashColumn);
  }
}

// Column 0 is for characters of no needle, then the shared ones beyond ASCII.
function otherColumn(code: number, dashColumn: number): number {
  return isDash(code) && dashColumn > 0 ? dashColumn : 1 + (code % otherCount);
}

/** Which column of the table a character has. */
class Alphabet {
  readonly columns = new Uint8Array(asciiCount);
  readonly startColumn: number;
  readonly endColumn: number;
  /** 0 when no needle asks for any dash; else all dashes share it. */
  readonly dashColumn: number;
  readonly width: number;

  constructor(wanted: readonly Wanted[]) {
    const codes = new Set(wanted.flatMap(({ needle }) => needle));
    let next = 1 + otherCount;
    this.dashColumn = codes.has(dashMark) ? next++ : 0;
    for (const code of [...codes].sort((left, right) => left - right)) {
      if (code < 0 || code >= asciiCount) continue;
      const isShared = this.dashColumn > 0 && isDash(code);
      this.columns[code] = isShared ? this.dashColumn : next++;
    }
    if (this.dashColumn > 0) {
      this.columns[0x2d] = this.dashColumn;
      this.columns[0x2f] = this.dashColumn;
    }
    this.startColumn = next++;
    this.endColumn = next++;
    this.width = next;
  }

  columnOf(code: number): number {
    if (code === startMark) return this.startColumn;
    if (code === endMark) return this.endColumn;
    if (code === dashMark) return this.dashColumn;
    return code < asciiCount ? (this.columns[code] ?? 0) : otherColumn(code, this.dashColumn);
  }
}

class Trie {
  readonly #alphabet: Alphabet;
  readonly #children: Map<number, number>[] = [new Map()];
  readonly #own: number[][] = [[]];
  // States by depth, and for each the state of the longest proper suffix of its text.
  readonly #order: number[] = [];
  readonly #suffix: number[] = [];

  constructor(alphabet: Alphabet, wanted: readonly Wanted[]) {
    this.#alphabet = alphabet;
    for (const { needle, id } of wanted) this.#own[this.#insert(needle)]?.push(id);
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
    const { width } = this.#alphabet;
    const table = new Int32Array(this.#children.length * width);
    for (const state of this.#order) {
      const row = state * width;
      const suffixRow = (this.#suffix[state] ?? 0) * width;
      if (state !== 0) table.copyWithin(row, suffixRow, suffixRow + width);
      for (const [column, child] of this.#children[state] ?? []) {
        table[row + column] = found[child] === undefined ? child : ~child;
      }
    }
    return table;
  }

  #insert(needle: Needle): number {
    let state = 0;
    for (const code of needle) {
      const column = this.#alphabet.columnOf(code);
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
