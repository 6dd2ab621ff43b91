// The grammar of JSON (RFC 8259), on bytes. A place behind the last byte is returned, or 0 for what is no JSON
// or is left to JSON.parse. Behind the input stands a zero byte, which no part of the grammar takes.

import { FALSE, NULL, TRUE } from './kinds';

/** Arrays and objects inside each other in an array. */
const NESTED_MAX: u32 = 32;

let hidden: bool = false;

/**
 * True if a string was seen whose text can not be searched for by its bytes: it has a `\u` escape other than of
 * a sign that writers of JSON for web pages escape, or a letter beyond ASCII that folds to ASCII.
 */
// @ts-ignore: decorator
@inline
export function isHidden(): bool {
  return hidden;
}

// @ts-ignore: decorator
@inline
export function setHidden(value: bool): void {
  hidden = value;
}

// @ts-ignore: decorator
@inline
export function skipSpace(start: usize): usize {
  let at = start;
  while (isSpace(load<u8>(at))) at++;
  return at;
}

// @ts-ignore: decorator
@inline
function isSpace(byte: u8): bool {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Where the string ends whose first byte stands here: its closing quote. */
export function stringEnd(start: usize): usize {
  let block = start;
  let special = specialBytes(block);
  while (true) {
    if (special === 0) {
      block += 16;
      special = specialBytes(block);
      continue;
    }
    const place = block + <usize>ctz(special);
    const byte = load<u8>(place);
    if (byte === 0x22) return place;
    if (byte !== 0x5c && byte < 0x80) return 0;
    const end = byte === 0x5c ? escapeEnd(place) : characterEnd(place);
    if (end === 0) return 0;
    const taken = <u32>(end - block);
    if (taken < 16) special &= ~((1 << taken) - 1);
    else {
      block = end;
      special = specialBytes(block);
    }
  }
}

/** By bit, which of sixteen bytes are quotes, backslashes, controls or beyond ASCII. */
// @ts-ignore: decorator
@inline
function specialBytes(start: usize): u32 {
  const block = v128.load(start);
  const marks = v128.or(
    i8x16.eq(block, i8x16.splat(0x22)),
    i8x16.eq(block, i8x16.splat(0x5c)),
  );
  // Signed, so that bytes beyond ASCII are below the first sign that is no control.
  return i8x16.bitmask(v128.or(marks, i8x16.lt_s(block, i8x16.splat(0x20))));
}

function escapeEnd(start: usize): usize {
  const letter = load<u8>(start + 1);
  if (letter === 0x5c) {
    // An escape may stand in a text inside of this text.
    if (load<u8>(start + 2) === 0x75) noteEscape(start + 3);
    return start + 2;
  }
  if (letter === 0x75) return unicodeEnd(start + 2);
  // " / b f n r t
  const isShort =
    letter === 0x22 ||
    letter === 0x2f ||
    letter === 0x62 ||
    letter === 0x66 ||
    letter === 0x6e ||
    letter === 0x72 ||
    letter === 0x74;
  return isShort ? start + 2 : 0;
}

function unicodeEnd(digits: usize): usize {
  const code = hexadecimal(digits);
  // Halves of a pair are left to JSON.parse.
  if (code < 0 || (code & 0xf800) === 0xd800) return 0;
  noteEscape(digits);
  return digits + 4;
}

function noteEscape(digits: usize): void {
  const code = hexadecimal(digits);
  if (code < 0) return;
  // " & ' + < = >
  const isSign =
    code === 0x22 ||
    code === 0x26 ||
    code === 0x27 ||
    code === 0x2b ||
    code === 0x3c ||
    code === 0x3d ||
    code === 0x3e;
  if (!isSign) hidden = true;
}

/** The number in four hexadecimal digits, or -1. */
function hexadecimal(start: usize): i32 {
  let code: i32 = 0;
  for (let at = start; at < start + 4; at++) {
    const byte = <i32>load<u8>(at);
    const letter = byte | 0x20;
    let digit: i32;
    if (byte >= 0x30 && byte <= 0x39) digit = byte - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) digit = letter - 0x61 + 10;
    else return -1;
    code = (code << 4) | digit;
  }
  return code;
}

