// Bytes of a typed array are read several times faster than the characters of a string, and the
// copy is made by native code. Shared by all searches, since none keeps it.
const lengthMin = 160;
const lengthMax = 65_536;
const scratch = new Uint8Array(lengthMax);
const encoder = new TextEncoder();

/**
 * The text's bytes, valid until the next call, if it is ASCII and neither too short nor too long to
 * gain.
 */
export function asciiBytes(text: string): Uint8Array | undefined {
  if (text.length < lengthMin || text.length > lengthMax) return undefined;
  // What is beyond ASCII takes more bytes than it has code units.
  const { written } = encoder.encodeInto(text, scratch);
  return written === text.length ? scratch : undefined;
}
