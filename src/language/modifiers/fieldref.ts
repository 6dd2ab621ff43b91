import { isLiteral } from '../pattern.ts';
import { needsField, refused } from './modifier.ts';
import type { Draft, ValueModifier } from './modifier.ts';

/** `fieldref`: the value names another field of the same event. */
export const fieldref: ValueModifier = {
  kind: 'value',
  name: 'fieldref',
  aliases: [],
  summary: 'The value names another field of the same event, whose value is compared.',
  refuses: needsField,
  change: (draft: Draft): ReturnType<ValueModifier['change']> => {
    if (draft.kind !== 'text' || draft.bytes) return undefined;
    if (draft.raw === '' || !isLiteral(draft.pattern)) {
      return refused(
        'invalid-value',
        'a field reference is the name of a field, without wildcards',
        'Put startswith, endswith or contains behind fieldref.',
      );
    }
    const name = draft.pattern.map((part) => (part.kind === 'literal' ? part.text : '')).join('');
    return { kind: 'fieldref', field: name, position: 'equal', cased: draft.cased };
  },
};
