import { foldCase } from '../../base/case.ts';
import { isDash } from './wildcards.ts';
import type { TextSearch, Wanted } from './text-search.ts';

interface Literal {
  readonly text: string;
  readonly isHead: boolean;
  readonly isTail: boolean;
  readonly ids: Int32Array;
}

/** Finds a few short needles one by one, with what the engine does natively. */
export class LiteralSearch implements TextSearch {
  readonly isCheap = false;
  readonly #literals: readonly Literal[];

  constructor(wanted: readonly Wanted[]) {
    this.#literals = wanted.map(({ needle: { units, isHead, isTail }, id }) => {
      const dash = units.findIndex(isDash);
      // A dash may be any dash, so only what stands before it is looked for.
      const text = String.fromCharCode(...(dash === -1 ? units : units.slice(0, dash)));
      return { text, isHead, isTail: isTail && dash === -1, ids: Int32Array.of(id) };
    });
  }

  scan(text: string, report: (ids: Int32Array) => void): void {
    const folded = foldCase(text);
    for (const { text: literal, isHead, isTail, ids } of this.#literals) {
      const isThere = isHead
        ? folded.startsWith(literal) && (!isTail || folded.length === literal.length)
        : isTail
          ? folded.endsWith(literal)
          : folded.includes(literal);
      if (isThere) report(ids);
    }
  }
}
