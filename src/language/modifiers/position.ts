import { many, openEnd, openStart } from '../pattern.ts';
import type { PlaceholderPart, TextPattern } from '../tree.ts';
import type { Draft, ValueModifier } from './modifier.ts';

type Position = 'startswith' | 'endswith' | 'contains';

/** `contains`: the value stands anywhere in the field. */
export const contains: ValueModifier = positional('contains', 'The field contains the value.');

/** `startswith`: the field begins with the value. */
export const startswith: ValueModifier = positional(
  'startswith',
  'The field begins with the value.',
);

/** `endswith`: the field ends with the value. */
export const endswith: ValueModifier = positional('endswith', 'The field ends with the value.');

function positional(name: Position, summary: string): ValueModifier {
  return { kind: 'value', name, aliases: [], summary, change: (draft) => place(draft, name) };
}

function place(draft: Draft, position: Position): Draft | undefined {
  switch (draft.kind) {
    case 'text':
      return { ...draft, pattern: open(draft.pattern, position) };
    case 'number': {
      const text = String(draft.value);
      const pattern = open([{ kind: 'literal', text }], position);
      return { kind: 'text', pattern, cased: false, raw: text, bytes: false };
    }
    case 'regex':
      return { ...draft, source: openRegex(draft.source, position) };
    case 'fieldref':
      return draft.position === 'equal' ? { ...draft, position } : undefined;
    case 'placeholder':
      return { ...draft, parts: openParts(draft.parts, position) };
    default:
      return undefined;
  }
}

function open(pattern: TextPattern, position: Position): TextPattern {
  const [only] = pattern;
  // As nearly always; lists that are written out take no room to grow.
  if (only?.kind === 'literal' && pattern.length === 1) {
    if (position === 'contains') return [many, only, many];
    return position === 'startswith' ? [only, many] : [many, only];
  }
  const ended = position === 'endswith' ? pattern : openEnd(pattern);
  return position === 'startswith' ? ended : openStart(ended);
}

function openParts(
  parts: readonly PlaceholderPart[],
  position: Position,
): readonly PlaceholderPart[] {
  const wildcard: PlaceholderPart = { kind: 'literal', pattern: [{ kind: 'many' }] };
  const isOpen = (part: PlaceholderPart | undefined, at: 0 | -1): boolean =>
    part?.kind === 'literal' && part.pattern.at(at)?.kind === 'many';
  const before = position === 'startswith' || isOpen(parts[0], 0) ? [] : [wildcard];
  const after = position === 'endswith' || isOpen(parts.at(-1), -1) ? [] : [wildcard];
  return [...before, ...parts, ...after];
}

// pySigma writes `.*` around the expression for all three. Its backends match whole values; ours search, so
// `startswith` and `endswith` must anchor to keep their meaning.
function openRegex(source: string, position: Position): string {
  switch (position) {
    case 'contains': {
      const head = source.startsWith('.*') || source.startsWith('^') ? '' : '.*';
      const tail = source.endsWith('.*') || source.endsWith('$') ? '' : '.*';
      return head + source + tail;
    }
    case 'startswith':
      return `^(?:${source})`;
    case 'endswith':
      return `(?:${source})$`;
  }
}
