import { expect } from 'chai';
import { regexLiteralGroups, regexLiterals } from '../../../src/engine/matching/regex-literals.ts';

const rows: readonly (readonly [source: string, literals: readonly string[] | undefined])[] = [
  ['powershell', ['powershell']],
  ['^powershell$', ['powershell']],
  ['(?i)power.*shells', ['shells']],
  ['power(?:shell|point)', ['powershell', 'powerpoint']],
  ['a|bc', ['a', 'bc']],
  ['a|', undefined],
  ['(abc)?', undefined],
  ['(abc)*x', ['x']],
  ['(abc)+', ['abc']],
  ['(abc){0,3}', undefined],
  ['(abc){2,3}?', ['abc']],
  ['[Pp]wsh', ['Pwsh', 'pwsh']],
  ['[a-z]wsh', ['wsh']],
  ['[^P]wsh', ['wsh']],
  ['[]x]wsh', [']wsh', 'xwsh']],
  ['[[:alpha:]]wsh', undefined],
  ['\\d{4}-key', ['-key']],
  ['\\.dll\\b', ['.dll']],
  ['\\x41BC', ['ABC']],
  ['\\x{1F600}!', ['😀!']],
  ['tab\\there', ['tab\there']],
  ['(?P<name>abc)d', ['abcd']],
  ['(?<name>abc)d', ['abcd']],
  ['(?i:abc)d', ['abcd']],
  ['(?i-s)abc', ['abc']],
  ['.*', undefined],
  ['', undefined],
  ['\\Qa.b\\E', undefined],
  ['\\p{Greek}abc', undefined],
  ['(?=abc)', undefined],
  ['abc{', undefined],
  ['a)b', undefined],
  ['(a', undefined],
  ['[abc', undefined],
  ['ab\\', undefined],
  ['*a', undefined],
  ['(?:ab|cd)(?:ef|gh).*xyz', ['abef', 'abgh', 'cdef', 'cdgh']],
];

describe('literals of a regular expression', () => {
  for (const [source, literals] of rows) {
    it(source === '' ? '(empty)' : source, () => {
      expect(regexLiterals(source)).to.deep.equal(literals);
    });
  }

  const groups: readonly (readonly [source: string, groups: readonly (readonly string[])[]])[] = [
    ['abc', [['abc']]],
    ['a.*bc', [['bc']]],
    ['ab.*(?:cd|ef).*&&', [['ab'], ['cd', 'ef'], ['&&']]],
    ['(ab.*cd)ef', [['ab'], ['cd'], ['ef']]],
    ['(ab.*cd)?ef', [['ef']]],
    ['(ab.*cd)+ef', [['ab'], ['ef']]],
    ['(ab.*cd|gh)ef', [['ab', 'gh'], ['ef']]],
    ['(?i)set.*&&\\s?set', [['set'], ['&&'], ['set']]],
    ['ab|.*', []],
    ['[', []],
  ];
  for (const [source, expected] of groups) {
    it(`of each of these one: ${source}`, () => {
      expect(regexLiteralGroups(source)).to.deep.equal(expected);
    });
  }

  it('stay few when alternatives multiply', () => {
    const literals = regexLiterals('x'.repeat(30) + '[ab]'.repeat(20)) ?? [];
    expect(literals.length).to.be.within(1, 64);
    for (const literal of literals) expect(literal.startsWith('x'.repeat(30))).to.equal(true);
  });

  it('nest so deep that the reader gives up', () => {
    expect(regexLiterals('('.repeat(60) + 'abc' + ')'.repeat(60))).to.equal(undefined);
  });
});
