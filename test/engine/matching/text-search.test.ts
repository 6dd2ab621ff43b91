import { expect } from 'chai';
import fc from 'fast-check';
import { Automaton } from '../../../src/engine/matching/automaton.ts';
import { foldCase } from '../../../src/base/case.ts';
import { LiteralSearch } from '../../../src/engine/matching/literal-search.ts';
import { SkipSearch } from '../../../src/engine/matching/skip-search.ts';
import { createTextSearches } from '../../../src/engine/matching/text-search.ts';
import type { TextSearch, Wanted } from '../../../src/engine/matching/text-search.ts';

interface Looked {
  readonly text: string;
  readonly isHead: boolean;
  readonly isTail: boolean;
}

function wantedOf(looked: readonly Looked[]): readonly Wanted[] {
  return looked.map(({ text, isHead, isTail }, id) => {
    const folded = foldCase(text);
    const units = Array.from({ length: folded.length }, (_, index) => folded.charCodeAt(index));
    return { id, needle: { units, isHead, isTail } };
  });
}

function found(search: TextSearch, text: string): ReadonlySet<number> {
  const ids = new Set<number>();
  search.scan(text, (each) => each.forEach((id) => ids.add(id)));
  return ids;
}

function isThere(text: string, { text: searched, isHead, isTail }: Looked): boolean {
  const folded = foldCase(text);
  const literal = foldCase(searched);
  if (isHead && isTail) return folded === literal;
  if (isHead) return folded.startsWith(literal);
  return isTail ? folded.endsWith(literal) : folded.includes(literal);
}

const searches: readonly (readonly [string, (wanted: readonly Wanted[]) => TextSearch, number])[] =
  [
    ['the automaton', (wanted) => new Automaton(wanted), 1],
    ['skipping', (wanted) => new SkipSearch(wanted), 3],
    ['one by one', (wanted) => new LiteralSearch(wanted), 1],
  ];

const letter = fc.constantFrom(
  'a',
  'b',
  'A',
  'c',
  '1',
  '\\',
  'k',
  '\u212a',
  's',
  '\u017f',
  'ä',
  'Ä',
  '-',
  '/',
  '–',
  '😀',
);
const looked = (lengthMin: number): fc.Arbitrary<Looked> => {
  return fc.record({
    text: fc.array(letter, { minLength: lengthMin, maxLength: 8 }).map((list) => list.join('')),
    isHead: fc.boolean(),
    isTail: fc.boolean(),
  });
};

describe('text searches', () => {
  for (const [name, make, lengthMin] of searches) {
    it(`${name}: nothing that is there is missed`, () => {
      const needles = fc.array(looked(lengthMin), { minLength: 1, maxLength: 8 });
      const texts = fc.array(fc.array(letter, { maxLength: 24 }), { minLength: 1, maxLength: 6 });
      // Long enough to be searched as bytes, when all of it is ASCII.
      const filling = fc.constantFrom('', '', 'x'.repeat(200));
      fc.assert(
        fc.property(needles, texts, filling, (list, lines, rest) => {
          const search = make(wantedOf(list));
          for (const line of lines) {
            // Needles are put in, because random ones are rarely there.
            for (const inner of ['', list[0]?.text ?? '']) {
              const text = line.join('') + rest + inner;
              const ids = found(search, text);
              const missed = list.filter((each, id) => isThere(text, each) && !ids.has(id));
              if (missed.length > 0) throw new Error(`missed ${JSON.stringify(missed)} in ${text}`);
            }
          }
        }),
        { numRuns: 1000 },
      );
    });

    it(`${name}: ASCII needles that are not there are not told`, () => {
      const wanted = wantedOf([
        { text: 'mimikatz', isHead: false, isTail: false },
        { text: '\\cmd.exe', isHead: false, isTail: true },
        { text: 'c:\\windows', isHead: true, isTail: false },
        { text: 'svchost', isHead: true, isTail: true },
      ]);
      const search = make(wanted);
      const told = (text: string): readonly number[] =>
        [...found(search, text)].sort((left, right) => left - right);
      expect(told('x MIMIKATZ y')).to.deep.equal([0]);
      expect(told('C:\\Windows\\cmd.exe')).to.deep.equal([1, 2]);
      expect(told('C:\\Windows\\cmd.exe ')).to.deep.equal([2]);
      expect(told('xC:\\Windows')).to.deep.equal([]);
      expect(told('SVCHOST')).to.deep.equal([3]);
      expect(told('svchosts')).to.deep.equal([]);
      expect(told('mimi katz')).to.deep.equal([]);
      expect(told('')).to.deep.equal([]);
    });
  }

  it('needles with ever other characters do not widen the table', () => {
    const needles = Array.from({ length: 500 }, (_, index) => {
      return { text: `x${String.fromCharCode(0x4e00 + index)}y`, isHead: false, isTail: false };
    });
    const automaton = new Automaton(wantedOf(needles));
    // The root, x, any character beyond ASCII, y.
    expect(automaton.states).to.equal(4);
    expect([...found(automaton, 'x\u4e07y')]).to.include(7);
  });

  it('many needles go to one automaton, few and long ones are skipped to', () => {
    const long = { text: 'sekurlsa::', isHead: false, isTail: false };
    const short = { text: 'iwr ', isHead: false, isTail: false };
    const kinds = (list: readonly Looked[]): readonly string[] => {
      return createTextSearches(wantedOf(list)).map((search) => search.constructor.name);
    };
    expect(kinds([])).to.deep.equal([]);
    expect(kinds([long])).to.deep.equal(['SkipSearch']);
    expect(kinds([short])).to.deep.equal(['LiteralSearch']);
    expect(kinds([long, short])).to.deep.equal(['SkipSearch', 'LiteralSearch']);
    expect(kinds([long, ...Array.from({ length: 7 }, () => short)])).to.deep.equal(['Automaton']);
    expect(kinds(Array.from({ length: 1001 }, () => long))).to.deep.equal(['Automaton']);
  });
});
