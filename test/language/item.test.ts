import { expect } from 'chai';

import { errorsOf, onlyDetection, problemsOf, ruleOf, show, shown } from './support.ts';
import { modifiers } from '../../src/language/modifiers/index.ts';
import { readRules } from '../../src/language/read.ts';

type Row = readonly [id: string, selection: string, expected: string];

const items: readonly Row[] = [
  ['R1 a map is an and', 'a: x\nb: y', 'and(a=«x», b=«y»)'],
  ['R1 a list of maps is an or', '- a: x\n- b: y\n  c: z', 'or(a=«x», and(b=«y», c=«z»))'],
  ['R1 a list of scalars is keywords', '[x, y]', 'or(*«x»*, *«y»*)'],
  ['R1 a mixed list is an or', '- x\n- b: y', 'or(*«x»*, b=«y»)'],
  ['R1 a bare scalar is one keyword', 'x', '*«x»*'],
  ['R2 a list of values is an or', 'f: [x, y]', 'or(f=«x», f=«y»)'],
  ['R6 a number stays a number', 'f: 5', 'f=number 5'],
  ['R6 hexadecimal in YAML is a number', 'f: 0x10', 'f=number 16'],
  ['R6 16 digits stay exact', 'f: 12345678901234567890', 'f=number 12345678901234567890n'],
  ['R7 true is a boolean', 'f: true', 'f=true'],
  ['R8 null', 'f: null', 'f=null'],
  ['R8 an empty value is null', 'f:', 'f=null'],
  ['R9 the empty string', "f: ''", 'f=«»'],
  ['R10 null among values', 'f: [null, x]', 'or(f=null, f=«x»)'],
  ['R11 an empty list is null', 'f: []', 'f=null'],
  ['R12 dotted names stay whole', 'a.b: x', 'a.b=«x»'],
  ['R14 names with spaces stay', 'New Value: x', 'New Value=«x»'],
  ['R15 a number as keyword', '[42]', '*«42»*'],
  ['R15 keywords with all', "'|all': [x, y]", 'and(*«x»*, *«y»*)'],
  ['R15 keywords with re', "'|re': a.c", '/a.c/'],
  ['R15 keywords with contains and all', "'|contains|all': [x, y]", 'and(*«x»*, *«y»*)'],
  ['R15 a keyword may be placed', "'|startswith': x", '«x»*'],
  ['R15 a keyword in a network', "'|cidr': 10.0.0.0/8", 'net 10.0.0.0/8'],
  ['R15 an empty name is a keyword', "'': x", '*«x»*'],
  ['D19 dates stay text', 'f: 2026-01-02', 'f=«2026-01-02»'],
  ['D19 yes is text', 'f: yes', 'f=«yes»'],
  ['M1 all', 'f|all: [x, y]', 'and(f=«x», f=«y»)'],
  ['M1 all stands anywhere', 'f|all|contains: [x, y]', 'and(f=*«x»*, f=*«y»*)'],
  ['M1 a single value', 'f|contains|all: x', 'f=*«x»*'],
  ['M2 startswith', 'f|startswith: x', 'f=«x»*'],
  ['M2 endswith', 'f|endswith: x', 'f=*«x»'],
  ['M2 stars are not doubled', "f|contains: '*x*'", 'f=*«x»*'],
  ['M2 an escaped star does not count', "f|startswith: 'x\\*'", 'f=«x*»*'],
  ['M2 an empty value', "f|contains: ''", 'f=*'],
  ['M2 a number', 'f|endswith: 5', 'f=*«5»'],
  ['M2 re: anchors stay', 'f|re|contains: ^abc$', 'f=/^abc$/'],
  ['M2 re: startswith anchors', 'f|re|startswith: a|b', 'f=/^(?:a|b)/'],
  ['M2 re: endswith anchors', 'f|re|endswith: a|b', 'f=/(?:a|b)$/'],
  ['M2 fieldref', 'f|fieldref|contains: g', 'f=contains field g'],
  ['M3 exists', 'f|exists: true', 'exists f'],
  ['M3 absent', 'f|exists: false', 'absent f'],
  ['M4 cased', 'f|cased: X', 'f=cased «X»'],
  ['M4 cased before', 'f|cased|contains: X', 'f=cased *«X»*'],
  ['M4 cased behind', 'f|contains|cased: X', 'f=cased *«X»*'],
  ['M5 neq', 'f|neq: x', 'not f=«x»'],
  ['M5 neq with contains', 'f|contains|neq: x', 'not f=*«x»*'],
  ['M5 neq with fieldref', 'f|fieldref|neq: g', 'not f=equal field g'],
  ['M5 neq with all', 'f|neq|all: [x, y]', 'not and(f=«x», f=«y»)'],
  ['M6 windash before contains', "f|windash|contains: ' -x '", 'f=*« »-«x »*'],
  ['M6 windash behind contains', "f|contains|windash: ' -x '", 'f=*« »-«x »*'],
  ['M6 a slash at the start', 'f|windash: /x', 'f=-«x»'],
  ['M6 a dash before a space stays', "f|windash: 'a - b'", 'f=«a - b»'],
  ['M6 a double dash', "f|windash: '--x'", 'f=«-»-«x»'],
  ['M6 dashes inside words stay', "f|windash: 'a-b/c'", 'f=«a-b/c»'],
  ['M6 letters of any script are words', "f|windash: 'é-b -ß'", 'f=«é-b »-«ß»'],
  ['M7 re keeps backslashes', "f|re: 'a\\*\\\\b'", 'f=/a\\*\\\\b/'],
  ['M7 inline flags', "f|re: '(?i)abc'", 'f=/(?i)abc/'],
  ['M8 flags', 'f|re|i: x', 'f=/x/i'],
  ['M8 flags, all', 'f|re|s|i|m: x', 'f=/x/ims'],
  ['M8 aliases', 'f|re|ignorecase|multiline|dotall: x', 'f=/x/ims'],
  ['M9 base64 of UTF-8', 'f|base64: ä', 'f=«w6Q=»'],
  ['M9 base64 with contains', 'f|base64|contains: foobar', 'f=*«Zm9vYmFy»*'],
  ['M9 an escaped wildcard is encoded', "f|base64: 'a\\*b'", 'f=«YSpi»'],
  ['M11 wide of a character above 255', 'f|wide|base64: €', 'f=«rCA=»'],
  ['M11 wide of a surrogate pair', 'f|utf16be|base64: 😀', 'f=«2D3eAA==»'],
  ['M11 wide keeps wildcards', "f|wide: 'a*b'", 'f=«a\u0000»*«b\u0000»'],
  [
    'M10 the encodings stay alternatives under all',
    'f|base64offset|contains|all: [abc, xyz]',
    'and(or(f=*«YWJj»*, f=*«FiY»*, f=*«hYm»*), or(f=*«eHl6»*, f=*«h5e»*, f=*«4eX»*))',
  ],
  ['M11 utf16le', 'f|utf16le: x', 'f=«x\u0000»'],
  ['M11 utf16 has a mark', 'f|utf16: x', 'f=«\u00ff\u00fex\u0000»'],
  ['M12 comparisons', 'f|gte: 5', 'f=number gte 5'],
  ['M12 a list is an or', 'f|lt: [1, 2.5]', 'or(f=number lt 1, f=number lt 2.5)'],
  ['M12 range', 'f|gt: 1\nf|lte: 9', 'and(f=number gt 1, f=number lte 9)'],
  ['M13 date part', 'f|hour: 23', 'f=hour eq 23'],
  [
    'M13 all parts',
    'd|minute: 0\nd|day: 31\nd|month: 12\nd|year: 2026',
    'and(d=minute eq 0, d=day eq 31, d=month eq 12, d=year eq 2026)',
  ],
  ['M13 date part compared', 'f|week|lte: 53', 'f=week lte 53'],
  ['M14 IPv4', 'f|cidr: 10.0.0.0/8', 'f=net 10.0.0.0/8'],
  ['M14 IPv6', "f|cidr: ['FE80::/10', '::1']", 'or(f=net fe80::/10, f=net ::1/128)'],
  ['M14 embedded IPv4', "f|cidr: '::ffff:10.0.0.0/104'", 'f=net ::ffff:10.0.0.0/104'],
  ['M14 a single address', 'f|cidr: 10.0.0.1', 'f=net 10.0.0.1/32'],
  ['M15 placeholder', "f|expand: '%servers%'", 'f=%servers%'],
  ['M15 literals around', "f|expand: 'a%b%c'", 'f=«a»%b%«c»'],
  ['M15 contains', "f|contains|expand: '%b%'", 'f=*%b%*'],
  ['M15 contains behind', "f|expand|contains: '%b%'", 'f=*%b%*'],
  ['M15 stars are not doubled', "f|contains|expand|contains: '%b%'", 'f=*%b%*'],
  ['M15 no placeholder in it', "f|expand: '50% off'", 'f=«50% off»'],
  ['M15 only with the modifier', "f: '%b%'", 'f=«%b%»'],
  ['M15 windash', "f|expand|windash: ' -x %b%'", 'f=« »-«x »%b%'],
  ['M15 keyword', "'|expand': '%b%'", '*%b%*'],
  ['M16 fieldref', 'f|fieldref: g', 'f=equal field g'],
  ['M16 cased', 'f|fieldref|cased: g', 'f=cased equal field g'],
  // The chains of SigmaHQ's rules; windash, wide and all stand in other rows too.
  ['M17 endswith and windash', "f|endswith|windash: ' -x'", 'f=*« »-«x»'],
  ['M17 startswith and windash', "f|startswith|windash: '-x'", 'f=-«x»*'],
  ['M17 windash, contains and all', "f|windash|contains|all: ['-a', b]", 'and(f=*-«a»*, f=*«b»*)'],
  ['M17 contains and all', 'f|contains|all: [x, y]', 'and(f=*«x»*, f=*«y»*)'],
  ['M17 startswith and all', 'f|startswith|all: [x, x*y]', 'and(f=«x»*, f=«x»*«y»*)'],
  ['M17 endswith and all', 'f|endswith|all: [x, y]', 'and(f=*«x», f=*«y»)'],
  ['M17 re and all', 'f|re|all: [x, y]', 'and(f=/x/, f=/y/)'],
  ['M17 contains and expand', "f|contains|expand: 'a%b%'", 'f=*«a»%b%*'],
  ['M17 endswith and expand', "f|endswith|expand: '%b%'", 'f=*%b%'],
  [
    'M17 cased, contains and all',
    'f|contains|all|cased: [X, Y]',
    'and(f=cased *«X»*, f=cased *«Y»*)',
  ],
  [
    'M17 wide, base64offset and contains',
    'f|utf16le|base64offset|contains: ab',
    'or(f=*«YQBiA»*, f=*«EAYg»*, f=*«hAGIA»*)',
  ],
  ['M17 fieldref, startswith and neq', 'f|fieldref|startswith|neq: g', 'not f=startswith field g'],
  ['M17 cidr and neq', 'f|cidr|neq: 10.0.0.0/8', 'not f=net 10.0.0.0/8'],
  ['M17 hour and all', 'f|hour|gte|all: [5, 6]', 'and(f=hour gte 5, f=hour gte 6)'],
];

