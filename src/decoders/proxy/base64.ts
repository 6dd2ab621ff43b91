const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map([
  ...[...ALPHABET].map((sign, value) => [sign, value] as const),
  ['-', 62],
  ['_', 63],
]);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text that a gateway wrote as base64, or undefined if it is none. */
export function textOfBase64(base64: string): string | undefined {
  const digits = base64.replace(/={1,2}$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 6) / 8));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const sign of digits) {
    const value = VALUES.get(sign);
    if (value === undefined) return undefined;
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (buffer >> bits) & 0xff;
  }
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
