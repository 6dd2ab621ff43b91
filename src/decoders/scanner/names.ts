import { readTextBytes } from '../../event/scanned-record.ts';
import type { ScannerModule } from './scanner-module.ts';

/** The names that a scanner has numbers for, and those whose values were asked for. */
export class Names {
  readonly #module: ScannerModule;
  readonly #bytes: Uint8Array;
  /** By number. */
  #texts: (string | undefined)[] = [];
  // They come from rules and decoders, and are few.
  readonly #wanted = new Set<string>();
  /** How often all numbers were forgotten: those of another age mean other names, or none. */
  age = 0;

  constructor(module: ScannerModule) {
    this.#module = module;
    this.#bytes = new Uint8Array(module.memory.buffer);
  }

  /** The name of this number. */
  text(number: number): string {
    let text = this.#texts[number];
    if (text === undefined) {
      const start = this.#module.namePointer(number);
      text = readTextBytes(this.#bytes, start, start + this.#module.nameLength(number));
      this.#texts[number] = text;
      if (this.#wanted.has(text)) this.#module.wantName(number);
    }
    return text;
  }

  isWanted(text: string): boolean {
    return this.#wanted.has(text);
  }

  /** From now on values of this name, which had this number in that age, are read while scanning. */
  want(text: string, number: number, age: number): void {
    this.#wanted.add(text);
    if (age === this.age) this.#module.wantName(number);
  }

  /** The module has forgotten its numbers. */
  reset(): void {
    this.#texts = [];
    this.age++;
  }
}
