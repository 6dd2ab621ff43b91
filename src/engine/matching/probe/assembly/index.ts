// Probes a text for blocks of four bytes that are in a table, and finds a text in it. Compiled into `../probe-bytes.ts`.

/** Bytes of the longest text. Behind it lie some that may be read, never counted. */
const TEXT_MAX: u32 = 0x100000;
const TEXT: usize = 0x10000;

/** What is to be found, its letters in lower case. */
const SOUGHT_MAX: u32 = 0x100;
const SOUGHT: usize = 0x1000;

/** Tables of a bit for each hash of a block. */
const TABLES: usize = 0x120000;
const HASH_BITS: u32 = 17;
const TABLE_BYTES: usize = 1 << (HASH_BITS - 3);
const TABLE_COUNT: u32 = 128;

export function textPointer(): usize {
  return TEXT;
}

export function textMax(): u32 {
  return TEXT_MAX;
}

export function soughtPointer(): usize {
  return SOUGHT;
}

export function soughtMax(): u32 {
  return SOUGHT_MAX;
}

export function tableCount(): u32 {
  return TABLE_COUNT;
}

export function tablePointer(number: u32): usize {
  return TABLES + <usize>number * TABLE_BYTES;
}

/**
 * Looks at the block at `from` and at every `step` places behind it: the first place whose block is in the
 * table, or -1.
 */
export function probe(table: usize, from: u32, step: u32, length: u32): i32 {
  if (length < 4) return -1;
  const end = TEXT + <usize>(length - 3);
  const stride = <usize>step;
  let at = TEXT + <usize>from;
  // Four at a time, because hardly any is in the table.
  for (; at + 3 * stride < end; at += 4 * stride) {
    const two = isIn(table, at) | isIn(table, at + stride);
    const more = isIn(table, at + 2 * stride) | isIn(table, at + 3 * stride);
    if (((two | more) & 1) !== 0) break;
  }
  for (; at < end; at += stride) if ((isIn(table, at) & 1) !== 0) return <i32>(at - TEXT);
  return -1;
}

/** In its lowest bit, whether the block here is in the table. */
// @ts-ignore: decorator
@inline
function isIn(table: usize, at: usize): u32 {
  // Case is bit 5 of a letter. Other signs lose a bit too, in the table as here.
  const block = load<u32>(at) | 0x20202020;
  const hash = (block * 0x9e3779b1) >> (32 - HASH_BITS);
  return <u32>load<u8>(table + <usize>(hash >> 3)) >> (hash & 7);
}

/** Where at `from` or behind it these bytes of `SOUGHT` stand, apart from case, or -1. */
export function find(sought: u32, from: u32, length: u32): i32 {
  if (sought === 0 || from + sought > length) return -1;
  const first = i8x16.splat(load<u8>(SOUGHT));
  const last = i8x16.splat(load<u8>(SOUGHT + <usize>(sought - 1)));
  const end = TEXT + <usize>(length - sought);
  for (let at = TEXT + <usize>from; at <= end; at += 16) {
    let places = i8x16.bitmask(
      v128.and(
        i8x16.eq(lowered(v128.load(at)), first),
        i8x16.eq(lowered(v128.load(at + <usize>(sought - 1))), last),
      ),
    );
    for (; places !== 0; places &= places - 1) {
      const place = at + <usize>ctz(places);
      if (place > end) return -1;
      if (isSought(place, sought)) return <i32>(place - TEXT);
    }
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function lowered(bytes: v128): v128 {
  const isCapital = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x41)), i8x16.splat(26));
  return v128.or(bytes, v128.and(isCapital, i8x16.splat(0x20)));
}

function isSought(place: usize, sought: u32): bool {
  for (let at: usize = 0; at < <usize>sought; at++) {
    let byte = <u32>load<u8>(place + at);
    if (byte - 0x41 < 26) byte |= 0x20;
    if (byte !== <u32>load<u8>(SOUGHT + at)) return false;
  }
  return true;
}
