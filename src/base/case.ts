// Unicode's simple case folding (CaseFolding.txt, statuses C and S) is the lower case of each code
// point, but for these; and JavaScript lowers a sigma by its neighbours and widens U+0130 to two
// code points, which would make `contains` depend on what stands around the text.
const foldings: ReadonlyMap<string, string> = new Map([
  ['\u017f', 's'],
  ['\u0345', '\u03b9'],
  ['\u03a3', '\u03c3'],
  ['\u03c2', '\u03c3'],
  ['\u03d0', '\u03b2'],
  ['\u03d1', '\u03b8'],
  ['\u03d5', '\u03c6'],
  ['\u03d6', '\u03c0'],
  ['\u03f0', '\u03ba'],
  ['\u03f1', '\u03c1'],
  ['\u03f5', '\u03b5'],
  ['\u1c80', '\u0432'],
  ['\u1c81', '\u0434'],
  ['\u1c82', '\u043e'],
  ['\u1c83', '\u0441'],
  ['\u1c84', '\u0442'],
  ['\u1c85', '\u0442'],
  ['\u1c86', '\u044a'],
  ['\u1c87', '\u0463'],
  ['\u1c88', '\ua64b'],
  ['\u1e9b', '\u1e61'],
  ['\u1fbe', '\u03b9'],
]);

const dottedCapitalI = '\u0130';
const irregular = new RegExp(`[${[...foldings.keys(), dottedCapitalI].join('')}]`);
const irregularEach = new RegExp(irregular.source, 'g');

/**
 * The text under Unicode's simple case folding: code point by code point, whatever stands around.
 */
export function foldCase(text: string): string {
  if (!irregular.test(text)) return text.toLowerCase();
  return text
    .split(dottedCapitalI)
    .map((piece) => piece.replace(irregularEach, (letter) => foldings.get(letter) ?? letter))
    .map((piece) => piece.toLowerCase())
    .join(dottedCapitalI);
}
