// Values, as they are written (strings between their quotes), numbered from 1. Equal texts of one kind share a
// number.

import { equal, hash } from './bytes';
import { isHidden, setHidden } from './json';
import { STRING } from './kinds';
import {
  VALUES,
  VALUES_MAX,
  VALUE_BYTES,
  VALUE_BYTES_END,
  VALUE_SLOTS,
  VALUE_SLOT_COUNT,
} from './memory';

/** Bytes of the longest value that is numbered: longer ones are rarely seen twice. */
export const LENGTH_MAX: u32 = 1024;

const PROBES_MAX: u32 = 16;

// A value: where its bytes stand, and its length, its kind and whether it hides text in one word.
const RECORD: u32 = 8;
const SHAPE: usize = 4;
const LENGTH_BITS: u32 = 0xffff;
const KIND_SHIFT: u32 = 16;
const HIDES: u32 = 0x80000000;

let values: u32 = 1;
let bytesEnd: usize = VALUE_BYTES;

/** True after `internValue` if the value was not known before. */
let isNew: bool = false;

export function resetValues(): void {
  memory.fill(VALUE_SLOTS, 0, VALUE_SLOT_COUNT << 3);
  values = 1;
  bytesEnd = VALUE_BYTES;
}

// @ts-ignore: decorator
@inline
function recordOf(value: u32): usize {
  return VALUES + <usize>(value * RECORD);
}

// @ts-ignore: decorator
@inline
export function valueLength(value: u32): u32 {
  return load<u32>(recordOf(value), SHAPE) & LENGTH_BITS;
}

/** True if this string and its closing quote stand here. */
// @ts-ignore: decorator
@inline
export function standsAt(value: u32, start: usize): bool {
  const record = recordOf(value);
  const shape = load<u32>(record, SHAPE);
  if (!equal(start, <usize>load<u32>(record), (shape & LENGTH_BITS) + 1)) return false;
  if ((shape & HIDES) !== 0) setHidden(true);
  return true;
}

/** True if the last value that was numbered is a new one. */
// @ts-ignore: decorator
@inline
export function wasNew(): bool {
  return isNew;
}

/** In place of a number: where this value would be looked for, there are too many others. */
export const CROWDED: u32 = u32.MAX_VALUE;

/**
 * The number of the value, or `CROWDED`; 0 when the tables are full. `hides` says what `isHidden` said of it
 * alone.
 */
export function internValue(start: usize, length: u32, kind: u32, hides: bool): u32 {
  const code = hash(start, length, kind);
  const shape = length | (kind << KIND_SHIFT);
  isNew = false;
  let slot = code;
  for (let probe: u32 = 0; probe < PROBES_MAX; probe++) {
    slot &= VALUE_SLOT_COUNT - 1;
    const place = VALUE_SLOTS + (<usize>slot << 3);
    const value = load<u32>(place, 4);
    if (value === 0) return addValue(start, shape, hides, place, code);
    if (load<u32>(place) === code) {
      const record = recordOf(value);
      const isSame =
        (load<u32>(record, SHAPE) & ~HIDES) === shape &&
        equal(start, <usize>load<u32>(record), length);
      if (isSame) return value;
    }
    slot++;
  }
  return CROWDED;
}

function addValue(start: usize, shape: u32, hides: bool, place: usize, code: u32): u32 {
  const length = shape & LENGTH_BITS;
  // Behind a string stands its closing quote, which is compared with it.
  if (values === VALUES_MAX || bytesEnd + length + 1 > VALUE_BYTES_END) return 0;
  isNew = true;
  const value = values++;
  memory.copy(bytesEnd, start, length + 1);
  const record = recordOf(value);
  store<u32>(record, <u32>bytesEnd);
  store<u32>(record, hides ? shape | HIDES : shape, SHAPE);
  store<u32>(place, code);
  store<u32>(place, value, 4);
  bytesEnd += length + 1;
  return value;
}