const refused: readonly (readonly [string, string, string])[] = [
  ['R16', 'f: { a: 1 }', 'invalid-value: a map cannot be a value'],
  ['R16', 'f: [[x]]', 'invalid-value: a list inside a list cannot be a value'],
  ['R17', 'f|Contains: x', 'unknown-modifier: unknown modifier "Contains"'],
  ['M2', 'f|contains: true', 'invalid-value: the modifier contains does not apply to a boolean'],
  ['M2', 'f|contains: null', 'invalid-value: the modifier contains does not apply to a null'],
  [
    'M3',
    'f|exists|all: true',
    'invalid-modifier: the modifier exists cannot be combined with other modifiers',
  ],
  [
    'M3',
    'f|contains|exists: true',
    'invalid-modifier: the modifier exists cannot be combined with other modifiers',
  ],
  [
    'M7',
    'f|re: (?=a)',
    'invalid-regex: not an RE2 regular expression: "invalid or unsupported Perl syntax: `(?=`"',
  ],
  [
    'M7',
    'f|re: (?<!a)b',
    'invalid-regex: not an RE2 regular expression: "invalid named capture: `(?<!a)b`"',
  ],
  [
    'M7',
    "f|re: '(a)\\1'",
    'invalid-regex: not an RE2 regular expression: "invalid escape sequence: `\\\\1`"',
  ],
  [
    'M7',
    'f|re: a++',
    'invalid-regex: not an RE2 regular expression: "invalid nested repetition operator: `++`"',
  ],
  [
    'M7',
    'f|re: (?>a)',
    'invalid-regex: not an RE2 regular expression: "invalid or unsupported Perl syntax: `(?>`"',
  ],
  [
    'M7',
    "f|re: 'a{1001}'",
    'invalid-regex: not an RE2 regular expression: "invalid repeat count: `{1001}`"',
  ],
  [
    'M7',
    `f|re: '${'[a-z]{1000}'.repeat(30)}'`,
    'invalid-regex: the regular expression is too large when compiled',
  ],
  [
    'M7',
    `f|re: '${'a'.repeat(5000)}'`,
    'invalid-regex: the regular expression is longer than 4096 characters',
  ],
  [
    'M12',
    'f|gt|contains: 5',
    'invalid-value: the modifier contains does not apply to a comparison',
  ],
  ['M12', "'|gt': 5", 'invalid-modifier: the modifier gt needs a field name before it'],
  ['M13', 'f|minute: 60', 'invalid-value: minute takes a whole number from 0 to 59'],
  ['M13', 'f|month: 0', 'invalid-value: month takes a whole number from 1 to 12'],
  ['M13', 'f|day: 1.5', 'invalid-value: day takes a whole number from 1 to 31'],
  ['M14', 'f|cidr: 10.0.0', 'invalid-network: "10.0.0" is not a network'],
  ['M14', 'f|cidr: 10.0.0.0/33', 'invalid-network: "10.0.0.0/33" is not a network'],
  [
    'M14',
    "f|cidr: 'fe80::1/10'",
    'invalid-network: "fe80::1/10" has address bits behind its prefix',
  ],
  ['M14', "f|cidr: '1:2:3::4::5/64'", 'invalid-network: "1:2:3::4::5/64" is not a network'],
  [
    'M14',
    "f|contains|cidr: '10.0.0.0/8'",
    'invalid-modifier: the modifier cidr must be the first modifier, before contains',
  ],
  ['M16', "'|fieldref': g", 'invalid-modifier: the modifier fieldref needs a field name before it'],
  ['M16', 'f|fieldref: 5', 'invalid-value: the modifier fieldref does not apply to a number'],
  [
    'M16',
    "f|fieldref: ''",
    'invalid-value: a field reference is the name of a field, without wildcards',
  ],
  [
    'M18',
    'f|base64offset|base64offset: abc',
    'invalid-modifier: the modifier base64offset cannot stand twice in one key',
  ],
  [
    'M18',
    'f|expand|re: abc',
    'invalid-modifier: the modifier re must be the first modifier, before expand',
  ],
  [
    'M18',
    "f|expand|base64: '%a%'",
    'invalid-value: the modifier base64 does not apply to a placeholder',
  ],
  ['R15', '[null]', 'empty-selection: the selection "sel" asks for nothing'],
  ['R1', '{}', 'empty-selection: the selection "sel" asks for nothing'],
  ['R1', '[]', 'empty-selection: the selection "sel" asks for nothing'],
  ['R1', '[[a]]', 'invalid-value: a list inside a list cannot be a search'],
  ['M18', `f${'|all'.repeat(11)}: x`, 'invalid-modifier: more than 10 modifiers'],
];

