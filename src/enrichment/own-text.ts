/**
 * A copy of the first characters that shares no memory with the text. V8 keeps the whole of a
 * record's text alive for as long as any slice of it is held; what is joined to another text and
 * cut out again is a slice of the joined one (a tenth of the cost of encoding and decoding it).
 */
export function ownText(text: string, lengthMax: number): string {
  // A cut may part a surrogate pair.
  return ` ${text.slice(0, lengthMax)}`.slice(1).toWellFormed();
}
