import { expect } from 'chai';
import { compareLevels, isAtLeast, levels, severityOf } from '../../src/alert/level.ts';
import type { Level } from '../../src/language/tree.ts';

describe('levels', () => {
  it('sort from informational to critical, and their numbers with them', () => {
    const shuffled: Level[] = ['high', 'informational', 'critical', 'low', 'medium'];
    const sorted = shuffled.toSorted(compareLevels);
    expect(sorted).to.deep.equal(levels);
    expect(sorted.map((level) => severityOf(level).severity)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(sorted.map((level) => severityOf(level).riskScore)).to.deep.equal([1, 21, 47, 73, 99]);
  });

  it('are at least themselves', () => {
    expect(isAtLeast('high', 'high')).to.equal(true);
    expect(isAtLeast('critical', 'high')).to.equal(true);
    expect(isAtLeast('medium', 'high')).to.equal(false);
  });
});
