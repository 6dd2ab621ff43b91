import { expect } from 'chai';
import fc from 'fast-check';
import { containsText } from '../../../src/engine/matching/search.ts';

describe('search for a text of the event', () => {
  it('finds what `includes` finds', () => {
    const letters = fc.array(fc.constantFrom('a', 'a', 'a', 'b'), { maxLength: 400 });
    fc.assert(
      fc.property(letters, fc.nat(300), fc.nat(300), letters, (list, from, length, other) => {
        const text = list.join('');
        for (const searched of [text.slice(from, from + length), other.join(''), `${text}a`]) {
          expect(containsText(text, searched)).to.equal(text.includes(searched));
        }
      }),
      { numRuns: 500 },
    );
  });
});
