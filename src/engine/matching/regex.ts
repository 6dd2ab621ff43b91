import { RE2JS } from 're2js';

const flagBits: ReadonlyMap<string, number> = new Map([
  ['i', RE2JS.CASE_INSENSITIVE],
  ['m', RE2JS.MULTILINE],
  ['s', RE2JS.DOTALL],
]);

/** RE2's bits for a rule's flags (`i`, `m`, `s`). */
export function regexFlags(flags: string): number {
  let bits = 0;
  for (const flag of flags) bits |= flagBits.get(flag) ?? 0;
  return bits;
}

/** The regular expression, or undefined if RE2 refuses it. */
export function compileRegex(source: string, flags: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source, regexFlags(flags));
  } catch {
    return undefined;
  }
}
