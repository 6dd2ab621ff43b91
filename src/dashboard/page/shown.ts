/**
 * Text that an attacker wrote, cut into pieces that show all that is in it. Nothing here makes markup;
 * the component `Value` puts each piece into a text node.
 */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** A character that can not be seen, or that changes how others are seen. */
  | { readonly kind: 'odd'; readonly label: string }
  | { readonly kind: 'spaces'; readonly count: number }
  /** What the redactor took out. */
  | { readonly kind: 'secret'; readonly label: string };

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'NUL',
  0x07: 'BEL',
  0x08: 'BS',
  0x1b: 'ESC',
  0x7f: 'DEL',
  0x85: 'NEL',
  0xa0: 'NBSP',
  0xad: 'SHY',
  0x034f: 'CGJ',
  0x061c: 'ALM',
  0x115f: 'HCF',
  0x180e: 'MVS',
  0x200b: 'ZWSP',
  0x200c: 'ZWNJ',
  0x200d: 'ZWJ',
  0x200e: 'LRM',
  0x200f: 'RLM',
  0x2028: 'LS',
  0x2029: 'PS',
  0x202a: 'LRE',
  0x202b: 'RLE',
  0x202c: 'PDF',
  0x202d: 'LRO',
  0x202e: 'RLO',
  0x2060: 'WJ',
  0x2066: 'LRI',
  0x2067: 'RLI',
  0x2068: 'FSI',
  0x2069: 'PDI',
  0x3164: 'HF',
  0xfeff: 'BOM',
  0xfffc: 'OBJ',
};

// Controls, unassigned, private, surrogates, every separator but the space, and whatever a renderer
// may leave out (zero width, variation selectors, tags, fillers).
const ODD = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}|[\u2800\ufffc]/u;
const SPECIAL = new RegExp(
  `(?<odd>${ODD.source})|(?<spaces> {9,})|(?<marks>(?<=\\p{M}{3})\\p{M}+)` +
    '|\\[redacted:(?<secret>[a-z0-9_]{1,32}):(?<length>\\d{1,10}):(?<digest>[0-9a-f]{12})\\]' +
    '|\\[cut:(?<cut>\\d{1,10})(?::[0-9a-f]{12})?\\]',
  'gu',
);

/** The text in pieces; most texts are one. */
export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(SPECIAL)) {
    if (match.index > at) found.push({ kind: 'text', text: text.slice(at, match.index) });
    found.push(pieceOf(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ kind: 'text', text: text.slice(at) });
  return found;
}

function pieceOf(match: RegExpExecArray): Piece {
  const groups = match.groups ?? {};
  const { odd, spaces, marks, secret, length, digest, cut } = groups;
  if (odd !== undefined) return { kind: 'odd', label: labelOf(odd) };
  if (spaces !== undefined) return { kind: 'spaces', count: spaces.length };
  if (marks !== undefined) return { kind: 'odd', label: `${marks.length} combining marks` };
  if (cut !== undefined) return { kind: 'secret', label: `${cut} characters left out` };
  const id = (digest ?? '').slice(0, 4);
  return { kind: 'secret', label: `${secret ?? ''} hidden, ${length ?? ''} characters, #${id}` };
}

function labelOf(character: string): string {
  if (character === '\n') return 'LF';
  if (character === '\t') return 'TAB';
  if (character === '\r') return 'CR';
  const code = character.codePointAt(0) ?? 0;
  const name = NAMES[code];
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return name === undefined ? hex : `${hex} ${name}`;
}

/** True if something in the text can not be seen as it is. */
export function hasHidden(text: string): boolean {
  return pieces(text).some(({ kind }) => kind === 'odd');
}

/** One line of plain text, for attributes: accessible names, titles of the window. */
export function plain(text: string, lengthMax = 200): string {
  let line = '';
  for (const piece of pieces(text)) {
    if (piece.kind === 'text') line += piece.text;
    else if (piece.kind === 'spaces') line += `[${piece.count} spaces]`;
    else line += `[${piece.label}]`;
    if (line.length > lengthMax) return `${firstOf(line, lengthMax)}…`;
  }
  return line;
}

const HEAD = 120;
const TAIL = 60;
/** To hide less than this is not worth a click. */
const SPARED = 120;

/** A long value's beginning and end. The end of a command line is where the payload hides. */
export function headAndTail(
  text: string,
): { readonly head: string; readonly tail: string; readonly missing: number } | undefined {
  if (text.length <= HEAD + TAIL + SPARED) return undefined;
  const head = whole(firstOf(text, HEAD));
  const tail = lastOf(text, TAIL);
  const missing = text.length - head.length - tail.length;
  return missing <= SPARED ? undefined : { head, tail, missing };
}

// What the redactor left is not cut in its middle.
function whole(head: string): string {
  const open = head.lastIndexOf('[redacted:');
  return open >= 0 && !head.includes(']', open) ? head.slice(0, open) : head;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The first characters as people count them; never half of one. */
function firstOf(text: string, count: number): string {
  let end = 0;
  let seen = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (seen++ >= count) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** Code units of the longest characters that people use; longer ones are cut. */
const UNITS_MAX = 32;

function lastOf(text: string, count: number): string {
  const segments = [...segmenter.segment(text.slice(-count * UNITS_MAX))];
  return segments
    .slice(-count)
    .map(({ segment }) => segment)
    .join('');
}
