import { expect } from 'chai';

import type { JsonObject } from '../../src/base/json.ts';
import { readProcess } from '../../src/event/process-facts.ts';
import { field } from '../../src/event/reader.ts';

const readers = {
  guid: field('guid'),
  pid: field('pid'),
  executable: field('image'),
  user: field('user'),
  parent: { guid: field('parentGuid'), pid: field('ppid') },
};

describe('readProcess', () => {
  const cases: readonly (readonly [string, JsonObject, unknown])[] = [
    ['nothing', {}, undefined],
    ['only a user', { user: 'ana' }, undefined],
    ['empty values', { guid: '-', pid: '', image: null, user: 'N/A' }, undefined],
    ['a pid as number', { pid: 4711 }, { pid: 4711 }],
    ['a pid as digits', { pid: '4711' }, { pid: 4711 }],
    ['a pid in hexadecimal', { pid: '0xe60' }, { pid: 3680 }],
    ['a pid that is none', { pid: 'x', image: '/a' }, { executable: '/a' }],
    [
      'a GUID in braces',
      { guid: '{5A1C7F20-3B61-6A1E-1502-000000001300}' },
      { guid: '5a1c7f20-3b61-6a1e-1502-000000001300' },
    ],
    [
      'a bare GUID',
      { guid: '5A1C7F20-3B61-6A1E-1502-000000001300' },
      { guid: '5a1c7f20-3b61-6a1e-1502-000000001300' },
    ],
    ['an id whose case counts', { guid: 'NWExYzdmMjA=' }, { guid: 'NWExYzdmMjA=' }],
    ['a GUID of zeros', { guid: '{00000000-0000-0000-0000-000000000000}' }, undefined],
    ['a parent', { pid: 1, ppid: 2 }, { pid: 1, parent: { pid: 2 } }],
    ['a parent without its child', { ppid: 2 }, undefined],
  ];
  for (const [name, data, expected] of cases) {
    it(name, () => expect(readProcess(readers, data, 5)).to.deep.equal(expected));
  }

  it('takes the time of a launch for the start, of the launched process only', () => {
    const launched = { ...readers, startsNow: true };
    expect(readProcess(launched, { pid: 1, ppid: 2 }, 5)).to.deep.equal({
      pid: 1,
      start: 5,
      parent: { pid: 2 },
    });
  });
});
