const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const held = Math.min(3, bytes.length - at);
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let digit = 0; digit < 4; digit += 1) {
      text += digit <= held ? alphabet.charAt((group >>> (18 - 6 * digit)) & 63) : '=';
    }
  }
  return text;
}

/** UTF-8 text as base64. */
export function encodeText(text: string): string {
  return encodeBase64(new TextEncoder().encode(text));
}

/** What PowerShell's -EncodedCommand takes: base64 of UTF-16, little end first. */
export function encodeCommand(script: string): string {
  const bytes = new Uint8Array(script.length * 2);
  for (let at = 0; at < script.length; at += 1) {
    const unit = script.charCodeAt(at);
    bytes[2 * at] = unit & 0xff;
    bytes[2 * at + 1] = unit >>> 8;
  }
  return encodeBase64(bytes);
}
