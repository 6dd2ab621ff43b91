import { expect } from 'chai';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { decodeLine } from './fixtures.ts';

const row = {
  category: 'AdvancedHunting-DeviceEvents',
  properties: { DeviceName: 'wks-1', Timestamp: '2026-06-09T10:13:20Z', ReportId: 7 },
};
const call = {
  eventTime: '2026-06-09T10:13:20Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  userIdentity: {},
  eventID: 'e1',
};

function decode(record: object): readonly { readonly index?: number; readonly problem?: string }[] {
  return decodeLine(createAutoDecoder(), JSON.stringify(record), 1) as readonly {
    readonly index?: number;
    readonly problem?: string;
  }[];
}

describe('lists of records', () => {
  const cases: readonly (readonly [string, object, readonly (number | string)[]])[] = [
    ['one alone', row, [0]],
    ['records', { records: [row, row] }, [0, 1]],
    ['Records', { Records: [call, call, call] }, [0, 1, 2]],
    ['a list inside text', { message: JSON.stringify({ records: [row] }) }, [0]],
    [
      'what is no record does not stop the others',
      { records: [row, 7, row] },
      [0, 2, 'not_an_object'],
    ],
    ['nor does an unknown one', { records: [row, { a: 1 }, row] }, [0, 2, 'unknown_format']],
    ['the first says whose list it is', { records: [{ a: 1 }, row] }, ['unknown_format']],
    ['an empty list', { records: [] }, ['unknown_format']],
    ['lists in lists', { records: [{ records: [row] }] }, ['unknown_format']],
  ];
  for (const [name, record, expected] of cases) {
    it(name, () => {
      expect(decode(record).map(({ index, problem }) => problem ?? index)).to.deep.equal(expected);
    });
  }

  it('give each event an identity of its own', () => {
    const same = decode({ records: [{ ...call, eventID: '' }, call, call] }) as readonly {
      readonly id?: string;
    }[];
    expect(new Set(same.map(({ id }) => id)).size).to.equal(3);
  });
});
