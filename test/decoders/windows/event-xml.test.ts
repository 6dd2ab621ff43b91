import { expect } from 'chai';

import { readEventDataXml } from '../../../src/decoders/windows/event-xml.ts';

describe('readEventDataXml', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    [
      '<EventData><Data Name="A">1</Data><Data Name=\'B\'>two</Data></EventData>',
      { A: '1', B: 'two' },
    ],
    ['<Data Name="A">R&amp;D &lt;x&gt; &#65;&#x42; &quot;&apos;</Data>', { A: 'R&D <x> AB "\'' }],
    ['<Data Name="A">&amp;lt; &unknown; &#x110000;</Data>', { A: '&lt; &unknown; &#x110000;' }],
    ['<Data Name="A"/><Data Name="B" /><Data Name="C"></Data>', { A: '', B: '', C: '' }],
    ['<Data>unnamed</Data><Data Name="A">1</Data>', { A: '1' }],
    ['<Data Name="__proto__">x</Data>', JSON.parse('{"__proto__":"x"}')],
    ['<Data Name="A">cut', undefined],
    ['<Data Name="A', undefined],
    ['no xml', undefined],
    ['', undefined],
  ];
  for (const [xml, expected] of cases) {
    it(JSON.stringify(xml), () => expect(readEventDataXml(xml)).to.deep.equal(expected));
  }

  it('reads a bounded number of fields, in one pass over a hostile text', () => {
    const many = Array.from({ length: 1000 }, (_, at) => `<Data Name="${at}">x</Data>`).join('');
    expect(Object.keys(readEventDataXml(many) ?? {})).to.have.lengthOf(256);
    expect(readEventDataXml('<Data '.repeat(100_000))).to.equal(undefined);
    expect(readEventDataXml('<Data>'.repeat(100_000))).to.equal(undefined);
  });
});
