import type { DatePart } from '../tree.ts';
import { needsField, refused } from './modifier.ts';
import type { Draft, ValueModifier } from './modifier.ts';

/** `minute`, `hour`, `day`, `week`, `month` and `year` of a date field, in UTC. */
export const dateParts: readonly ValueModifier[] = [
  datePart('minute', 0, 59),
  datePart('hour', 0, 23),
  datePart('day', 1, 31),
  // ISO 8601: a year has 52 or 53 weeks.
  datePart('week', 1, 53),
  datePart('month', 1, 12),
  datePart('year', 1, 9999),
];

function datePart(part: DatePart, lowest: number, highest: number): ValueModifier {
  const change = (draft: Draft): ReturnType<ValueModifier['change']> => {
    if (draft.kind !== 'number') {
      return draft.kind === 'text'
        ? refused('invalid-value', `${part} takes a number`, 'Write the number without quotes.')
        : undefined;
    }
    const value = Number(draft.value);
    if (Number.isInteger(value) && value >= lowest && value <= highest) {
      return { kind: 'compare', operator: 'eq', value, part };
    }
    const range = `${String(lowest)} to ${String(highest)}`;
    return refused('invalid-value', `${part} takes a whole number from ${range}`);
  };
  const summary = `The ${part} of the field's date (UTC) is the value.`;
  return { kind: 'value', name: part, aliases: [], summary, refuses: needsField, change };
}
