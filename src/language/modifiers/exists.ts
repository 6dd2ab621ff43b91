import { needsField, refused } from './modifier.ts';
import type { ModifierPlace, ValueModifier } from './modifier.ts';

/** `exists`: the field is there, be it empty or null, or is not. */
export const exists: ValueModifier = {
  kind: 'value',
  name: 'exists',
  aliases: [],
  summary: 'The field is present (true), be it empty or null, or absent (false).',
  refuses: (place: ModifierPlace) =>
    needsField(place) ??
    (place.before.length === 0 ? undefined : 'cannot be combined with other modifiers'),
  change: (draft) =>
    draft.kind === 'boolean'
      ? { kind: 'exists', expected: draft.value }
      : refused('invalid-value', 'exists takes true or false', 'Write it without quotes.'),
};
