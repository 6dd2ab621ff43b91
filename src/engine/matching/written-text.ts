import { findBytes } from './probe/probe.ts';

/**
 * A text, folded, in the few ways in which JSON may write it (RFC 8259, 7), and whether a value that is one of
 * these contains it.
 */
export class WrittenText {
  readonly #ways: readonly Uint8Array[];

  constructor(ways: readonly Uint8Array[]) {
    this.#ways = ways;
  }

  /**
   * True if the text stands, apart from case, in the value that is written so in a plain JSON text
   * (`TelemetryEvent.plainBytes`); undefined if that is too long to say.
   */
  standsIn(bytes: Uint8Array): boolean | undefined {
    for (const way of this.#ways) {
      let place = findBytes(bytes, way, 0);
      while (place !== undefined && place >= 0) {
        if (!isInEscape(bytes, place)) return true;
        place = findBytes(bytes, way, place + 1);
      }
      if (place === undefined) return undefined;
    }
    return false;
  }
}

const waysMax = 4;
const lengthMax = 100;

/** The ways to write a folded text; undefined if they are too many, or it is not all printable ASCII. */
export function writtenText(text: string): WrittenText | undefined {
  if (text.length === 0 || text.length > lengthMax || !/^[ -~]+$/.test(text)) return undefined;
  let ways = [''];
  for (const sign of text) {
    const written = waysOf(sign);
    if (ways.length * written.length > waysMax) return undefined;
    ways = ways.flatMap((head) => written.map((tail) => head + tail));
  }
  return new WrittenText(ways.map((way) => encoder.encode(way)));
}

const encoder = new TextEncoder();

// In a plain text, only these are written by their number.
const numbered = '"&\'+<=>';

function waysOf(sign: string): readonly string[] {
  if (sign === '\\') return ['\\\\'];
  if (sign === '/') return ['/', '\\/'];
  if (!numbered.includes(sign)) return [sign];
  const number = `\\u00${sign.charCodeAt(0).toString(16)}`;
  return [sign === '"' ? '\\"' : sign, number];
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** Bytes of `\u0026`. */
const numberedLength = 6;

/** True if an escape began before this place and has not ended there. */
function isInEscape(bytes: Uint8Array, place: number): boolean {
  if (isEscape(bytes, place - 1)) return true;
  for (let start = place - numberedLength + 1; start < place - 1; start++) {
    if (bytes[start + 1] === LETTER_U && isEscape(bytes, start)) return true;
  }
  return false;
}

/** True if the byte here is a backslash that none before it escapes. */
function isEscape(bytes: Uint8Array, place: number): boolean {
  let start = place;
  while (start >= 0 && bytes[start] === BACKSLASH) start--;
  return (place - start) % 2 === 1;
}
