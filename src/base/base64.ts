import { assert } from './assert.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits: ReadonlyMap<string, number> = new Map(
  [...ALPHABET].map((sign, digit) => [sign, digit]),
);

/** The bytes of a text in base64 (RFC 4648, section 4), which must be right: a constant of ours, never input. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const end = text.indexOf('=');
  const length = end === -1 ? text.length : end;
  const bytes = new Uint8Array((length * 3) >> 2);
  let bits = 0;
  let filled = 0;
  let at = 0;
  for (const sign of text.slice(0, length)) {
    const digit = digits.get(sign);
    assert(digit !== undefined, 'a sign of base64');
    bits = ((bits << 6) | digit) & 0xffff;
    filled += 6;
    if (filled < 8) continue;
    filled -= 8;
    bytes[at++] = (bits >> filled) & 0xff;
  }
  return bytes;
}
