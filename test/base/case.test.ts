import { expect } from 'chai';
import { foldCase } from '../../src/base/case.ts';
import { letterOf, otherLetter } from '../../src/engine/matching/letters.ts';

// All that could have case: what lies beyond are ideographs, tags and private use.
function codePoints(): readonly number[] {
  const points: number[] = [];
  for (let point = 0; point < 0x20000; point++)
    if (point < 0xd800 || point > 0xdfff) points.push(point);
  return points;
}

describe('case folding', () => {
  it('keeps the length of every character, so that needles and `?` fit folded text', () => {
    const wrong = codePoints().filter((point) => {
      const character = String.fromCodePoint(point);
      return foldCase(character).length !== character.length;
    });
    expect(wrong).to.deep.equal([]);
  });

  it('folds what has simple upper case like it, but for the two exceptions', () => {
    const single = (text: string): boolean => Array.from(text).length === 1;
    const different = codePoints().filter((point) => {
      const character = String.fromCodePoint(point);
      const upper = character.toUpperCase();
      return single(upper) && foldCase(upper) !== foldCase(character);
    });
    // The micro sign, and the dotless i, which Unicode folds with nothing.
    expect(different).to.deep.equal([0xb5, 0x131]);
  });

  it('is the same a second time', () => {
    const wrong = codePoints().filter((point) => {
      const folded = foldCase(String.fromCodePoint(point));
      return foldCase(folded) !== folded;
    });
    expect(wrong).to.deep.equal([]);
  });

  it('does not depend on what stands around', () => {
    for (const text of ['ΟΔΟΣ', 'Σ', 'aΣ b', '\u0130\u0130', 'I\u0307', 'ſſ', '𐐀Σ𐐀']) {
      const each = Array.from(text, (character) => foldCase(character)).join('');
      expect(foldCase(text), text).to.equal(each);
    }
  });

  it('has the same letters for searches before and after', () => {
    const wrong: number[] = [];
    for (let unit = 0; unit < 0x10000; unit++) {
      const folded = foldCase(String.fromCharCode(unit)).charCodeAt(0);
      if (letterOf(unit) !== letterOf(folded)) wrong.push(unit);
      if (unit >= 128 && folded < 128 && letterOf(unit) === otherLetter) wrong.push(unit);
    }
    expect(wrong).to.deep.equal([]);
  });
});
