import { expect } from 'chai';

import { parseDurationMs } from '../../src/base/duration.ts';

describe('durations', () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['0s', 0],
    ['1ms', 1],
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1M', 2_629_746_000],
    ['1y', 31_556_952_000],
    ['12M', 31_556_952_000],
    ['', undefined],
    ['s', undefined],
    ['5', undefined],
    ['5S', undefined],
    ['5 s', undefined],
    ['-5s', undefined],
    ['1h30m', undefined],
    ['1.5h', undefined],
    ['285616y', undefined],
    ['1000000000000s', undefined],
  ];
  for (const [text, expected] of rows) {
    it(JSON.stringify(text), () => {
      expect(parseDurationMs(text)).to.equal(expected);
    });
  }
});
