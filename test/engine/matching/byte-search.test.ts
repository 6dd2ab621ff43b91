import { expect } from 'chai';
import fc from 'fast-check';
import { createAutoDecoder } from '../../../src/decoders/index.ts';
import { createByteSearch } from '../../../src/engine/matching/byte-search.ts';
import { foldCase } from '../../../src/base/case.ts';
import type { Needle } from '../../../src/engine/matching/needle.ts';

const decoder = createAutoDecoder();
const encoder = new TextEncoder();

/** The plain bytes of a Windows event that a writer put so, or undefined if they are not plain. */
function plainBytes(text: string): Uint8Array | undefined {
  let bytes: Uint8Array | undefined;
  const position = { source: 'test', partition: 0, offset: 0 };
  const problem = decoder.decode({ payload: encoder.encode(text), position }, (event) => {
    bytes = event.plainBytes;
  });
  expect(problem).to.equal(undefined);
  return bytes;
}

function recordOf(value: string, extra: object = {}): string {
  const EventTime = '2020-01-01 00:00:00';
  return JSON.stringify({ EventID: 1, Channel: 'x', Hostname: 'h', EventTime, value, ...extra });
}

function needle(text: string): Needle {
  const folded = foldCase(text);
  const units = Array.from({ length: folded.length }, (_, index) => folded.charCodeAt(index));
  return { units, isHead: false, isTail: false };
}

function finds(needles: readonly string[], bytes: Uint8Array): boolean | undefined {
  return createByteSearch(needles.map(needle))?.finds(bytes);
}

describe("search of a record's bytes", () => {
  it('skips what holds no needle', () => {
    const bytes = plainBytes(recordOf('C:\\users\\public\\cmd.exe')) ?? new Uint8Array(0);
    expect(bytes.length).to.be.greaterThan(0);
    expect(finds(['sekurlsa::', 'mimidrv.sys'], bytes)).to.equal(false);
    expect(finds(['sekurlsa::', 'CMD.exe'], bytes)).to.equal(true);
  });

  it('is not made where the bytes may differ from the text', () => {
    for (const text of ['a"b', '\\\\', 'ab/cd', 'ab-cd', 'ab', 'a\u00e9b']) {
      expect(createByteSearch([needle('mimidrv.sys'), needle(text)]), text).to.equal(undefined);
    }
    expect(createByteSearch([])).to.equal(undefined);
  });

  const plain: readonly (readonly [title: string, text: string, isPlain: boolean])[] = [
    ['a path', recordOf('C:\\users\\uabcd'), false],
    ['a name that is no escape', recordOf('C:\\users\\update'), true],
    ['an escaped letter', recordOf('x').replace('"x"', '"\\u006dimikatz"'), false],
    ['an escaped sign', recordOf('x').replace('"x"', '"\\u003Cmimikatz\\u0026"'), true],
    ['an escaped backslash', recordOf('x').replace('"x"', '"\\u005cu006d"'), false],
    ['letters beyond ASCII', recordOf('\u00e9\u65e5'), true],
    ['a letter that folds to k', recordOf('\u212aiwi'), false],
    ['a letter that folds to s', recordOf('\u017fekurlsa'), false],
    ['a record in a text', JSON.stringify({ message: recordOf('x') }), true],
    [
      'an escape in a record in a text',
      JSON.stringify({ message: recordOf('x').replace('"x"', '"\\u006dimikatz"') }),
      false,
    ],
    ['data in a text', recordOf('x', { EventData: '<Data Name="a">b</Data>' }), true],
  ];
  for (const [title, text, isPlain] of plain) {
    it(`${isPlain ? 'reads' : 'leaves'} ${title}`, () => {
      expect(plainBytes(text) !== undefined).to.equal(isPlain);
    });
  }

  it('never misses a needle that a value contains', () => {
    const unit = fc.constantFrom(...'aAkKsSzZ09:. _\\"/-<&\u212a\u017f\u0130\u00e9\n');
    const piece = fc.string({ unit, minLength: 3, maxLength: 12 });
    const around = fc.string({ unit, maxLength: 30 });
    const needles = fc.array(piece, { minLength: 1, maxLength: 5 });
    let searched = 0;
    const property = fc.property(needles, around, around, fc.nat(), (texts, head, tail, pick) => {
      const chosen = texts[pick % texts.length] ?? '';
      for (const inner of [chosen.toUpperCase(), chosen, chosen.toLowerCase()]) {
        const value = head + inner + tail;
        if (!foldCase(value).includes(foldCase(chosen))) continue;
        for (const text of [recordOf(value), JSON.stringify({ message: recordOf(value) })]) {
          const bytes = plainBytes(text);
          const found = bytes === undefined ? undefined : finds(texts, bytes);
          if (found !== undefined) searched++;
          expect(found).to.not.equal(false);
        }
      }
    });
    fc.assert(property, { numRuns: 4000 });
    expect(searched).to.be.greaterThan(300);
  });
});
