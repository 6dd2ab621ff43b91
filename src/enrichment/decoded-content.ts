import type { EncodedRun } from './encoded-runs.ts';

/** What decoded bytes are, by their first ones. */
export type ContentKind = 'text' | 'gzip' | 'archive' | 'document' | 'image' | 'binary';

/** A decoded run. */
export interface DecodedContent {
  readonly kind: ContentKind;
  /** Of a text. */
  readonly text: string | undefined;
}

// The head says what it is, and holds the secrets of a short text; a longer one is cut.
const CHARACTERS_DECODED_MAX = 8192;

// First bytes, in hexadecimal: RFC 1952, 1950, 8878, PKWARE's note, and the formats' own documents.
const MAGIC: readonly (readonly [string, ContentKind])[] = [
  ['1f8b08', 'gzip'],
  ['789c', 'gzip'],
  ['7801', 'gzip'],
  ['78da', 'gzip'],
  ['28b52ffd', 'gzip'],
  ['504b0304', 'archive'],
  ['fd377a585a00', 'archive'],
  ['425a68', 'archive'],
  ['377abcaf271c', 'archive'],
  ['52617221', 'archive'],
  ['25504446', 'document'],
  ['d0cf11e0a1b11ae1', 'document'],
  ['53514c69746520666f726d6174', 'document'],
  ['89504e47', 'image'],
  ['ffd8ff', 'image'],
  ['47494638', 'image'],
];

const MAGIC_BYTES = 13;
const PRINTABLE_SHARE_MIN = 0.95;

/** Decodes the head of a run, one level deep. */
export function decodeRun(run: EncodedRun): DecodedContent {
  const bytes = bytesOf(run);
  const head = [...bytes.subarray(0, MAGIC_BYTES)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  const known = MAGIC.find(([magic]) => head.startsWith(magic));
  if (known !== undefined) return { kind: known[1], text: undefined };
  const text = textOf(bytes);
  return text === undefined ? { kind: 'binary', text } : { kind: 'text', text };
}

function bytesOf({ encoding, text }: EncodedRun): Uint8Array {
  const head = text.slice(0, CHARACTERS_DECODED_MAX);
  switch (encoding) {
    case 'hex':
      return decode(head, 4);
    case 'base32':
      return decode(head, 5);
    default:
      return decode(head, 6);
  }
}

function decode(text: string, width: 4 | 5 | 6): Uint8Array {
  const bytes = new Uint8Array((text.length * width) >> 3);
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = digitOf(text.charCodeAt(index), width);
    buffer = ((buffer << width) | digit) & 0xffff;
    bits += width;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (buffer >> bits) & 0xff;
  }
  return bytes;
}

// Of a character that is known to belong to the alphabet.
function digitOf(code: number, width: 4 | 5 | 6): number {
  const isDigit = code >= 48 && code <= 57;
  if (width === 4) return isDigit ? code - 48 : (code | 32) - 87;
  if (width === 5) return isDigit ? code - 24 : code - 65;
  if (isDigit) return code + 4;
  if (code >= 97) return code - 71;
  if (code >= 65 && code <= 90) return code - 65;
  return code === 43 || code === 45 ? 62 : 63;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const utf16 = new TextDecoder('utf-16le');

function textOf(bytes: Uint8Array): string | undefined {
  // PowerShell encodes UTF-16: every other byte of a Latin text is zero.
  const isWide = bytes.length >= 8 && [1, 3, 5, 7].every((index) => bytes[index] === 0);
  // The head may end within a character, which takes up to four bytes.
  for (let cut = 0; cut < 4; cut += 1) {
    const text = isWide ? utf16.decode(bytes) : utf8Text(bytes.subarray(0, bytes.length - cut));
    if (text === undefined) continue;
    return isPrintable(text) ? text : undefined;
  }
  return undefined;
}

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function isPrintable(text: string): boolean {
  let control = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) control += 1;
  }
  return text.length > 0 && control <= text.length * (1 - PRINTABLE_SHARE_MIN);
}
