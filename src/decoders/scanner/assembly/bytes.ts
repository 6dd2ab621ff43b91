// Bytes are compared and hashed in blocks. Blocks may reach behind what is asked for, never behind the memory.

/** True if so many bytes are the same at both places. */
// @ts-ignore: decorator
@inline
export function equal(left: usize, right: usize, length: u32): bool {
  let at: u32 = 0;
  for (; at + 16 <= length; at += 16) {
    if (i8x16.bitmask(i8x16.ne(v128.load(left + at), v128.load(right + at))) !== 0) return false;
  }
  const rest = length - at;
  if (rest === 0) return true;
  const differ = i8x16.bitmask(i8x16.ne(v128.load(left + at), v128.load(right + at)));
  return (differ & ((1 << rest) - 1)) === 0;
}

/**
 * A number that equal bytes share. An attacker may find other bytes that share it: tables that are built on
 * it look at a bounded number of places.
 */
export function hash(start: usize, length: u32, seed: u32): u32 {
  let sum: u64 = (<u64>length * 0x9e3779b97f4a7c15) ^ <u64>seed;
  let at: u32 = 0;
  for (; at + 8 <= length; at += 8) sum = mix(sum ^ load<u64>(start + at));
  const rest = length - at;
  if (rest !== 0) sum = mix(sum ^ (load<u64>(start + at) & ((<u64>1 << (<u64>rest << 3)) - 1)));
  return <u32>(sum >> 32);
}

// @ts-ignore: decorator
@inline
function mix(sum: u64): u64 {
  const product = sum * 0xd6e8feb86659fd93;
  return product ^ (product >> 32);
}
