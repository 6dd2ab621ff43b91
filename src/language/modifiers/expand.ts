import { splitPlaceholders } from '../pattern.ts';
import type { Draft, ValueModifier } from './modifier.ts';

/** `expand`: `%name%` stands for the values of the policy list `name`. */
export const expand: ValueModifier = {
  kind: 'value',
  name: 'expand',
  aliases: [],
  summary: '%name% stands for any value of the policy list of that name.',
  change: (draft: Draft): Draft | undefined => {
    if (draft.kind !== 'text' || draft.bytes) return undefined;
    const parts = splitPlaceholders(draft.pattern);
    if (parts.some((part) => part.kind === 'placeholder')) {
      return { kind: 'placeholder', parts, cased: draft.cased };
    }
    const pattern = parts.flatMap((part) => (part.kind === 'literal' ? part.pattern : []));
    return { ...draft, pattern };
  },
};
