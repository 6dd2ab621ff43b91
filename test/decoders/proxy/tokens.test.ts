import { expect } from 'chai';
import fc from 'fast-check';

import { textOfBase64 } from '../../../src/decoders/proxy/base64.ts';
import { withoutSyslogHeader } from '../../../src/decoders/proxy/syslog-header.ts';
import { columnsOf, csvValues } from '../../../src/decoders/proxy/tokens.ts';

describe('columns of a line', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['a b  c', ['a', 'b', 'c']],
    ['a\tb', ['a', 'b']],
    ['"a b" c', ['a b', 'c']],
    ['"" c', ['', 'c']],
    ['a "open end', ['a', 'open end']],
    ['a"b c', ['a"b', 'c']],
    ['', []],
    ['   ', []],
  ];
  for (const [line, columns] of cases) {
    it(JSON.stringify(line), () => {
      expect(columnsOf(line, 10)).to.deep.equal(columns);
    });
  }

  it('stop at their limit', () => {
    expect(columnsOf('a b c d', 2)).to.deep.equal(['a', 'b']);
  });
});

describe('values of a line of CSV', () => {
  const cases: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['a,b', ['a', 'b']],
    ['"a,b","c"', ['a,b', 'c']],
    ['"say ""hi""",x', ['say "hi"', 'x']],
    ['a,,b', ['a', '', 'b']],
    ['a,', ['a', '']],
    ['"open', undefined],
    ['', ['']],
  ];
  for (const [line, values] of cases) {
    it(JSON.stringify(line), () => {
      expect(csvValues(line, 10)).to.deep.equal(values);
    });
  }
});

describe('headers of syslog', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['<134>Jun  9 10:13:20 sg-1 proxy[1]: a b', 'a b', 'sg-1'],
    ['<134>2026-06-09T10:13:20Z sg-1 proxy: a b', 'a b', 'sg-1'],
    ['<134>1 2026-06-09T10:13:20Z sg-1 proxy 1 - - a b', 'a b', 'sg-1'],
    ['<134>1 2026-06-09T10:13:20Z sg-1 proxy 1 ID [x@1 a="b"] a b', 'a b', 'sg-1'],
    ['<134>a b', 'a b', undefined],
    ['2026-06-09 10:13:20 a', '2026-06-09 10:13:20 a', undefined],
  ];
  for (const [text, line, host] of cases) {
    it(text, () => {
      expect(withoutSyslogHeader(text)).to.deep.equal({ line, host });
    });
  }
});

describe('base64 of gateways', () => {
  it('gives back every text', () => {
    const property = fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(textOfBase64(Buffer.from(text).toString('base64'))).to.equal(text);
      expect(textOfBase64(Buffer.from(text).toString('base64url'))).to.equal(text);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('refuses what is none, or no text', () => {
    for (const text of ['a b', 'ab$=', Buffer.from([0xff, 0xfe]).toString('base64')]) {
      expect(textOfBase64(text), text).to.equal(undefined);
    }
  });
});
