/** The SHA-256 digest (FIPS 180-4) of these bytes, 32 bytes long. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  digest(bytes, bytes.length);
  const result = new Uint8Array(32);
  for (let word = 0, at = 0; word < 8; word++) {
    const value = chain[word] ?? 0;
    result[at++] = value >>> 24;
    result[at++] = value >>> 16;
    result[at++] = value >>> 8;
    result[at++] = value;
  }
  return result;
}

/** These bytes in lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte] ?? '';
  return text;
}

/**
 * The hex SHA-256 of these texts, each as UTF-8 behind its 4-byte big-endian length, so that
 * `['ab', 'c']` and `['a', 'bc']` differ. A lone surrogate counts as U+FFFD. A text may be given as
 * its bytes.
 */
export function digestParts(parts: readonly (string | Uint8Array)[]): string {
  let length = 0;
  for (const part of parts) length = appendPart(part, length);
  digest(parcel, length);
  let text = '';
  for (let word = 0; word < 8; word++) {
    const value = chain[word] ?? 0;
    text += HEX[value >>> 24] ?? '';
    text += HEX[(value >>> 16) & 0xff] ?? '';
    text += HEX[(value >>> 8) & 0xff] ?? '';
    text += HEX[value & 0xff] ?? '';
  }
  if (parcel.length > PARCEL_KEPT_MAX) parcel = new Uint8Array(PARCEL_KEPT_MAX);
  return text;
}

/** The HMAC-SHA-256 (RFC 2104) of this message. */
export function keyedDigest(key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  const block = key.length > 64 ? sha256(key) : key;
  const inner = new Uint8Array(64 + message.length).fill(0x36, 0, 64);
  const outer = new Uint8Array(64 + 32).fill(0x5c, 0, 64);
  for (let index = 0; index < block.length; index++) {
    const byte = block[index] ?? 0;
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  inner.set(message, 64);
  outer.set(sha256(inner), 64);
  return sha256(outer);
}

// Scratch memory of the module. Nothing here outlives a call: the functions are synchronous, do not
// call back, and write every byte that they read.
const PARCEL_KEPT_MAX = 16_384;
let parcel: Uint8Array<ArrayBuffer> = new Uint8Array(PARCEL_KEPT_MAX);
const chain = new Int32Array(8);
const schedule = new Int32Array(64);
const tail = new Uint8Array(128);

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** Appends one length-prefixed part to `parcel` and returns the new length. */
function appendPart(part: string | Uint8Array, from: number): number {
  // A UTF-16 unit becomes at most three bytes of UTF-8.
  const needed = from + 4 + part.length * (typeof part === 'string' ? 3 : 1);
  if (needed > parcel.length) {
    const grown = new Uint8Array(Math.max(needed, parcel.length * 2));
    grown.set(parcel.subarray(0, from));
    parcel = grown;
  }
  const end =
    typeof part === 'string'
      ? appendUtf8(parcel, part, from + 4)
      : appendBytes(parcel, part, from + 4);
  const length = end - from - 4;
  parcel[from] = length >>> 24;
  parcel[from + 1] = length >>> 16;
  parcel[from + 2] = length >>> 8;
  parcel[from + 3] = length;
  return end;
}

function appendBytes(target: Uint8Array, bytes: Uint8Array, from: number): number {
  target.set(bytes, from);
  return from + bytes.length;
}

function appendUtf8(target: Uint8Array, text: string, from: number): number {
  let at = from;
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      target[at++] = code;
      continue;
    }
    if (code < 0x800) {
      target[at++] = 0xc0 | (code >>> 6);
      target[at++] = 0x80 | (code & 0x3f);
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      const next = index + 1 < text.length ? text.charCodeAt(index + 1) : 0;
      if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        index++;
        target[at++] = 0xf0 | (code >>> 18);
        target[at++] = 0x80 | ((code >>> 12) & 0x3f);
        target[at++] = 0x80 | ((code >>> 6) & 0x3f);
        target[at++] = 0x80 | (code & 0x3f);
        continue;
      }
      code = 0xfffd;
    }
    target[at++] = 0xe0 | (code >>> 12);
    target[at++] = 0x80 | ((code >>> 6) & 0x3f);
    target[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}

/** Leaves the digest of the first `length` bytes in `chain`. */
function digest(bytes: Uint8Array, length: number): void {
  chain.set(INITIAL);
  const whole = length - (length % 64);
  for (let at = 0; at < whole; at += 64) compress(bytes, at);

  const rest = length - whole;
  tail.fill(0);
  for (let index = 0; index < rest; index++) tail[index] = bytes[whole + index] ?? 0;
  tail[rest] = 0x80;
  const end = rest < 56 ? 64 : 128;
  const high = Math.floor(length / 0x2000_0000);
  const low = length << 3;
  for (let index = 0; index < 4; index++) {
    tail[end - 8 + index] = high >>> (24 - 8 * index);
    tail[end - 4 + index] = low >>> (24 - 8 * index);
  }
  compress(tail, 0);
  if (end === 128) compress(tail, 64);
}

/** Folds the 64 bytes at `from` into `chain`. */
function compress(bytes: Uint8Array, from: number): void {
  const w = schedule;
  for (let index = 0, at = from; index < 16; index++, at += 4) {
    w[index] =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
  }
  for (let index = 16; index < 64; index++) {
    const x = w[index - 15] ?? 0;
    const y = w[index - 2] ?? 0;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[index] = ((w[index - 16] ?? 0) + s0 + (w[index - 7] ?? 0) + s1) | 0;
  }
  let a = chain[0] ?? 0;
  let b = chain[1] ?? 0;
  let c = chain[2] ?? 0;
  let d = chain[3] ?? 0;
  let e = chain[4] ?? 0;
  let f = chain[5] ?? 0;
  let g = chain[6] ?? 0;
  let h = chain[7] ?? 0;
  for (let index = 0; index < 64; index++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ROUND[index] ?? 0) + (w[index] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  chain[0] = (chain[0] ?? 0) + a;
  chain[1] = (chain[1] ?? 0) + b;
  chain[2] = (chain[2] ?? 0) + c;
  chain[3] = (chain[3] ?? 0) + d;
  chain[4] = (chain[4] ?? 0) + e;
  chain[5] = (chain[5] ?? 0) + f;
  chain[6] = (chain[6] ?? 0) + g;
  chain[7] = (chain[7] ?? 0) + h;
}

/** FIPS 180-4, 4.2.2: the first 32 fractional bits of the cube roots of the first 64 primes. */
// prettier-ignore
const ROUND: Int32Array = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);

/** FIPS 180-4, 5.3.3: the first 32 fractional bits of the square roots of the first 8 primes. */
// prettier-ignore
const INITIAL: Int32Array = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);
