import { expect } from 'chai';
import fc from 'fast-check';
import { packBytes, unpackBytes } from '../../../src/base/bytes.ts';
import { ExactSum } from '../../../src/engine/correlations/exact-sum.ts';
import { OrderStatistics } from '../../../src/engine/correlations/order-statistics.ts';
import { isSampledBefore, type Kept } from '../../../src/engine/kept.ts';
import { SampleWindow } from '../../../src/engine/sample.ts';

const doubles = fc.double({ min: -1e200, max: 1e200, noNaN: true });

describe('exact sum', () => {
  it('what was added and taken out again leaves nothing behind', () => {
    fc.assert(
      fc.property(fc.array(doubles), fc.array(doubles), (gone, left) => {
        const [sum, expected] = [new ExactSum(), new ExactSum()];
        for (const value of [...gone, ...left]) sum.add(value);
        for (const value of gone) sum.add(-value);
        for (const value of left.toReversed()) expected.add(value);
        expect(sum.value).to.equal(expected.value);
      }),
      { numRuns: 500 },
    );
  });

  it('is the double nearest to the true sum', () => {
    // Sums of small multiples of 2^-60, in which half-way cases are common; BigInt gives the truth.
    const terms = fc.array(
      fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 60 })),
    );
    fc.assert(
      fc.property(terms, (list) => {
        const sum = new ExactSum();
        let truth = 0n;
        for (const [factor, shift] of list) {
          sum.add(factor * 2 ** (shift - 60));
          truth += BigInt(factor) << BigInt(shift);
        }
        // Number() of a BigInt rounds to nearest, ties to even.
        expect(sum.value).to.equal(Number(truth) * 2 ** -60);
      }),
      { numRuns: 2_000 },
    );
  });

  it('breaks a tie by what lies below it', () => {
    for (const tiny of [2 ** -80, -(2 ** -80)]) {
      const sum = new ExactSum();
      for (const value of [1, 2 ** -53, tiny]) sum.add(value);
      expect(sum.value).to.equal(tiny > 0 ? 1 + 2 ** -52 : 1);
    }
  });
});

describe('order statistics', () => {
  it('knows the value at every rank, through many blocks', () => {
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.integer({ min: 1, max: 40 }),
        (steps, times) => {
          const values = new OrderStatistics();
          let held: number[] = [];
          for (const [isAdded, value] of steps) {
            for (let count = 0; count < times; count++) {
              const number = value + count / 100;
              if (isAdded) {
                values.add(number);
                held.push(number);
              } else {
                values.remove(number);
                const at = held.indexOf(number);
                held = held.filter((_, index) => index !== at);
              }
            }
          }
          held.sort((one, other) => one - other);
          expect(values.size).to.equal(held.length);
          expect(held.map((_, rank) => values.at(rank))).to.deep.equal(held);
          expect(values.at(held.length)).to.equal(undefined);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the sample of a window', () => {
  const keptAt = (time: number, hash: number): Kept => ({
    id: `id-${time}-${hash}`,
    host: 'h1',
    time,
    hash,
    ruleId: 'a',
    position: { source: 's', partition: 0, offset: time },
    origin: undefined,
    document: undefined,
  });

  it('has the first by hash of whatever the window holds', () => {
    const hashes = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(hashes, fc.nat(119), fc.integer({ min: 1, max: 8 }), (list, cut, size) => {
        const window = new SampleWindow(size);
        const all = list.map((hash, time) => keptAt(time, hash));
        for (const kept of all) window.add(kept);
        window.expire(cut - 1);
        const order = (one: Kept, other: Kept): number => (isSampledBefore(one, other) ? -1 : 1);
        const expected = all.slice(cut).toSorted(order).slice(0, size);
        expect(window.kept.toSorted(order).slice(0, size)).to.deep.equal(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('drops an event once as many later ones beat it as it has places', () => {
    const window = new SampleWindow(2);
    const kept = [9, 5, 7, 3].map((hash, time) => keptAt(time, hash));
    const left = kept.map((one) => {
      window.add(one);
      return window.kept.map(({ hash }) => hash).join();
    });
    expect(left).to.deep.equal(['9', '9,5', '5,7', '5,7,3']);
  });

  it('holds few candidates of many events, however their hashes are chosen', () => {
    const rising = new SampleWindow(4);
    const random = new SampleWindow(4);
    for (let time = 0; time < 5_000; time++) {
      rising.add(keptAt(time, time));
      random.add(keptAt(time, Math.imul(time, 0x9e3779b1) >>> 0));
    }
    expect(rising.kept.length).to.equal(4 * 64);
    expect(random.kept.length).to.be.below(80);
  });
});

describe('bytes in snapshots', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const packed = JSON.parse(JSON.stringify(packBytes(bytes))) as ReturnType<typeof packBytes>;
        expect([...unpackBytes(packed)]).to.deep.equal([...bytes]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are text where they can be, byte order mark and all', () => {
    const mark = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);
    expect(packBytes(mark)).to.have.property('text');
    expect([...unpackBytes(packBytes(mark))]).to.deep.equal([...mark]);
  });
});
