import { expect } from 'chai';

import { ownText } from '../../src/enrichment/own-text.ts';

describe('ownText', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['', 4, ''],
    ['abc', 4, 'abc'],
    ['abcde', 4, 'abcd'],
    ['äöü世', 3, 'äöü'],
    ['abc😀', 5, 'abc😀'],
    ['abc😀', 4, 'abc\ufffd'],
  ];
  for (const [text, lengthMax, expected] of cases) {
    it(`${JSON.stringify(text)} up to ${lengthMax}`, () => {
      expect(ownText(text, lengthMax)).to.equal(expected);
    });
  }
});
