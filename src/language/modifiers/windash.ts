import { literals } from '../pattern.ts';
import type { PatternPart, TextPattern } from '../tree.ts';
import type { Draft, ValueModifier } from './modifier.ts';

// One class instead of five variants for each dash, whose number would grow as 5^n.
/** `windash`: a dash or slash that begins an option stands for any of - / and three typographic dashes. */
export const windash: ValueModifier = {
  kind: 'value',
  name: 'windash',
  aliases: [],
  summary:
    'The dash or slash before an option also stands for the other dashes that Windows takes.',
  change: (draft: Draft): Draft | undefined => {
    if (draft.kind === 'text' && !draft.bytes) {
      return { ...draft, pattern: classDashes(draft.pattern) };
    }
    if (draft.kind !== 'placeholder') return undefined;
    const parts = draft.parts.map((part) =>
      part.kind === 'literal' ? { ...part, pattern: classDashes(part.pattern) } : part,
    );
    return { ...draft, parts };
  },
};

function classDashes(pattern: TextPattern): TextPattern {
  return literals(
    pattern.flatMap((part) => (part.kind === 'literal' ? dashParts(part.text) : [part])),
  );
}

// An option's dash: a word character behind it, none before it (`\B[-/]\b` in pySigma), so that the
// dashes inside `a-b` stay.
function dashParts(text: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let from = 0;
  for (const found of text.matchAll(/(?<![\p{L}\p{N}_])[-/](?=[\p{L}\p{N}_])/gu)) {
    parts.push({ kind: 'literal', text: text.slice(from, found.index) }, { kind: 'dash' });
    from = found.index + 1;
  }
  parts.push({ kind: 'literal', text: text.slice(from) });
  return parts;
}
