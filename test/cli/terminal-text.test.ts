import { expect } from 'chai';

import { count, counted, duration, utc } from '../../src/cli/format.ts';
import { tableLines } from '../../src/cli/table.ts';
import { painter, printable, shorten } from '../../src/cli/terminal-text.ts';

describe('cli: text on a terminal', () => {
  const escapes: readonly (readonly [string, string])[] = [
    ['plain é 漢字 👍', 'plain é 漢字 👍'],
    ['\u001b[31mred\u001b]0;title\u0007', '\\u{1b}[31mred\\u{1b}]0;title\\u{7}'],
    ['\u009b2J', '\\u{9b}2J'],
    ['two\r\nlines', 'two\\u{d}\\u{a}lines'],
    ['exe.\u202efdp', 'exe.\\u{202e}fdp'],
    ['\u2066isolated\u2069\u200f\u061c', '\\u{2066}isolated\\u{2069}\\u{200f}\\u{61c}'],
    ['del\u007f', 'del\\u{7f}'],
  ];
  for (const [text, expected] of escapes) {
    it(`prints ${JSON.stringify(text)} harmlessly`, () => {
      expect(printable(text)).to.equal(expected);
    });
  }

  it('shortens in the middle and never beyond the width', () => {
    expect(shorten('abcdefghij', 10)).to.equal('abcdefghij');
    expect(shorten('abcdefghij', 6)).to.equal('abc…ij');
    expect(shorten('abcdefghij', 1)).to.equal('a');
    expect([...shorten('👍'.repeat(20), 7)]).to.have.length(7);
  });

  it('paints nothing without a terminal', () => {
    const stream = { isTTY: false } as NodeJS.WriteStream;
    expect(painter(stream)('red', 'x')).to.equal('x');
  });

  it('paints on a terminal unless NO_COLOR is set', () => {
    const stream = { isTTY: true } as NodeJS.WriteStream;
    const before = process.env['NO_COLOR'];
    try {
      delete process.env['NO_COLOR'];
      expect(painter(stream)('red', 'x')).to.equal('\u001b[31mx\u001b[39m');
      process.env['NO_COLOR'] = '1';
      expect(painter(stream)('red', 'x')).to.equal('x');
    } finally {
      if (before === undefined) delete process.env['NO_COLOR'];
      else process.env['NO_COLOR'] = before;
    }
  });

  it('aligns columns by what is visible', () => {
    const rows = [
      ['\u001b[31mhigh\u001b[39m', '7'],
      ['low', '1,200'],
    ];
    expect(tableLines([{ title: 'level' }, { title: 'n', align: 'right' }], rows)).to.deep.equal([
      'level      n',
      '\u001b[31mhigh\u001b[39m       7',
      'low    1,200',
    ]);
  });

  it('writes numbers, times and durations for people', () => {
    expect(count(1234567)).to.equal('1,234,567');
    expect(counted(1, 'event')).to.equal('1 event');
    expect(counted(2, 'match', 'matches')).to.equal('2 matches');
    expect(utc(Date.UTC(2026, 2, 9, 11, 42, 7, 999))).to.equal('2026-03-09 11:42:07Z');
    expect(utc(Number.POSITIVE_INFINITY)).to.equal('Infinity');
    expect([duration(850), duration(12_345), duration(245_000)]).to.deep.equal([
      '850 ms',
      '12.3 s',
      '4 min 5 s',
    ]);
  });
});
