import { base64, base64offset } from './base64.ts';
import { cased } from './cased.ts';
import { cidr } from './cidr.ts';
import { comparisons } from './compare.ts';
import { dateParts } from './date-part.ts';
import { exists } from './exists.ts';
import { expand } from './expand.ts';
import { fieldref } from './fieldref.ts';
import { all, neq } from './lists.ts';
import type { Modifier } from './modifier.ts';
import { contains, endswith, startswith } from './position.ts';
import { re, regexFlags } from './regex.ts';
import { utf16 } from './utf16.ts';
import { windash } from './windash.ts';

/** All modifiers of the language. */
export const modifiers: readonly Modifier[] = [
  all,
  neq,
  contains,
  startswith,
  endswith,
  cased,
  exists,
  windash,
  re,
  ...regexFlags,
  base64,
  base64offset,
  ...utf16,
  ...comparisons,
  ...dateParts,
  cidr,
  expand,
  fieldref,
];

const byName: ReadonlyMap<string, Modifier> = new Map(
  modifiers.flatMap((modifier) =>
    [modifier.name, ...modifier.aliases].map((name) => [name, modifier] as const),
  ),
);

/** The modifier of this name or alias. */
export function findModifier(name: string): Modifier | undefined {
  return byName.get(name);
}
