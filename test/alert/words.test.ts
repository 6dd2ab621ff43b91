import { expect } from 'chai';
import {
  bytesInWords,
  commonFolder,
  countInWords,
  fileName,
  pathInWords,
  spanInWords,
  valueInWords,
} from '../../src/alert/words.ts';

function table<I>(
  name: string,
  inWords: (input: I) => unknown,
  rows: readonly (readonly [I, unknown])[],
): void {
  describe(name, () => {
    for (const [input, expected] of rows) {
      it(`${JSON.stringify(input)} is ${JSON.stringify(expected)}`, () => {
        expect(inWords(input)).to.equal(expected);
      });
    }
  });
}

table('countInWords', countInWords, [
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [-1234567, '-1,234,567'],
  [1234.5678, '1,234.57'],
  [0.001, '0'],
  [1e21, '1e+21'],
  [Number.NaN, 'NaN'],
]);

table('bytesInWords', bytesInWords, [
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [3_140_000, '3.1 MB'],
  [9_960_000, '10 MB'],
  [212_400_000, '212 MB'],
  [999_600_000, '1.0 GB'],
  [5e18, '5000 PB'],
]);

table('spanInWords', spanInWords, [
  [0, '0 ms'],
  [999, '999 ms'],
  [60_000, '60 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [302_000, '5 min 2 s'],
  [7_200_000, '2 h'],
  [7_800_000, '2 h 10 min'],
  [604_800_000, '7 d'],
]);

table('valueInWords', valueInWords, [
  ['plain', 'plain'],
  ['a\nb\tc', 'a[LF]b[TAB]c'],
  ['summary\u200b.xlsx', 'summary[U+200B].xlsx'],
  ['\u202Egpj.exe', '[U+202E]gpj.exe'],
  ['a\ud800', 'a[U+D800]'],
  ['a\u00a0b', 'a[U+00A0]b'],
  ['a        b', 'a        b'],
  ['a         b', 'a[9 spaces]b'],
  [`${'x'.repeat(60)}${'y'.repeat(60)}`, `${'x'.repeat(53)}…${'y'.repeat(26)}`],
]);

table('pathInWords', (path: string) => pathInWords(path), [
  ['C:\\short\\file.txt', 'C:\\short\\file.txt'],
  [
    'C:\\Users\\ana.lopez\\Documents\\Department\\Finance\\Payroll',
    'C:\\…\\Documents\\Department\\Finance\\Payroll',
  ],
  [
    '/home/ana/projects/customers/contracts/2026/november/x.pdf',
    '/home/…/customers/contracts/2026/november/x.pdf',
  ],
]);

table('fileName', fileName, [
  ['C:\\a\\b.exe', 'b.exe'],
  ['/usr/bin/node', 'node'],
  ['node', 'node'],
]);

table('commonFolder', commonFolder, [
  [['/srv/a/1', '/srv/a/2'], '/srv/a'],
  [['/srv/a/1', '/srv/ab/2'], '/srv'],
  [['/srv/a/1', '/srv/a/b/2'], '/srv/a'],
  [['/a/1', '/b/2'], undefined],
  [['C:\\a\\1', 'C:\\b\\2'], undefined],
  [['C:\\a\\1', 'D:\\a\\1'], undefined],
  [[], undefined],
]);
