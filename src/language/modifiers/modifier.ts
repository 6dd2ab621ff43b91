import type { Refusal } from '../reporter.ts';
import type { Match, TextPattern } from '../tree.ts';

/** A value on its way through the modifiers of its key. */
export type Draft =
  | DraftText
  | Exclude<Match, { readonly kind: 'text' }>
  /** Alternatives that came from one value: any of them satisfies it, also under `all`. */
  | { readonly kind: 'any'; readonly drafts: readonly Draft[] }
  | { readonly kind: 'exists'; readonly expected: boolean };

export interface DraftText {
  readonly kind: 'text';
  readonly pattern: TextPattern;
  readonly cased: boolean;
  /** As the rule has it, before escapes are read: what `re` and `cidr` take. */
  readonly raw: string;
  /** True after an encoding: each character of the pattern stands for one byte. */
  readonly bytes: boolean;
}

/** What a modifier may want to know of its place. */
export interface ModifierPlace {
  /** Undefined for keywords. */
  readonly field: string | undefined;
  /** Canonical names of the value modifiers before it (`all` and `neq` may stand anywhere). */
  readonly before: readonly string[];
}

/** A modifier of a key, `field|modifier|modifier`. */
export type Modifier = ValueModifier | ListModifier;

/** Changes how each value is compared. */
export interface ValueModifier {
  readonly kind: 'value';
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  /** A reason why it cannot stand at this place. */
  readonly refuses?: (place: ModifierPlace) => string | undefined;
  /** The changed value, a refusal, or undefined when it does not apply to this kind of value. */
  readonly change: (draft: Draft) => Draft | { readonly refusal: Refusal } | undefined;
}

/** Changes how the values are joined; its place in the chain has no meaning. */
export interface ListModifier {
  readonly kind: 'list';
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly effect: 'and' | 'not';
}

/** A refusal in the form that `change` returns. */
export function refused(
  code: Refusal['code'],
  message: string,
  hint?: string,
): { readonly refusal: Refusal } {
  return { refusal: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

/** A reason when something other than list modifiers stands before this one. */
export function mustBeFirst({ before }: ModifierPlace): string | undefined {
  return before.length === 0 ? undefined : `must be the first modifier, before ${before.join('|')}`;
}

/** A reason when there is no field to look at. */
export function needsField({ field }: ModifierPlace): string | undefined {
  return field === undefined ? 'needs a field name before it' : undefined;
}

/** A kind of value in words. */
export function describeDraft(draft: Draft): string {
  switch (draft.kind) {
    case 'text':
      return draft.bytes ? 'an encoded text' : 'a text';
    case 'compare':
      return draft.part === undefined ? 'a comparison' : 'a part of a date';
    case 'regex':
      return 'a regular expression';
    case 'cidr':
      return 'a network';
    case 'fieldref':
      return 'a field reference';
    case 'any':
      return 'several encodings';
    case 'exists':
      return 'an existence test';
    default:
      return `a ${draft.kind}`;
  }
}
