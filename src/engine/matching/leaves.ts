import type { Match, TextPattern } from '../../language/tree.ts';
import type { Leaf } from './nodes.ts';

/**
 * The comparisons of one field, or those of keywords: equal ones are one leaf. Nearly all of them look for
 * one text without regard to case, and are found by that text itself, so that no key is kept for them.
 */
export class Leaves {
  readonly #is = new Map<string, Leaf>();
  readonly #startsWith = new Map<string, Leaf>();
  readonly #endsWith = new Map<string, Leaf>();
  readonly #contains = new Map<string, Leaf>();
  readonly #others = new Map<string, Leaf>();

  /** The leaf of this normal comparison, made if it is new. */
  of(match: Match, make: (match: Match) => Leaf): Leaf {
    const pattern = match.kind === 'text' && !match.cased ? match.pattern : [];
    const known = this.#shelfOf(pattern);
    const literal = pattern[pattern[0]?.kind === 'many' ? 1 : 0];
    const isPlain = known !== this.#others && literal?.kind === 'literal';
    const key = isPlain ? literal.text : keyOf(match);
    let leaf = known.get(key);
    if (leaf === undefined) {
      leaf = make(match);
      known.set(key, leaf);
    }
    return leaf;
  }

  #shelfOf(pattern: TextPattern): Map<string, Leaf> {
    const { length } = pattern;
    const first = pattern[0]?.kind;
    const second = pattern[1]?.kind;
    if (first === 'literal') {
      if (length === 1) return this.#is;
      if (length === 2 && second === 'many') return this.#startsWith;
    } else if (first === 'many' && second === 'literal') {
      if (length === 2) return this.#endsWith;
      if (length === 3 && pattern[2]?.kind === 'many') return this.#contains;
    }
    return this.#others;
  }
}

// Texts are preceded by their length, so that no two different predicates have one key. The other normal
// matches hold no bigint, since numbers have become text.
function keyOf(match: Match): string {
  if (match.kind !== 'text') return `${match.kind} ${JSON.stringify(match)}`;
  let key = match.cased ? 'cased ' : 'text ';
  for (const part of match.pattern) {
    key += part.kind === 'literal' ? `=${part.text.length}:${part.text}` : part.kind;
  }
  return key;
}
