import type { Draft, ValueModifier } from './modifier.ts';

/** `cased`: upper and lower case differ. */
export const cased: ValueModifier = {
  kind: 'value',
  name: 'cased',
  aliases: [],
  summary: 'Upper and lower case differ.',
  change: (draft: Draft): Draft | undefined =>
    draft.kind === 'text' || draft.kind === 'placeholder' || draft.kind === 'fieldref'
      ? { ...draft, cased: true }
      : undefined,
};
