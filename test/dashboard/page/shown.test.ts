import { expect } from 'chai';

import { hasHidden, headAndTail, pieces, plain } from '../../../src/dashboard/page/shown.ts';

const joined = (text: string): string =>
  pieces(text)
    .map((piece) =>
      piece.kind === 'text'
        ? piece.text
        : piece.kind === 'spaces'
          ? `[${piece.count} spaces]`
          : `[${piece.label}]`,
    )
    .join('');

describe('dashboard: text that an attacker wrote', () => {
  const table: readonly (readonly [string, string])[] = [
    ['plain text', 'plain text'],
    ['summary\u200b.xlsx', 'summary[U+200B ZWSP].xlsx'],
    ['gpj\u202eexe', 'gpj[U+202E RLO]exe'],
    ['a\nb\tc\rd', 'a[LF]b[TAB]c[CR]d'],
    ['\u0000\u001b[31m\u007f\u0085', '[U+0000 NUL][U+001B ESC][31m[U+007F DEL][U+0085 NEL]'],
    ['a\u00a0b\u2003c', 'a[U+00A0 NBSP]b[U+2003]c'],
    ['\u2066x\u2069\u200e\u061c', '[U+2066 LRI]x[U+2069 PDI][U+200E LRM][U+061C ALM]'],
    ['\u2028\u2029\ufeff', '[U+2028 LS][U+2029 PS][U+FEFF BOM]'],
    ['a\ufe0fb\u{e0041}\u{e0100}', 'a[U+FE0F]b[U+E0041][U+E0100]'],
    ['\ud800x\udc00', '[U+D800]x[U+DC00]'],
    ['\ue000\u{f0000}', '[U+E000][U+F0000]'],
    [`a${' '.repeat(8)}b`, `a${' '.repeat(8)}b`],
    [`a${' '.repeat(212)}b`, 'a[212 spaces]b'],
    [`z${'\u0301'.repeat(40)}`, `z${'\u0301'.repeat(3)}[37 combining marks]`],
    [
      '--data [redacted:base64:2696:9d7f52fac6f9] x',
      '--data [base64 hidden, 2696 characters, #9d7f] x',
    ],
    ['a[cut:120:9d7f52fac6f9]b', 'a[120 characters left out]b'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['grüße 你好 שלום 🎉', 'grüße 你好 שלום 🎉'],
  ];
  for (const [text, shown] of table) {
    it(`shows ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(joined(text)).to.equal(shown);
    });
  }

  it('keeps the end of a long command line, where the payload hides', () => {
    const text = `curl ${'a'.repeat(2000)} | sh -c evil`;
    const cut = headAndTail(text);
    expect(cut?.head).to.have.lengthOf(120);
    expect(cut?.tail.endsWith('| sh -c evil')).to.equal(true);
    expect((cut?.missing ?? 0) + 180).to.equal(text.length);
  });

  it('never cuts half a character or what the redactor left', () => {
    const family = '👩‍👩‍👧‍👦';
    expect(headAndTail(family.repeat(300))?.head.endsWith(family)).to.equal(true);
    const secret = `${'x'.repeat(110)}[redacted:base64:2696:9d7f52fac6f9]${'y'.repeat(400)}`;
    expect(headAndTail(secret)?.head).to.equal('x'.repeat(110));
    expect(headAndTail('x'.repeat(300))).to.equal(undefined);
  });

  it('says that something is hidden, and only then', () => {
    expect(hasHidden('a\u200bb')).to.equal(true);
    expect(hasHidden('a b')).to.equal(false);
  });

  it('writes accessible names on one bounded line', () => {
    expect(plain('a\u202eb\nc')).to.equal('a[U+202E RLO]b[LF]c');
    expect(plain('x'.repeat(500), 20)).to.equal(`${'x'.repeat(20)}…`);
  });

  it('takes a bounded time for any text', () => {
    const hostile = '[redacted:'.repeat(800) + '\u0301'.repeat(8000) + ' '.repeat(8000);
    expect(pieces(hostile).length).to.be.lessThan(10);
  });
});
