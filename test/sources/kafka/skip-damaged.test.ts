import { expect } from 'chai';
import fc from 'fast-check';

import { skipDamaged } from '../../../src/sources/kafka/skip-damaged.ts';

/** Skips in a log whose offsets in [from, to) can not be read, and counts how often it asked. */
async function skip(
  from: number,
  to: number,
  end: number,
): Promise<{ readonly range: readonly number[]; readonly asked: number }> {
  let asked = 0;
  const { next, records } = await skipDamaged({
    place: { topic: 't', partition: 0 },
    offset: from,
    cause: new RangeError('no varint'),
    end: () => Promise.resolve(end),
    isReadable: (offset) => {
      asked += 1;
      return Promise.resolve(offset >= to);
    },
  });
  const [record] = records;
  expect(record?.undelivered).to.include({ reason: 'bad_batch', detail: 'no varint' });
  expect(record?.undelivered?.lastOffset).to.equal(next - 1);
  return { range: [record?.position.offset ?? -1, next], asked };
}

describe('sources: kafka: damaged batches', () => {
  const tables: readonly (readonly [string, number, number, number])[] = [
    ['of one record', 5, 6, 100],
    ['of many', 5, 70, 100],
    ['at the end of the partition', 5, 100, 100],
    ['that are all there is', 0, 1, 1],
  ];
  for (const [name, from, to, end] of tables) {
    it(`are passed over: ${name}`, async () => {
      expect((await skip(from, to, end)).range).to.deep.equal([from, to]);
    });
  }

  it('are found in few questions, however long they are', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(5000), fc.integer({ min: 1, max: 100_000 }), async (from, length) => {
        const { range, asked } = await skip(from, from + length, from + length + 10);
        expect(range).to.deep.equal([from, from + length]);
        expect(asked).to.be.lessThanOrEqual(2 * Math.ceil(Math.log2(length + 1)) + 2);
      }),
      { numRuns: 200 },
    ));
});
