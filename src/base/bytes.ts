/** Bytes in JSON: as text where they are valid UTF-8, which telemetry is, else as base64. */
export type BytesSnapshot = { readonly text: string } | { readonly base64: string };

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Writes bytes so that exactly they can be read again. */
export function packBytes(bytes: Uint8Array): BytesSnapshot {
  try {
    return { text: strict.decode(bytes) };
  } catch {
    return { base64: toBase64(bytes) };
  }
}

/** Reads bytes again. */
export function unpackBytes(snapshot: BytesSnapshot): Uint8Array {
  return 'text' in snapshot ? encoder.encode(snapshot.text) : fromBase64(snapshot.base64);
}

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const held = Math.min(3, bytes.length - at);
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let digit = 0; digit <= held; digit++) {
      parts.push(alphabet.charAt((bits >> (18 - 6 * digit)) & 63));
    }
  }
  return parts.join('');
}

function fromBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const digit of text) {
    bits = ((bits << 6) | alphabet.indexOf(digit)) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[length++] = (bits >> held) & 0xff;
  }
  return bytes;
}
