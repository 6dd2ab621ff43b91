import { isDash } from './wildcards.ts';

/** Code units below this are ASCII; searches have a table for them. */
export const asciiCount = 128;

const kelvinSign = 0x212a;
const longS = 0x017f;

/**
 * The unit that stands for this one where searches do not mind case: ASCII in lower case. All
 * others become one (`otherLetter`), so that homoglyphs in rules do not widen a table; the rule's
 * own evaluation tells them apart. Two of them fold to ASCII, and no other does.
 */
export function letterOf(code: number): number {
  if (code < asciiCount) return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
  if (code === kelvinSign) return 0x6b;
  return code === longS ? 0x73 : otherLetter;
}

/** Stands for every unit beyond ASCII that folds to none in ASCII. */
export const otherLetter = 128;

/** How many letters there are. */
export const letterCount = 129;

/** The letter, except that every dash of `windash` is `-`. */
export function dashedLetterOf(code: number): number {
  return isDash(code) ? 0x2d : letterOf(code);
}
