import type { Keys } from '../../keys.ts';
import { literals, parsePattern } from '../../pattern.ts';
import type { Expression, Match, PatternPart, TextPattern } from '../../tree.ts';
import { mapLeaves } from '../../walk.ts';
import type { Run, Transformation, TransformationKind } from '../pipeline.ts';

type Fill = (name: string, run: Run) => readonly TextPattern[] | undefined;

/**
 * `value_placeholders`: the pipeline's `vars` in place of placeholders. A placeholder without variable stays
 * and is looked up in the policy lists.
 */
export const valuePlaceholders: TransformationKind = {
  type: 'value_placeholders',
  summary: 'Puts the values of vars in place of %placeholders%.',
  read: (keys) =>
    readFilled(keys, (name, { pipeline }) =>
      pipeline.variables.get(name)?.map((value) => parsePattern(value).pattern),
    ),
};

/** `wildcard_placeholders`: any text in place of placeholders. */
export const wildcardPlaceholders: TransformationKind = {
  type: 'wildcard_placeholders',
  summary: 'Puts * in place of %placeholders%.',
  read: (keys) => readFilled(keys, () => [[{ kind: 'many' }]]),
};

// Placeholders of one value multiply.
const combinationsMax = 10_000;

function readFilled(keys: Keys, fill: Fill): Transformation {
  const included = keys.has('include') ? new Set(keys.texts('include')) : undefined;
  const excluded = new Set(keys.texts('exclude'));
  keys.entry('include');
  const chosen: Fill = (name, run) =>
    (included?.has(name) ?? true) && !excluded.has(name) ? fill(name, run) : undefined;
  return {
    scope: 'item',
    change: ({ expression }, run) =>
      mapLeaves(expression, (leaf): Expression => {
        if (leaf.kind === 'exists' || leaf.match.kind !== 'placeholder') return leaf;
        const matches = fillMatch(leaf.match, chosen, run);
        const operands = matches.map((match) => ({ ...leaf, match }) as const);
        const [first] = operands;
        return first !== undefined && operands.length === 1 ? first : { kind: 'or', operands };
      }),
  };
}

/** What the match stands for, or itself when one of its placeholders is left for the policy. */
function fillMatch(
  match: Extract<Match, { readonly kind: 'placeholder' }>,
  fill: Fill,
  run: Run,
): readonly Match[] {
  let patterns: readonly (readonly PatternPart[])[] = [[]];
  for (const part of match.parts) {
    const choices = part.kind === 'literal' ? [part.pattern] : fill(part.name, run);
    if (choices === undefined) return [match];
    if (patterns.length * choices.length > combinationsMax) {
      run.fail(`its placeholders stand for more than ${String(combinationsMax)} values`);
      return [match];
    }
    patterns = patterns.flatMap((pattern) => choices.map((choice) => [...pattern, ...choice]));
  }
  return patterns.map((pattern) => ({
    kind: 'text',
    pattern: literals(pattern),
    cased: match.cased,
  }));
}
