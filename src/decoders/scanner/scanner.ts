import { assert } from '../../base/assert.ts';
import { memberKinds } from '../../event/layout.ts';
import { readBytes, ScannedRecord } from '../../event/scanned-record.ts';
import { Value } from '../../event/value.ts';
import { Names } from './names.ts';
import { ScannedLayout } from './scanned-layout.ts';
import { createScannerModule, SETS_MAX, STATES_MAX } from './scanner-module.ts';
import type { ScannerModule } from './scanner-module.ts';

/** What a scan found. */
export interface Scan {
  readonly record: ScannedRecord;
  /** Texts stand in the payload as `TelemetryEvent.plainBytes` says. */
  readonly isPlain: boolean;
}

// What the module's `scan` answers in place of a number of values.
const FULL = -2;
const VALUES_FULL = -3;

/** In place of a value's number: it has none. */
const UNNUMBERED = 0xffff_ffff;

const VALUES_MAX = 1024;
const LAYOUTS_MAX = STATES_MAX + SETS_MAX;
const NEW_NAMES_MIN = 8;

/** Records that are longer are parsed. */
export const SCANNED_BYTES_MAX: number = 1024 * 1024;

/**
 * Scans records that are JSON objects. What it can not say for certain it leaves to JSON.parse: the records
 * that it takes are as JSON.parse would give them.
 *
 * It remembers layouts and values, within the bounds of its module's memory. What it has forgotten makes work
 * and no difference.
 */
export class Scanner {
  readonly #module: ScannerModule = createScannerModule();
  readonly #memory: Uint8Array;
  readonly #input: number;
  /** By value of the record that was scanned last: its number, where it begins in the payload, where it ends. */
  readonly #numbers: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** By number; true where a layout was met once. */
  #layouts = new Array<ScannedLayout | true | undefined>(LAYOUTS_MAX);
  /** The values that have numbers. */
  #shared: (Value | undefined)[] = [];
  readonly #names: Names;

  constructor() {
    const { memory } = this.#module;
    const table = (start: number): Uint32Array => new Uint32Array(memory.buffer, start, VALUES_MAX);
    this.#memory = new Uint8Array(memory.buffer);
    this.#input = this.#module.inputPointer();
    this.#numbers = table(this.#module.valuesPointer());
    this.#starts = table(this.#module.startsPointer());
    this.#ends = table(this.#module.endsPointer());
    this.#module.reset();
    this.#names = new Names(this.#module);
  }

  /** Scans a payload; undefined if it is to be parsed. */
  scan(payload: Uint8Array): Scan | undefined {
    if (payload.length > SCANNED_BYTES_MAX) return undefined;
    this.#memory.set(payload, this.#input);
    const names = this.#module.nameCount();
    const count = this.#scanInput(payload.length);
    if (count < 0) return undefined;
    const layout = this.#layout(this.#module.layout(), names);
    if (layout === undefined) return undefined;
    assert(layout.kinds.length === count, 'a layout knows how many values it has');
    const values = layout.constants.slice();
    const spans = this.#fill(values, layout, payload);
    const record = new ScannedRecord({ layout, payload, values, spans });
    return { record, isPlain: this.#module.hidesText() === 0 };
  }

  #scanInput(length: number): number {
    let count = this.#module.scan(length);
    if (count === VALUES_FULL) {
      this.#module.forgetValues();
      this.#shared = [];
      count = this.#module.scan(length);
    }
    if (count === FULL) {
      this.#module.reset();
      this.#names.reset();
      this.#layouts = new Array<ScannedLayout | true | undefined>(LAYOUTS_MAX);
      this.#shared = [];
      count = this.#module.scan(length);
    }
    return count;
  }

  // To learn a layout takes longer than to parse a record of it, and is worth it when it comes again. With names
  // that are new, parsing takes longer still: an attacker may write every record so.
  #layout(state: number, names: number): ScannedLayout | undefined {
    const known = this.#layouts[state];
    if (known !== undefined && known !== true) return known.isRegular ? known : undefined;
    if (known === undefined && this.#module.nameCount() - names < NEW_NAMES_MIN) {
      this.#layouts[state] = true;
      return undefined;
    }
    const layout = new ScannedLayout(this.#module, state, this.#names);
    this.#layouts[state] = layout;
    return layout.isRegular ? layout : undefined;
  }

  /** Fills in the values that are shared; returns where the others stand. */
  #fill(
    values: (Value | undefined)[],
    { wanted, kinds }: ScannedLayout,
    payload: Uint8Array,
  ): readonly number[] {
    const spans: number[] = [];
    for (let at = 0; at < wanted.length; at++) {
      const index = wanted[at] ?? 0;
      const number = this.#numbers[index] ?? 0;
      // The name was asked for while this record was on its way.
      if (number === 0) continue;
      if (number === UNNUMBERED) {
        spans.push(index, this.#starts[index] ?? 0, this.#ends[index] ?? 0);
        continue;
      }
      let value = this.#shared[number];
      if (value === undefined) {
        const isString = kinds[index] === memberKinds.string;
        const [start, end] = [this.#starts[index] ?? 0, this.#ends[index] ?? 0];
        value = Value.of(readBytes(payload, start, end, isString), true);
        this.#shared[number] = value;
      }
      values[index] = value;
    }
    return spans;
  }
}
