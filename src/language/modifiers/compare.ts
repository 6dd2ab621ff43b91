import { needsField, refused } from './modifier.ts';
import type { Draft, ValueModifier } from './modifier.ts';

/** `lt`, `lte`, `gt` and `gte`: numbers, and parts of dates. */
export const comparisons: readonly ValueModifier[] = [
  comparison('lt', 'The field is a number below the value.'),
  comparison('lte', 'The field is a number at most the value.'),
  comparison('gt', 'The field is a number above the value.'),
  comparison('gte', 'The field is a number at least the value.'),
];

function comparison(operator: 'lt' | 'lte' | 'gt' | 'gte', summary: string): ValueModifier {
  const change = (draft: Draft): ReturnType<ValueModifier['change']> => {
    if (draft.kind === 'number') return { kind: 'compare', operator, value: Number(draft.value) };
    if (draft.kind === 'compare' && draft.part !== undefined && draft.operator === 'eq') {
      return { ...draft, operator };
    }
    return draft.kind === 'text'
      ? refused('invalid-value', `${operator} takes a number`, 'Write the number without quotes.')
      : undefined;
  };
  return { kind: 'value', name: operator, aliases: [], summary, refuses: needsField, change };
}
