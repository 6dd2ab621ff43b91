/**
 * A value in Sigma's notation, ready to compare: `*` any run, `?` one character, `\` escapes both and itself.
 * Case is ignored; the text must be folded (lower case) by the caller, once for all patterns.
 */
export interface Wildcard {
  /** True if the whole text fits. Time is linear in the text for each piece between two stars. */
  fits(folded: string): boolean;
  /** The pieces between stars, folded; `undefined` in a piece stands for `?`. */
  readonly pieces: readonly Piece[];
}

/** Characters that stand side by side. `text` is set when none of them is `?`. */
export interface Piece {
  readonly text: string | undefined;
  readonly characters: readonly (string | undefined)[];
}

/** Reads a value. Every text is a valid one: a lone backslash stands for itself. */
export function compileWildcard(value: string): Wildcard {
  const pieces = readPieces(value.toLowerCase());
  const first = pieces[0];
  const last = pieces[pieces.length - 1];
  if (pieces.length === 1 && first !== undefined) {
    return {
      pieces,
      fits: (folded) => folded.length === first.characters.length && standsAt(first, folded, 0),
    };
  }
  const inner = pieces.slice(1, -1);
  return {
    pieces,
    fits: (folded) => {
      if (first === undefined || last === undefined) return folded === '';
      const end = folded.length - last.characters.length;
      if (end < first.characters.length) return false;
      if (!standsAt(first, folded, 0) || !standsAt(last, folded, end)) return false;
      let from = first.characters.length;
      // The leftmost place of each piece leaves the most room for the rest, so nothing is tried twice.
      for (const piece of inner) {
        const at = find(piece, folded, from);
        if (at < 0) return false;
        from = at + piece.characters.length;
        if (from > end) return false;
      }
      return true;
    },
  };
}

function readPieces(value: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let characters: (string | undefined)[] = [];
  const close = (): void => {
    const text = characters.includes(undefined) ? undefined : characters.join('');
    pieces.push({ text, characters });
    characters = [];
  };
  for (let index = 0; index < value.length; index += 1) {
    const character = value.charAt(index);
    const next = value.charAt(index + 1);
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      characters.push(next);
      index += 1;
    } else if (character === '*') {
      close();
    } else {
      characters.push(character === '?' ? undefined : character);
    }
  }
  close();
  return pieces;
}

function find(piece: Piece, folded: string, from: number): number {
  if (piece.text !== undefined) return folded.indexOf(piece.text, from);
  const end = folded.length - piece.characters.length;
  for (let at = from; at <= end; at += 1) {
    if (standsAt(piece, folded, at)) return at;
  }
  return -1;
}

function standsAt(piece: Piece, folded: string, at: number): boolean {
  if (piece.text !== undefined) return folded.startsWith(piece.text, at);
  return piece.characters.every(
    (character, index) => character === undefined || folded.charAt(at + index) === character,
  );
}
