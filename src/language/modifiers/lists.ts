import type { ListModifier } from './modifier.ts';

/** `all`: every value must match, not any. */
export const all: ListModifier = {
  kind: 'list',
  name: 'all',
  aliases: [],
  summary: 'Every value must match, instead of any.',
  effect: 'and',
};

/** `neq`: the negation of the whole item, so that an absent field satisfies it, as in pySigma. */
export const neq: ListModifier = {
  kind: 'list',
  name: 'neq',
  aliases: [],
  summary: 'The item must not match; an absent field satisfies it.',
  effect: 'not',
};
