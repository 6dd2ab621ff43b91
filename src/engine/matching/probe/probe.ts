import { decodeBase64 } from '../../../base/base64.ts';
import { moduleBase64 } from './probe-bytes.ts';

/** The code of `assembly`. */
interface ProbeModule {
  readonly memory: WebAssembly.Memory;
  textPointer(): number;
  textMax(): number;
  tableCount(): number;
  tablePointer(number: number): number;
  probe(table: number, from: number, step: number, length: number): number;
  soughtPointer(): number;
  soughtMax(): number;
  find(sought: number, from: number, length: number): number;
}

// With fewer, one in fifty blocks of any text is taken for another, and looking closer costs as much as all
// the rest.
const BLOCK_BITS = 17;
const FOLDED = 0x20_20_20_20;
const MULTIPLIER = 0x9e37_79b1;

/** Bytes of a block. */
export const blockLength = 4;

/** The number of the block at this place, which other blocks may share; a letter's case makes no difference. */
export function blockAt(bytes: Uint8Array, place: number): number {
  const low = (bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8);
  const high = (bytes[place + 2] ?? 0) | ((bytes[place + 3] ?? 0) << 8);
  return Math.imul(low | (high << 16) | FOLDED, MULTIPLIER) >>> (32 - BLOCK_BITS);
}

/** Looks for blocks of a table in texts. */
export class Probe {
  /** By number of a block, a bit: 1 where it is sought. */
  readonly #table = new Uint8Array(2 ** (BLOCK_BITS - 3));
  #slot = 0;

  constructor(blocks: ReadonlySet<number>) {
    for (const block of blocks) {
      const place = block >> 3;
      this.#table[place] = (this.#table[place] ?? 0) | (1 << (block & 7));
    }
  }

  /**
   * Looks at the block at `from` and at every `step` places behind it, and calls back for those that are
   * sought, until it is told true, which it then returns.
   */
  some(
    text: Uint8Array,
    { from, step }: { readonly from: number; readonly step: number },
    isIt: (place: number) => boolean,
  ): boolean {
    const code = (loaded ??= new LoadedModule());
    if (text.length > code.textMax) return true;
    if (code.owners[this.#slot] !== this) this.#slot = code.load(this, this.#table);
    return code.some(this.#slot, text, { from, step, isIt });
  }
}

/**
 * Where in the text these bytes stand, apart from case, from a place on; -1 if nowhere, undefined if either is
 * too long. What is sought has its letters in lower case.
 */
export function findBytes(text: Uint8Array, sought: Uint8Array, from: number): number | undefined {
  return (loaded ??= new LoadedModule()).find(text, sought, from);
}

/** The module, and whose tables are in its memory. */
class LoadedModule {
  readonly owners: (Probe | undefined)[];
  readonly textMax: number;
  readonly #module: ProbeModule;
  readonly #memory: Uint8Array;
  readonly #text: number;
  readonly #sought: number;
  readonly #soughtMax: number;
  #next = 0;
  /** The text that is in the memory. */
  #held: Uint8Array | undefined = undefined;

  constructor() {
    const module = new WebAssembly.Module(decodeBase64(moduleBase64.join('')));
    this.#module = new WebAssembly.Instance(module).exports as unknown as ProbeModule;
    this.#memory = new Uint8Array(this.#module.memory.buffer);
    this.#text = this.#module.textPointer();
    this.#sought = this.#module.soughtPointer();
    this.#soughtMax = this.#module.soughtMax();
    this.textMax = this.#module.textMax();
    this.owners = new Array<Probe | undefined>(this.#module.tableCount()).fill(undefined);
  }

  // The oldest table gives way; its owner loads it again when it is asked.
  load(owner: Probe, table: Uint8Array): number {
    const slot = this.#next;
    this.#next = (slot + 1) % this.owners.length;
    this.#memory.set(table, this.#module.tablePointer(slot));
    this.owners[slot] = owner;
    return slot;
  }

  some(
    slot: number,
    text: Uint8Array,
    asked: {
      readonly from: number;
      readonly step: number;
      readonly isIt: (place: number) => boolean;
    },
  ): boolean {
    const { from, step, isIt } = asked;
    const table = this.#module.tablePointer(slot);
    this.#hold(text);
    let place = this.#module.probe(table, from, step, text.length);
    while (place >= 0) {
      if (isIt(place)) return true;
      place = this.#module.probe(table, place + step, step, text.length);
    }
    return false;
  }

  find(text: Uint8Array, sought: Uint8Array, from: number): number | undefined {
    if (text.length > this.textMax || sought.length > this.#soughtMax) return undefined;
    this.#hold(text);
    this.#memory.set(sought, this.#sought);
    return this.#module.find(sought.length, from, text.length);
  }

  // Several questions about one text follow each other.
  #hold(text: Uint8Array): void {
    if (text === this.#held) return;
    this.#memory.set(text, this.#text);
    this.#held = text;
  }
}

// One for all, since its memory is fixed; made when the first text comes.
let loaded: LoadedModule | undefined;
