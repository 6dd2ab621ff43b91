import type { PolicyReader } from './reader.ts';
import { compileWildcard } from './wildcard.ts';

const VALUE_LENGTH_MAX = 1024;

/** True if the value can be compared; otherwise the file's problem is noted. */
export function isSoundValue(
  reader: PolicyReader,
  path: readonly (string | number)[],
  value: string,
): boolean {
  if (value.length > VALUE_LENGTH_MAX) {
    reader.problem('policy-too-many', path, `longer than ${VALUE_LENGTH_MAX} characters`);
    return false;
  }
  const escaped = compileWildcard(value).pieces.some(({ characters }) =>
    characters.some((character) => character === '*' || character === '?'),
  );
  if (escaped) {
    reader.problem('policy-escaped-wildcard', path, `"${value}" holds an escaped wildcard`, {
      hint: 'in Sigma a backslash before * makes it a plain star: write \\\\* for "in this folder"',
    });
  }
  return !escaped;
}
