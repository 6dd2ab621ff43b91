import { expect } from 'chai';

import { hasRightChecksum } from '../../src/base/secret-checksums.ts';

describe('checksums of tokens', () => {
  // [token, right]; the first is GitHub's own example of its format.
  const table: readonly (readonly [string, boolean | undefined])[] = [
    ['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', true],
    ['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', true],
    ['ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18', false],
    ['ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkK0mLq17', false],
    ['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', true],
    ['ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq1', undefined],
    ['glpat-zQWBuTSOoRi4A9spHcVY', undefined],
    ['', undefined],
  ];
  for (const [token, right] of table) {
    it(`${token} is ${right === undefined ? 'of no form with one' : right ? 'right' : 'wrong'}`, () => {
      expect(hasRightChecksum(token)).to.equal(right);
    });
  }
});
