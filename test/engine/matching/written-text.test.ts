import { expect } from 'chai';
import fc from 'fast-check';
import { foldCase } from '../../../src/base/case.ts';
import { writtenText } from '../../../src/engine/matching/written-text.ts';

const encoder = new TextEncoder();

/** The text between the quotes of a JSON string, as a writer puts it. */
function written(text: string, writer: string): string {
  const plain = JSON.stringify(text).slice(1, -1);
  if (writer === 'plain') return plain;
  if (writer === 'slashes') return plain.replaceAll('/', '\\/');
  return plain.replaceAll('\\"', '"').replaceAll(/["&'+<=>]/g, numbered);
}

function numbered(sign: string): string {
  return `\\u00${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}

function stands(sought: string, json: string): boolean | undefined {
  return writtenText(foldCase(sought))?.standsIn(encoder.encode(json));
}

describe('a text as JSON writes it', () => {
  const rows: readonly (readonly [title: string, sought: string, json: string, stands: boolean])[] =
    [
      ['as it is', '= PowerShell', 'Application = powershell.exe', true],
      ['a sign by its number', '= powershell', 'Application \\u003D powershell', true],
      ['a backslash', 'c:\\windows', 'C:\\\\Windows', true],
      ['a letter that ends an escape', 'nabc', 'x\\nabc', false],
      ['a letter behind an escaped backslash', 'nabc', 'x\\\\nabc', true],
      ['digits that end an escape', '6abc', 'x\\u0026abc', false],
      ['the letter of an escape', 'u0026', 'x\\u0026', false],
      ['digits behind an escaped backslash', '6abc', 'x\\\\u0026abc', true],
      ['half of an escaped backslash', '\\system', 'x\\\\\\\\system', true],
      ['a quote', 'a"b', 'a\\"b', true],
      ['a slash', 'a/b', 'a\\/b', true],
      ['behind a false one', 'nab', '\\nab nab', true],
      ['at the end', 'xyz', 'abcxyz', true],
      ['cut', 'xyz', 'abcxy', false],
    ];
  for (const [title, sought, json, expected] of rows) {
    it(title, () => expect(stands(sought, json)).to.equal(expected));
  }

  it('is not known of what has many ways, or is no printable ASCII', () => {
    for (const text of ['', 'é', 'a\nb', '<<<', '\ud83d', 'x'.repeat(101)]) {
      expect(writtenText(text), text).to.equal(undefined);
    }
  });

  it('stands in a value just where its text contains it', () => {
    const unit = fc.constantFrom(...'aAnuU06bB\\/"&=<é日 kK');
    const around = fc.string({ unit, maxLength: 60 });
    const writer = fc.constantFrom('plain', 'slashes', 'numbered');
    const counts = { true: 0, false: 0 };
    const property = fc.property(
      fc.string({ unit, minLength: 1, maxLength: 4 }),
      around,
      around,
      fc.boolean(),
      writer,
      (sought, head, tail, isInside, by) => {
        const value = head + (isInside ? sought.toUpperCase() : '') + tail;
        const found = stands(sought, written(value, by));
        if (found === undefined) return;
        counts[found ? 'true' : 'false']++;
        expect(found).to.equal(foldCase(value).includes(foldCase(sought)));
      },
    );
    fc.assert(property, { numRuns: 8000 });
    expect(Math.min(counts.true, counts.false)).to.be.greaterThan(500);
  });
});
