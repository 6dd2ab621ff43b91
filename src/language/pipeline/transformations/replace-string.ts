import { literals } from '../../pattern.ts';
import { readPattern } from '../conditions.ts';
import { mapLeaves } from '../../walk.ts';
import type { TransformationKind } from '../pipeline.ts';

/** `replace_string`: changes the literal parts of text values by a regular expression; wildcards stay. */
export const replaceString: TransformationKind = {
  type: 'replace_string',
  summary: 'Replaces what a regular expression finds in the literal parts of text values.',
  read: (keys) => {
    const regex = readPattern(keys, 'regex');
    const replacement = inOurNotation(keys.text('replacement', 1000) ?? '');
    if (regex === undefined) return undefined;
    return {
      scope: 'item',
      change: ({ expression }) =>
        mapLeaves(expression, (leaf) => {
          if (leaf.kind === 'exists' || leaf.match.kind !== 'text') return leaf;
          const parts = leaf.match.pattern.map((part) =>
            part.kind === 'literal'
              ? { ...part, text: regex.matcher(part.text).replaceAll(replacement) }
              : part,
          );
          return { ...leaf, match: { ...leaf.match, pattern: literals(parts) } };
        }),
    };
  },
};

// pySigma writes groups as Python does, \1; RE2JS takes $1, and $$ for a dollar sign.
function inOurNotation(replacement: string): string {
  const literal = replacement.replaceAll('$', () => '$$');
  return literal.replaceAll(/\\([0-9])/g, (_whole, group: string) => `$${group}`);
}
