import { expect } from 'chai';

import { Rate } from '../../../src/sources/kafka/rate.ts';

describe('sources: kafka: rate', () => {
  const tables: readonly (readonly [
    string,
    readonly (readonly [number, number])[],
    number,
    number,
  ])[] = [
    ['nothing yet', [], 0, 0],
    ['since the beginning, before a minute has passed', [[1000, 20]], 10_000, 2],
    [
      'of the last minute alone',
      [
        [0, 9000],
        [70_000, 60],
        [110_000, 60],
      ],
      119_999,
      2,
    ],
    ['nothing for longer than a minute', [[0, 1000]], 1_000_000, 0],
  ];
  for (const [name, counts, now, expected] of tables) {
    it(name, () => {
      const rate = new Rate(0);
      for (const [time, count] of counts) rate.add(count, time);
      expect(rate.perSecond(now)).to.be.closeTo(expected, 0.05);
    });
  }
});
