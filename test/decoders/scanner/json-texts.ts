import fc from 'fast-check';

/**
 * Names of members: ordinary ones, and those that objects inherit or that are written with escapes. None ends with
 * a backslash: the JSON.parse of Node 24 (V8 13.6) takes a name `"` for `\` where it has just met that one in
 * an object of the same names before it, so there it can not be the reference.
 */
export const names: readonly string[] = [
  'a',
  'b',
  'EventID',
  'winlog',
  'event.code',
  'Threat Name',
  'é',
  '"',
  'a\\b',
  '1',
  '__proto__',
  'constructor',
  'toString',
  '#text',
  'ProcessCommandLineOfTheParent',
];

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'aC:\\/"\n\u212a\u017f\u0000é日𝄞'), maxLength: 40 }),
  fc.constantFrom(
    '',
    '-',
    'C:\\Windows\\System32\\svchost.exe',
    '2020-09-04 12:33:11.345',
    '{"a":1}',
  ),
);

const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc.constantFrom('-0', '0.0', '1e5', '1E-2', '123456789012345', '1234567890123456'),
);

const space = fc.constantFrom('', '', '', ' ', '\n', '\t', '\r\n ');

/** A string as some writer of JSON puts it: as it is, or with escapes where none are needed. */
const string = fc.tuple(texts, fc.constantFrom('plain', 'ascii', 'web')).map(([text, writer]) => {
  const plain = JSON.stringify(text);
  if (writer === 'plain') return plain;
  const signs = writer === 'web' ? /[&<>'+=]/g : /[^\u0020-\u007e]/g;
  return plain.replace(signs, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
});

const { object } = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    string,
    numbers,
    fc.constantFrom('true', 'false', 'null'),
    tie('object'),
    fc
      .tuple(space, fc.array(tie('value'), { maxLength: 4 }), space)
      .map(([before, values, after]) => `[${before}${values.join(`${after},${before}`)}${after}]`),
  ),
  object: fc
    .tuple(
      space,
      fc.array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 8 }),
      space,
    )
    .map(([before, members, after]) => {
      const written = members.map(([name, value]) => {
        return `${before}${JSON.stringify(name)}${after}:${before}${value}${after}`;
      });
      return `{${before}${written.join(',')}}`;
    }),
}));

/** JSON texts of objects, as many writers put them; names may come twice. */
export const objectText: fc.Arbitrary<string> = fc
  .tuple(space, object, space)
  .map((parts) => parts.join(''));
