// Probes a text for blocks of four bytes that are in a table. Compiled into `../probe-bytes.ts`.

/** Bytes of the longest text. Behind it lie some that may be read, never counted. */
const TEXT_MAX: u32 = 0x100000;
const TEXT: usize = 0x10000;

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
  for (let at = TEXT + <usize>from; at < end; at += <usize>step) {
    // Case is bit 5 of a letter. Other signs lose a bit too, in the table as here.
    const block = load<u32>(at) | 0x20202020;
    const hash = (block * 0x9e3779b1) >> (32 - HASH_BITS);
    if (((load<u8>(table + <usize>(hash >> 3)) >> (hash & 7)) & 1) !== 0) return <i32>(at - TEXT);
  }
  return -1;
}