const warned: readonly (readonly [string, string, readonly string[]])[] = [
  ['R10', 'f: [null, x]', ['null-in-list']],
  ['R11', 'f: []', ['empty-list']],
  ['M1', 'f|all: x', ['single-all']],
  ['M1', 'f|all: [x, y]', []],
  ['M2', 'f|contains: 5', ['number-as-text']],
  ['M10', 'f|base64offset: abc', ['base64offset-alone']],
  ['M10', 'f|base64offset|contains: abc', []],
];

describe('detection items', () => {
  for (const [id, selection, expected] of items) {
    it(id, () => {
      expect(shown(selection)).to.equal(expected);
    });
  }

  for (const [id, selection, expected] of refused) {
    it(`${id} refuses ${selection.slice(0, 40)}`, () => {
      const { rules, problems } = readRules(ruleOf(selection), 'f');
      expect(errorsOf(problems)).to.deep.equal([expected]);
      expect(rules).to.deep.equal([]);
    });
  }

  for (const [id, selection, expected] of warned) {
    it(`${id} warns of ${selection}: ${expected.join(', ') || 'nothing'}`, () => {
      expect(problemsOf(selection)).to.deep.equal(expected);
    });
  }

  // The definition itself: whatever stands around the value, one pattern is inside the encoding.
  it('M10 every encoding of a text that contains the value contains one of the patterns', () => {
    for (const encoding of ['', 'wide|'] as const) {
      const value = 'foobar';
      const patterns = [...shown(`f|${encoding}base64offset: ${value}`).matchAll(/«(.*?)»/g)];
      expect(patterns).to.have.lengthOf(3);
      for (let before = 0; before < 4; before++) {
        for (let after = 0; after < 4; after++) {
          const bytes = Buffer.concat([
            Buffer.alloc(before, 0xf5),
            Buffer.from(value, encoding === '' ? 'utf8' : 'utf16le'),
            Buffer.alloc(after, 0xa7),
          ]);
          const text = bytes.toString('base64');
          const found = patterns.filter(([, pattern]) => text.includes(pattern ?? '?'));
          expect(found, `${String(before)} before, ${String(after)} behind`).to.not.have.lengthOf(
            0,
          );
        }
      }
    }
  });

  it('every modifier of the shelf has a table row', () => {
    const keys = [...items, ...refused].flatMap(([, selection]) =>
      selection.split('\n').map((line) => line.split(':', 1)[0] ?? ''),
    );
    const used = new Set(keys.flatMap((key) => key.replaceAll("'", '').split('|').slice(1)));
    expect(modifiers.map(({ name }) => name).filter((name) => !used.has(name))).to.deep.equal([]);
  });

  it('the tree is frozen', () => {
    const rule = onlyDetection(ruleOf('f|contains: x'));
    const selection = rule.selections.get('sel');
    expect(Object.isFrozen(rule)).to.equal(true);
    expect(Object.isFrozen(selection)).to.equal(true);
    expect(selection === undefined ? '' : show(selection)).to.equal('f=*«x»*');
  });
});
