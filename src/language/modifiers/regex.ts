import { RE2JS } from 're2js';

import { quote } from '../reporter.ts';
import type { Refusal, Reporter } from '../reporter.ts';
import type { Match } from '../tree.ts';
import { mustBeFirst } from './modifier.ts';
import type { Draft, ModifierPlace, ValueModifier } from './modifier.ts';

/** `re`: a regular expression of RE2's syntax, searched anywhere in the value, case-sensitive. */
export const re: ValueModifier = {
  kind: 'value',
  name: 're',
  aliases: [],
  summary: 'A regular expression (RE2 syntax), searched anywhere; upper and lower case differ.',
  refuses: mustBeFirst,
  change: (draft: Draft): Draft | undefined =>
    draft.kind === 'text' ? { kind: 'regex', source: draft.raw, flags: '' } : undefined,
};

/** The flags of `re`: `i`, `m` and `s`. */
export const regexFlags: readonly ValueModifier[] = [
  flag('i', 'ignorecase', 'The regular expression ignores case.'),
  flag('m', 'multiline', '^ and $ of the regular expression also match at line breaks.'),
  flag('s', 'dotall', 'The dot of the regular expression also matches line breaks.'),
];

function flag(name: string, alias: string, summary: string): ValueModifier {
  return {
    kind: 'value',
    name,
    aliases: [alias],
    summary,
    refuses: ({ before }: ModifierPlace) =>
      before.includes('re') ? undefined : 'only follows the modifier re',
    change: (draft: Draft): Draft | undefined => {
      if (draft.kind !== 'regex' || draft.flags.includes(name)) return undefined;
      return { ...draft, flags: [...draft.flags, name].sort().join('') };
    },
  };
}

// The longest of SigmaHQ's 231 expressions has under 1,000 characters.
const sourceLengthMax = 4096;
// RE2's instructions; each can cost one step for each character of a value.
const instructionsMax = 20_000;

type RegexMatch = Extract<Match, { kind: 'regex' }>;

// Sizes of expressions that RE2 took: many rules have the same, and engines ask again. Bounded by the rules
// of a process, and here.
const acceptedMax = 10_000;
const accepted = new Map<string, number>();

/** True of an expression that this process has seen RE2 accept; it need not be compiled to know. */
export function isAcceptedRegex(match: RegexMatch): boolean {
  return accepted.has(keyOf(match));
}

/** A refusal unless RE2 takes the expression: it runs in linear time, which no other kind promises. */
export function checkRegex(match: RegexMatch, reporter: Reporter): Refusal | undefined {
  if (!reporter.hasRegexWorkLeft) {
    const message = 'the regular expressions of this file are too large together';
    return { code: 'invalid-regex', message, hint: 'Split the file.' };
  }
  if (match.source.length > sourceLengthMax) {
    const message = `the regular expression is longer than ${String(sourceLengthMax)} characters`;
    return { code: 'invalid-regex', message, hint: 'Split it into several values.' };
  }
  let size: number;
  try {
    reporter.countRegexWork(match.source.length);
    size = accepted.get(keyOf(match)) ?? compiledSize(match);
    reporter.countRegexWork(size);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    return {
      code: 'invalid-regex',
      message: `not an RE2 regular expression: ${quote(reason.replace(/^error parsing regexp: /, ''))}`,
      hint: 'RE2 has no lookaround, back-references, possessive or atomic groups.',
    };
  }
  if (size <= instructionsMax) {
    if (accepted.size >= acceptedMax) accepted.clear();
    accepted.set(keyOf(match), size);
    return undefined;
  }
  return {
    code: 'invalid-regex',
    message: 'the regular expression is too large when compiled',
    hint: 'Repeat less: x{1000} stands for a thousand x.',
  };
}

function keyOf({ source, flags }: RegexMatch): string {
  return `${flags}/${source}`;
}

function compiledSize({ source, flags }: RegexMatch): number {
  return RE2JS.compile(source, flagBits(flags)).matcher('').programSize();
}

function flagBits(flags: string): number {
  return (
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.includes('m') ? RE2JS.MULTILINE : 0) |
    (flags.includes('s') ? RE2JS.DOTALL : 0)
  );
}
