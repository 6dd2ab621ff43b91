// The names of members, as they are written between their quotes, numbered from 1.

import { equal, hash } from './bytes';
import {
  NAMES,
  NAMES_MAX,
  NAME_BYTES,
  NAME_BYTES_END,
  NAME_SLOTS,
  NAME_SLOT_COUNT,
} from './memory';

/** Bytes of the longest name that is numbered. */
const LENGTH_MAX: u32 = 255;
const PROBES_MAX: u32 = 64;

// A name: where its bytes stand, their length, whether its values are wanted, whether it has escapes or letters
// beyond ASCII, how often its values were new, and for how many records they are not looked up.
const RECORD: u32 = 16;
const LENGTH: usize = 4;
const WANTED: usize = 6;
const HIDES: usize = 7;
const NEWS: usize = 8;
const PAUSE: usize = 10;

let names: u32 = 1;
let bytesEnd: usize = NAME_BYTES;

export function resetNames(): void {
  memory.fill(NAME_SLOTS, 0, NAME_SLOT_COUNT << 1);
  names = 1;
  bytesEnd = NAME_BYTES;
}

export function nameCount(): u32 {
  return names;
}

// @ts-ignore: decorator
@inline
function recordOf(name: u32): usize {
  return NAMES + <usize>(name * RECORD);
}

// @ts-ignore: decorator
@inline
export function namePointer(name: u32): usize {
  return <usize>load<u32>(recordOf(name));
}

// @ts-ignore: decorator
@inline
export function nameLength(name: u32): u32 {
  return <u32>load<u16>(recordOf(name), LENGTH);
}

// @ts-ignore: decorator
@inline
export function isWanted(name: u32): bool {
  return load<u8>(recordOf(name), WANTED) !== 0;
}

/** From now on the values of members of this name are numbered. */
export function wantName(name: u32): void {
  store<u8>(recordOf(name), 1, WANTED);
}

// @ts-ignore: decorator
@inline
export function nameHides(name: u32): bool {
  return load<u8>(recordOf(name), HIDES) !== 0;
}

/** A value of this name was seen before. */
// @ts-ignore: decorator
@inline
export function noteKnown(name: u32): void {
  const news = load<u16>(recordOf(name), NEWS);
  if (news !== 0) store<u16>(recordOf(name), news < 8 ? 0 : news - 8, NEWS);
}

/** A value of this name is new. Where hardly one of nine is known, looking them up is paused. */
export function noteNew(name: u32): void {
  const record = recordOf(name);
  const news = load<u16>(record, NEWS) + 1;
  if (news < 64) {
    store<u16>(record, news, NEWS);
    return;
  }
  store<u16>(record, 48, NEWS);
  store<u16>(record, 2048, PAUSE);
}

/** True if the values of this name are not looked up now. */
// @ts-ignore: decorator
@inline
export function isPaused(name: u32): bool {
  const pause = load<u16>(recordOf(name), PAUSE);
  if (pause === 0) return false;
  store<u16>(recordOf(name), pause - 1, PAUSE);
  return true;
}

/** In place of a number: the name is too long, or where it would be looked for there are too many others. */
export const UNNAMED: u32 = u32.MAX_VALUE;

/** The number of this name, or `UNNAMED`; 0 when the tables are full. */
export function internName(start: usize, end: usize): u32 {
  const length = <u32>(end - start);
  if (length > LENGTH_MAX) return UNNAMED;
  let slot = hash(start, length, 0);
  for (let probe: u32 = 0; probe < PROBES_MAX; probe++) {
    slot &= NAME_SLOT_COUNT - 1;
    const place = NAME_SLOTS + (<usize>slot << 1);
    const name = <u32>load<u16>(place);
    if (name === 0) return addName(start, length, place);
    if (nameLength(name) === length && equal(start, namePointer(name), length)) return name;
    slot++;
  }
  return UNNAMED;
}

function addName(start: usize, length: u32, place: usize): u32 {
  // Behind the name stands its closing quote, which is compared with it.
  if (names === NAMES_MAX || bytesEnd + length + 1 > NAME_BYTES_END) return 0;
  const name = names++;
  memory.copy(bytesEnd, start, length + 1);
  const record = recordOf(name);
  store<u32>(record, <u32>bytesEnd);
  store<u32>(record, length, LENGTH);
  store<u8>(record, isPlain(start, length) ? 0 : 1, HIDES);
  store<u64>(record, 0, NEWS);
  store<u16>(place, <u16>name);
  bytesEnd += length + 1;
  return name;
}

function isPlain(start: usize, length: u32): bool {
  for (let at = start; at < start + length; at++) {
    const byte = load<u8>(at);
    if (byte === 0x5c || byte >= 0x80) return false;
  }
  return true;
}
