import { expect } from 'chai';
import fc from 'fast-check';

import { compileWildcard } from '../../src/policy/wildcard.ts';

// [pattern, text, fits]
const table: readonly (readonly [string, string, boolean])[] = [
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['abc', 'ABC', true],
  ['abc', 'abcd', false],
  ['abc', 'ab', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a?c', 'abbc', false],
  ['*.exe', 'c:\\x\\claude.exe', true],
  ['*.exe', 'claude.exe.txt', false],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['ab*ba', 'abba', true],
  ['*?bc*', 'xabcx', true],
  ['*?bc*', 'bc', false],
  ['*ab*ab*', 'ab', false],
  ['*ab*ab*', 'abab', true],
  ['C:\\Data\\\\*', 'c:\\data\\x', true],
  ['C:\\Data\\\\*', 'c:\\data*', false],
  ['C:\\Data\\*', 'c:\\data*', true],
  ['C:\\Data\\*', 'c:\\data\\x', false],
  ['a\\?', 'a?', true],
  ['a\\?', 'ab', false],
  ['a\\\\b', 'a\\b', true],
  ['a\\b', 'a\\b', true],
  ['end\\', 'end\\', true],
];

describe('wildcard', () => {
  for (const [pattern, text, fits] of table) {
    it(`${JSON.stringify(pattern)} ${fits ? 'fits' : 'does not fit'} ${JSON.stringify(text)}`, () => {
      expect(compileWildcard(pattern).fits(text.toLowerCase())).to.equal(fits);
    });
  }

  it('agrees with a regular expression made from the same parts', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '*', '?', '.');
    const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), text, (parts, letters) => {
        const source = parts
          .map((each) => (each === '*' ? '.*' : each === '?' ? '.' : each.replace('.', '\\.')))
          .join('');
        const folded = letters.join('');
        expect(compileWildcard(parts.join('')).fits(folded)).to.equal(
          new RegExp(`^${source}$`, 's').test(folded),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
