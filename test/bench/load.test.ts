import { expect } from 'chai';

import { measureStarts } from '../../bench/load.bench.ts';
import { BUNDLED_RULES } from '../../src/runtime/rule-files.ts';

describe('bench of a start, tiny', function () {
  this.timeout(60_000);

  it('starts with the same rules from text and from a pack', () => {
    const { text, pack } = measureStarts(BUNDLED_RULES, 1);
    expect(text[0]?.rules).to.be.greaterThan(13);
    for (const starts of [text, pack]) {
      expect(starts.map(({ rules }) => rules)).to.deep.equal([text[0]?.rules]);
      expect(starts[0]?.load).to.be.greaterThan(0);
      expect(starts[0]?.largest).to.be.greaterThan(0);
    }
  });
});
