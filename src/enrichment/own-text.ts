const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A copy of the first characters that shares no memory with the text. V8 keeps the whole of a record's text alive
 * for as long as any slice of it is held.
 */
export function ownText(text: string, lengthMax: number): string {
  return decoder.decode(encoder.encode(text.slice(0, lengthMax)));
}