/** Where the character of UTF-8 ends that begins here, beyond ASCII (Unicode 3.9, table 3-7). */
function characterEnd(start: usize): usize {
  const first = load<u8>(start);
  const second = load<u8>(start + 1);
  if (first >= 0xc2 && first <= 0xdf) {
    // U+017F, which folds to s.
    if (first === 0xc5 && second === 0xbf) hidden = true;
    return isContinuation(second) ? start + 2 : 0;
  }
  const third = load<u8>(start + 2);
  if (first >= 0xe0 && first <= 0xef) {
    if (!isContinuation(second) || !isContinuation(third)) return 0;
    if (first === 0xe0 && second < 0xa0) return 0;
    if (first === 0xed && second > 0x9f) return 0;
    // U+212A, which folds to k.
    if (first === 0xe2 && second === 0x84 && third === 0xaa) hidden = true;
    return start + 3;
  }
  if (first < 0xf0 || first > 0xf4) return 0;
  if (!isContinuation(second) || !isContinuation(third)) return 0;
  if (!isContinuation(load<u8>(start + 3))) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return start + 4;
}

// @ts-ignore: decorator
@inline
function isContinuation(byte: u8): bool {
  return (byte & 0xc0) === 0x80;
}

export function numberEnd(start: usize): usize {
  let at = start;
  if (load<u8>(at) === 0x2d) at++;
  if (load<u8>(at) === 0x30) at++;
  else {
    const digits = digitsEnd(at);
    if (digits === at) return 0;
    at = digits;
  }
  if (load<u8>(at) === 0x2e) {
    const digits = digitsEnd(at + 1);
    if (digits === at + 1) return 0;
    at = digits;
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    at++;
    const sign = load<u8>(at);
    if (sign === 0x2b || sign === 0x2d) at++;
    const digits = digitsEnd(at);
    if (digits === at) return 0;
    at = digits;
  }
  return at;
}

// @ts-ignore: decorator
@inline
function digitsEnd(start: usize): usize {
  let at = start;
  while (<u8>(load<u8>(at) - 0x30) <= 9) at++;
  return at;
}

/** Where `true`, `false` or `null` ends. */
export function literalEnd(start: usize, kind: u32): usize {
  const word = load<u32>(start);
  if (kind === TRUE) return word === 0x65757274 ? start + 4 : 0;
  if (kind === NULL) return word === 0x6c6c756e ? start + 4 : 0;
  return word === 0x736c6166 && load<u8>(start + 4) === 0x65 ? start + 5 : 0;
}

/** Where the array ends that begins here. */
export function arrayEnd(start: usize): usize {
  return nestedEnd(start, 1);
}

function nestedEnd(start: usize, depth: u32): usize {
  if (depth > NESTED_MAX) return 0;
  const isArray = load<u8>(start) === 0x5b;
  const close: u8 = isArray ? 0x5d : 0x7d;
  let at = skipSpace(start + 1);
  if (load<u8>(at) === close) return at + 1;
  while (true) {
    if (!isArray) {
      if (load<u8>(at) !== 0x22) return 0;
      const nameEnd = stringEnd(at + 1);
      if (nameEnd === 0) return 0;
      at = skipSpace(nameEnd + 1);
      if (load<u8>(at) !== 0x3a) return 0;
      at = skipSpace(at + 1);
    }
    at = valueEnd(at, depth);
    if (at === 0) return 0;
    at = skipSpace(at);
    const byte = load<u8>(at);
    if (byte === close) return at + 1;
    if (byte !== 0x2c) return 0;
    at = skipSpace(at + 1);
  }
}

function valueEnd(start: usize, depth: u32): usize {
  const byte = load<u8>(start);
  if (byte === 0x22) {
    const end = stringEnd(start + 1);
    return end === 0 ? 0 : end + 1;
  }
  if (byte === 0x7b || byte === 0x5b) return nestedEnd(start, depth + 1);
  if (byte === 0x74) return literalEnd(start, TRUE);
  if (byte === 0x66) return literalEnd(start, FALSE);
  if (byte === 0x6e) return literalEnd(start, NULL);
  return numberEnd(start);
}
