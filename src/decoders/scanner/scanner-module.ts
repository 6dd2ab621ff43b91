import { decodeBase64 } from '../../base/base64.ts';
import { moduleBase64 } from './scanner-bytes.ts';

/** Layouts from this number on are sets of members in any order, below it states. */
export const STATES_MAX = 0x10000;
export const SETS_MAX = 0x1000;

/** The scanner of `assembly`, with a memory of its own. */
export interface ScannerModule {
  readonly memory: WebAssembly.Memory;
  /** Where the input goes. */
  inputPointer(): number;
  /** Where tables of 32-bit numbers stand after a scan, by value: its number, its first byte, its end. */
  valuesPointer(): number;
  startsPointer(): number;
  endsPointer(): number;
  /** Scans so many bytes; the number of values, or a negative number. */
  scan(length: number): number;
  /** The state in which the last scan ended, or `STATES_MAX` and the number of a set. */
  layout(): number;
  /** Not 0 if some text of the last scan can not be searched for by its bytes. */
  hidesText(): number;
  reset(): void;
  forgetValues(): void;
  /** The step that led to a state, and the state before it. */
  stateBefore(state: number): number;
  stateName(state: number): number;
  stateKind(state: number): number;
  /** How many members a set has, and the state that each was reached by from the outermost object's. */
  setCount(set: number): number;
  setMember(set: number, place: number): number;
  /** How many names have numbers. */
  nameCount(): number;
  namePointer(name: number): number;
  nameLength(name: number): number;
  wantName(name: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** A scanner that remembers nothing yet. */
export function createScannerModule(): ScannerModule {
  compiled ??= new WebAssembly.Module(decodeBase64(moduleBase64.join('')));
  return new WebAssembly.Instance(compiled).exports as unknown as ScannerModule;
}
