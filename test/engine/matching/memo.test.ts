import { expect } from 'chai';
import { MemoBudget, ValueMemo } from '../../../src/engine/matching/memo.ts';

const result = Int32Array.of(1);

describe('memos of values', () => {
  it('tell a number from its text, and forget nothing within the budget', () => {
    const memo = new ValueMemo(new MemoBudget(1000));
    memo.set('5', result);
    memo.set(5, Int32Array.of(2));
    expect([memo.get('5'), memo.get(5), memo.get('6')]).to.deep.equal([
      result,
      Int32Array.of(2),
      undefined,
    ]);
  });

  it('all forget when together they hold too much', () => {
    const budget = new MemoBudget(1000);
    const first = new ValueMemo(budget);
    const second = new ValueMemo(budget);
    first.set('kept so far', result);
    let entries = 0;
    while (first.get('kept so far') !== undefined) {
      second.set(`value ${entries++}`.padEnd(68), result);
      expect(entries).to.be.at.most(10);
    }
    // A hundred characters and a one for each.
    expect(entries).to.equal(10);
    expect(second.get('value 0'.padEnd(68))).to.equal(undefined);
  });

  it('hold nothing for an index that is gone', () => {
    const budget = new MemoBudget(1000);
    const gone = new ValueMemo(budget);
    gone.set('x', result);
    budget.leave(gone);
    expect(gone.get('x')).to.equal(undefined);
  });
});
