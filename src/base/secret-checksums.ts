const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_LENGTH = 6;
const BODY_LENGTH = 36;

// Prefixes of tokens whose last six characters are the CRC-32 of those before, in base 62 (GitHub's note on its token
// formats of 2021; npm took them over).
const CHECKED = /^(?:gh[pousr]_|npm_)([A-Za-z0-9]{36})$/;

const CRC_TABLE: Uint32Array = crcTable();

/**
 * Whether a token's own checksum is right; undefined for kinds without one, and for newer forms of other lengths. It
 * tells tokens from examples and random words of their shape.
 */
export function hasRightChecksum(token: string): boolean | undefined {
  const body = CHECKED.exec(token)?.[1];
  if (body?.length !== BODY_LENGTH) return undefined;
  const checked = body.slice(0, -CHECKSUM_LENGTH);
  return base62(crc32(checked)) === body.slice(-CHECKSUM_LENGTH);
}

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at += 1) {
    crc = (CRC_TABLE[(crc ^ text.charCodeAt(at)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function base62(value: number): string {
  let rest = value;
  let text = '';
  for (let digit = 0; digit < CHECKSUM_LENGTH; digit += 1) {
    text = DIGITS.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

// The reversed polynomial of ISO 3309.
function crcTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  return table;
}
