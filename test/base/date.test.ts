import { expect } from 'chai';
import fc from 'fast-check';

import { parseTime, TIME_MAX, timeOfSeconds } from '../../src/base/date.ts';

describe('parseTime', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['2020-10-23 06:36:42.265', '2020-10-23T06:36:42.265Z'],
    ['2020-10-23T06:36:42Z', '2020-10-23T06:36:42.000Z'],
    ['2022-05-13T08:54:05.1230000Z', '2022-05-13T08:54:05.123Z'],
    ['2021-04-21T14:56:43.246337Z', '2021-04-21T14:56:43.246Z'],
    ['2021-04-21T14:56:43.2Z', '2021-04-21T14:56:43.200Z'],
    ['2024-01-15 10:30:45 +0000', '2024-01-15T10:30:45.000Z'],
    ['2024-01-15T10:30:45+02:00', '2024-01-15T08:30:45.000Z'],
    ['2024-01-15T10:30:45.999-0330', '2024-01-15T14:00:45.999Z'],
    ['2024-02-29 00:00:00', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29 00:00:00', '2000-02-29T00:00:00.000Z'],
    ['2016-12-31 23:59:60', '2017-01-01T00:00:00.000Z'],
    ['9999-12-31 23:59:59.999', '9999-12-31T23:59:59.999Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['1970-01-01T00:00:00+01:00', undefined],
    ['1969-12-31 23:59:59', undefined],
    ['2023-02-29 00:00:00', undefined],
    ['2100-02-29 00:00:00', undefined],
    ['2023-04-31 00:00:00', undefined],
    ['2023-00-10 00:00:00', undefined],
    ['2023-13-10 00:00:00', undefined],
    ['2023-01-00 00:00:00', undefined],
    ['2023-01-01 24:00:00', undefined],
    ['2023-01-01 00:60:00', undefined],
    ['2023-01-01 00:00:61', undefined],
    ['2023-01-01 00:00:00.', undefined],
    ['2023-01-01 00:00:00.1x', undefined],
    ['2023-01-01 00:00:00 ', undefined],
    ['2023-01-01 00:00:00Zulu', undefined],
    ['2023-01-01 00:00:00+15:00', undefined],
    ['2023-01-01 00:00:00+1:00', undefined],
    ['2023-01-01x00:00:00', undefined],
    ['2023/01/01 00:00:00', undefined],
    ['2023-01-01', undefined],
    ['', undefined],
    [`2023-01-01 00:00:00.${'1'.repeat(40)}`, undefined],
  ];
  for (const [text, expected] of cases) {
    it(`${JSON.stringify(text)} is ${expected ?? 'no time'}`, () => {
      const time = parseTime(text);
      expect(time === undefined ? undefined : new Date(time).toISOString()).to.equal(expected);
    });
  }

  it('reads back every moment that it may', () => {
    const property = fc.property(fc.integer({ min: 0, max: TIME_MAX }), (time) => {
      expect(parseTime(new Date(time).toISOString())).to.equal(time);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('gives undefined or an integer for any text', () => {
    const shape = fc.stringMatching(/^2[0-9]{3}-[01][0-9]-[0-3][0-9][ T].{8,20}$/);
    const property = fc.property(fc.oneof(fc.string(), shape), (text) => {
      const time = parseTime(text);
      expect(time === undefined || (Number.isInteger(time) && time >= 0)).to.equal(true);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});

describe('timeOfSeconds', () => {
  const cases: readonly (readonly [unknown, number | undefined])[] = [
    [1514472008, 1514472008000],
    ['1514472008', 1514472008000],
    ['1514472008.25', 1514472008250],
    [1514472008.0019, 1514472008001],
    ['1700000000.123', 1700000000123],
    [1603434403.547, 1603434403547],
    [0, 0],
    [-1, undefined],
    ['', undefined],
    ['-5', undefined],
    ['1e9', undefined],
    ['9999999999999', undefined],
    [Number.NaN, undefined],
    [null, undefined],
    [undefined, undefined],
    [[1514472008], undefined],
  ];
  for (const [seconds, expected] of cases) {
    it(`${JSON.stringify(seconds)} is ${expected ?? 'no time'}`, () => {
      expect(timeOfSeconds(seconds)).to.equal(expected);
    });
  }
});
