import { expect } from 'chai';
import { createMatcher } from '../../../src/engine/matcher.ts';
import { holds } from '../../../src/engine/matching/reference.ts';
import type { Expression, Match } from '../../../src/language/tree.ts';
import {
  and,
  exists,
  field,
  keyword,
  not,
  or,
  plain,
  policyOf,
  ruleSetOf,
  sampleEvent,
  sampleRule,
  text,
} from './sample.ts';
import type { Fields } from './sample.ts';

type Row = readonly [name: string, expression: Expression, fields: Fields, expected: boolean];

const star: Match = text('*');
const nothing: Match = { kind: 'null' };
const contains = (inner: string): Match => text(`*${inner}*`);
const number = (value: number | bigint): Match => ({ kind: 'number', value });
const boolean = (value: boolean): Match => ({ kind: 'boolean', value });
const regex = (source: string, flags = ''): Match => ({ kind: 'regex', source, flags });
const cidr = (network: string): Match => ({ kind: 'cidr', network });
const compare = (
  operator: 'lt' | 'lte' | 'gt' | 'gte' | 'eq',
  value: number,
  part?: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year',
): Match => ({ kind: 'compare', operator, value, ...(part === undefined ? {} : { part }) });
const reference = (
  other: string,
  position: 'equal' | 'startswith' | 'endswith' | 'contains' = 'equal',
  cased = false,
): Match => ({ kind: 'fieldref', field: other, position, cased });
const dash = { kind: 'dash' } as const;
const many = { kind: 'many' } as const;
const literal = (value: string): { readonly kind: 'literal'; readonly text: string } => {
  return { kind: 'literal', text: value };
};
const windash = text([many, literal(' '), dash, literal('enc '), many]);

const rows: readonly Row[] = [
  ['R1 all of a map', and(field('a', text('x')), field('b', text('y'))), { a: 'x', b: 'y' }, true],
  [
    'R1 one of a map is missing',
    and(field('a', text('x')), field('b', text('y'))),
    { a: 'x' },
    false,
  ],
  ['R2 any of a list', or(field('a', text('x')), field('a', text('y'))), { a: 'y' }, true],
  ['R2 none of a list', or(field('a', text('x')), field('a', text('y'))), { a: 'z' }, false],

  ['R3 any case', field('a', text('PowerShell')), { a: 'POWERshell' }, true],
  ['R3 any case beyond ASCII', field('a', text('ÄPFEL')), { a: 'äpfel' }, true],
  ['R3 the final sigma is a sigma', field('a', contains('ΟΣ')), { a: 'οσα' }, true],
  ['R3 a capital final sigma', field('a', text('οδος')), { a: 'ΟΔΟΣ' }, true],
  ['R3 the long s is an s', field('a', contains('powershell')), { a: 'x power\u017fhell' }, true],
  ['R3 the Kelvin sign is a k', field('a', text('k*')), { a: '\u212a9' }, true],
  ['R3 the dotted I stays one character', field('a', text('?x')), { a: '\u0130X' }, true],
  ['R3 the dotless i is no i', field('a', text('i')), { a: '\u0131' }, false],
  ['R3 regexes mind case', field('a', regex('abc')), { a: 'ABC' }, false],
  ['R3 regexes with i do not', field('a', regex('abc', 'i')), { a: 'ABC' }, true],

  ['R4 * crosses newlines', field('a', text('*b*c*')), { a: 'a\nb\nc' }, true],
  ['R4 * takes nothing too', field('a', text('*b*')), { a: 'b' }, true],
  ['R4 ? takes one character', field('a', text('a?c')), { a: 'abc' }, true],
  ['R4 ? does not take none', field('a', text('a?c')), { a: 'ac' }, false],
  ['R4 ? does not take two', field('a', text('a?c')), { a: 'abbc' }, false],
  ['R4 ? takes one character of two units', field('a', text('a?c')), { a: 'a😀c' }, true],
  ['R4 ? takes a newline', field('a', text('a?c')), { a: 'a\nc' }, true],
  ['R4 ? at the end', field('a', text('*a?')), { a: 'xxa😀' }, true],
  ['R4 two ? at the end need two', field('a', text('*??')), { a: '😀' }, false],
  ['R4 the second place fits', field('a', text('*ab?d*')), { a: 'abxx abxd' }, true],
  ['R4 parts in order', field('a', text('*one*two*')), { a: 'two one' }, false],
  ['R4 parts do not overlap', field('a', text('*aba*aba*')), { a: 'ababa' }, false],
  ['R4 head and tail do not overlap', field('a', text('ab*ba')), { a: 'aba' }, false],
  ['R4 a whole value', field('a', text('abc')), { a: 'abcd' }, false],

  ['R5 a backslash is plain', field('a', text('C:\\Windows')), { a: 'c:\\windows' }, true],
  ['R5 two backslashes are one', field('a', text('a\\\\b')), { a: 'a\\b' }, true],
  ['R5 an escaped star is a star', field('a', text('a\\*b')), { a: 'a*b' }, true],
  ['R5 an escaped star is no wildcard', field('a', text('a\\*b')), { a: 'axb' }, false],
  ['R5 an escaped question mark', field('a', text('a\\?b')), { a: 'a?b' }, true],
  ['R5 an escaped question mark is no wildcard', field('a', text('a\\?b')), { a: 'axb' }, false],
  ['R5 an escaped backslash, then a star', field('a', text('a\\\\*b')), { a: 'a\\xyzb' }, true],
  ['R5 a trailing backslash', field('a', text('end\\')), { a: 'END\\' }, true],
  ['R5 a star inside contains', field('a', contains('a\\*b')), { a: 'xxa*bxx' }, true],
  [
    'R5 a backslash inside endswith',
    field('a', text('*\\\\cmd.exe')),
    { a: 'C:\\x\\CMD.EXE' },
    true,
  ],
  [
    'R5 a backslash begins the name',
    field('a', text('*\\\\cmd.exe')),
    { a: 'C:\\x\\mycmd.exe' },
    false,
  ],

  ['R6 a number is its text', field('a', number(5)), { a: '5' }, true],
  ['R6 a text is the number', field('a', text('5')), { a: 5 }, true],
  ['R6 5 is 5.0', field('a', number(5.0)), { a: 5 }, true],
  ['R6 0x5 is a text', field('a', number(5)), { a: '0x5' }, false],
  ['R6 other numbers', field('a', number(5)), { a: 50 }, false],
  ['R6 canonical text, not value', field('a', number(5)), { a: '5.0' }, false],
  [
    'R6 integers beyond doubles',
    field('a', number(12345678901234567890n)),
    { a: '12345678901234567890' },
    true,
  ],
  [
    'R6 the next integer',
    field('a', number(12345678901234567890n)),
    { a: '12345678901234567891' },
    false,
  ],
  ['R6 numbers take wildcards', field('a', text('46*')), { a: 4688 }, true],
  ['R6 a number is not true', field('a', number(1)), { a: true }, false],

  ['R7 true is true', field('a', boolean(true)), { a: true }, true],
  ['R7 true as text', field('a', boolean(true)), { a: 'True' }, true],
  ['R7 text as true', field('a', text('TRUE')), { a: true }, true],
  ['R7 false is not true', field('a', boolean(true)), { a: false }, false],
  ['R7 false as text', field('a', boolean(false)), { a: 'false' }, true],
  ['R7 1 is not true', field('a', boolean(true)), { a: 1 }, false],

  ['R8 null is absent', field('a', nothing), {}, true],
  ['R8 null is JSON null', field('a', nothing), { a: null }, true],
  ['R8 null is not empty', field('a', nothing), { a: '' }, false],
  ['R8 null is not zero', field('a', nothing), { a: 0 }, false],
  ['R8 null is not false', field('a', nothing), { a: false }, false],
  ['R8 null is not an empty array', field('a', nothing), { a: [] }, false],
  ['R8 null among elements', field('a', nothing), { a: ['x', null] }, true],

  ['R9 empty is empty', field('a', text('')), { a: '' }, true],
  ['R9 empty is not absent', field('a', text('')), {}, false],
  ['R9 empty is not null', field('a', text('')), { a: null }, false],
  ['R9 empty is not -', field('a', text('')), { a: '-' }, false],
  ['R9 * takes the empty text', field('a', star), { a: '' }, true],
  ['R9 * does not take absence', field('a', star), {}, false],
  ['R9 * does not take null', field('a', star), { a: null }, false],

  ['R13 any element', field('a', text('y')), { a: ['x', 'y'] }, true],
  ['R13 elements of elements', field('a', text('y')), { a: ['x', ['z', ['y']]] }, true],
  ['R13 no element', field('a', text('y')), { a: ['x'] }, false],
  ['R13 an empty array', field('a', star), { a: [] }, false],
  [
    'R13 all by different elements',
    and(field('a', contains('x')), field('a', contains('y'))),
    { a: ['x', 'y'] },
    true,
  ],
  ['R13 not is not any', not(field('a', text('x'))), { a: ['x', 'y'] }, false],

  ['R15 a keyword in any value', keyword(contains('mimi')), { a: 1, b: 'a MIMIkatz b' }, true],
  ['R15 a keyword in an element', keyword(contains('mimi')), { a: [['mimi']] }, true],
  ['R15 a keyword is no key', keyword(contains('mimi')), { mimi: 'x' }, false],
  ['R15 a number is a keyword', keyword(contains('42')), { a: 42 }, true],
  ['R15 regex over values', keyword(regex('^b+$')), { a: 'x', b: 'bbb' }, true],
  ['R15 no value spans two', keyword(contains('xy')), { a: 'x', b: 'y' }, false],

  ['M2 empty contains', field('a', text('*')), { a: 'x' }, true],
  ['M3 exists', exists('a'), { a: 'x' }, true],
  ['M3 exists as null', exists('a'), { a: null }, true],
  ['M3 exists as empty text', exists('a'), { a: '' }, true],
  ['M3 absent', exists('a'), {}, false],
  ['M3 not there as wanted', exists('a', false), {}, true],
  ['M3 there against the wish', exists('a', false), { a: null }, false],
  ['M4 cased', field('a', text('Ab*', true)), { a: 'Abc' }, true],
  ['M4 cased minds case', field('a', text('Ab*', true)), { a: 'abc' }, false],
  ['M5 neq of an absent field', not(field('a', text('x'))), {}, true],
  ['M6 windash minus', field('a', windash), { a: 'p -enc x' }, true],
  ['M6 windash slash', field('a', windash), { a: 'p /ENC x' }, true],
  ['M6 windash en dash', field('a', windash), { a: 'p \u2013enc x' }, true],
  ['M6 windash em dash', field('a', windash), { a: 'p \u2014enc x' }, true],
  ['M6 windash horizontal bar', field('a', windash), { a: 'p \u2015enc x' }, true],
  ['M6 windash needs a dash', field('a', windash), { a: 'p _enc x' }, false],
  ['M6 windash at the end', field('a', text([many, dash, literal('x')])), { a: 'p \u2013x' }, true],
  [
    'M6 other dashes stay',
    and(field('a', text('*-b*')), field('a', windash)),
    { a: 'a/b -enc ' },
    false,
  ],
  ['M7 a regex is not anchored', field('a', regex('b+')), { a: 'abbc' }, true],
  ['M7 a regex anchors itself', field('a', regex('^b+$')), { a: 'abbc' }, false],
  ['M7 alternatives', field('a', regex('foo(bar|baz)?qux')), { a: 'xfoobazqux' }, true],
  ['M7 a number has text', field('a', regex('^4[67]88$')), { a: 4688 }, true],
  ['M7 null has none', field('a', regex('.*')), { a: null }, false],
  ['M8 dot and newline', field('a', regex('a.b')), { a: 'a\nb' }, false],
  ['M8 dotall', field('a', regex('a.b', 's')), { a: 'a\nb' }, true],
  ['M8 multiline', field('a', regex('^b$', 'm')), { a: 'a\nb' }, true],
  ['M8 inline flags', field('a', regex('(?i)powershell')), { a: 'PowerShell' }, true],
  ['M8 RE2 folds the long s', field('a', regex('hash', 'i')), { a: 'ha\u017fh' }, true],

  ['M12 gt', field('a', compare('gt', 5)), { a: 6 }, true],
  ['M12 gt is not gte', field('a', compare('gt', 5)), { a: 5 }, false],
  ['M12 gte', field('a', compare('gte', 5)), { a: 5 }, true],
  ['M12 lt', field('a', compare('lt', 5)), { a: 4.5 }, true],
  ['M12 lte of the border', field('a', compare('lte', 5)), { a: 5 }, true],
  ['M12 numeric text', field('a', compare('gt', 5)), { a: '10' }, true],
  ['M12 a decimal text', field('a', compare('lt', 5)), { a: '-1.5e1' }, true],
  ['M12 no number', field('a', compare('gte', 0)), { a: 'x' }, false],
  ['M12 an empty text is no zero', field('a', compare('gte', 0)), { a: '' }, false],
  ['M12 hexadecimal is no number', field('a', compare('gte', 0)), { a: '0x10' }, false],
  ['M12 a boolean is no number', field('a', compare('gte', 0)), { a: true }, false],
  ['M12 absent', field('a', compare('lt', 5)), {}, false],
  [
    'M12 beyond doubles',
    field('a', compare('gt', 9007199254740992)),
    { a: '9007199254740993' },
    true,
  ],
  ['M13 minute', field('a', compare('eq', 36, 'minute')), { a: '2020-10-23T02:36:43.128Z' }, true],
  [
    'M13 hour in UTC',
    field('a', compare('eq', 23, 'hour')),
    { a: '2020-10-23T01:10:00+02:00' },
    true,
  ],
  [
    'M13 a text without zone is UTC',
    field('a', compare('eq', 2, 'hour')),
    { a: '2020-10-23 02:36:43.128' },
    true,
  ],
  ['M13 hour range', field('a', compare('gte', 20, 'hour')), { a: '2020-10-23 19:59:59' }, false],
  ['M13 day', field('a', compare('eq', 23, 'day')), { a: '2020-10-23' }, true],
  ['M13 month', field('a', compare('lt', 11, 'month')), { a: '2020-10-23' }, true],
  ['M13 year', field('a', compare('gt', 2020, 'year')), { a: '2020-10-23' }, false],
  ['M13 week 53', field('a', compare('eq', 53, 'week')), { a: '2021-01-03' }, true],
  ['M13 week 1', field('a', compare('eq', 1, 'week')), { a: '2021-01-04' }, true],
  ['M13 epoch seconds', field('a', compare('eq', 1970, 'year')), { a: 86400 }, true],
  ['M13 epoch milliseconds', field('a', compare('eq', 2020, 'year')), { a: 1603420603000 }, true],
  ['M13 no date', field('a', compare('gte', 0, 'hour')), { a: 'noon' }, false],
  ['M14 inside', field('a', cidr('10.0.0.0/8')), { a: '10.255.1.2' }, true],
  ['M14 outside', field('a', cidr('10.0.0.0/8')), { a: '11.0.0.0' }, false],
  ['M14 every IPv4 address', field('a', cidr('0.0.0.0/0')), { a: '255.255.255.255' }, true],
  ['M14 one address', field('a', cidr('192.168.1.7/32')), { a: '192.168.1.8' }, false],
  ['M14 mapped into IPv6', field('a', cidr('10.0.0.0/8')), { a: '::ffff:10.1.2.3' }, true],
  ['M14 mapped, in hexadecimal', field('a', cidr('10.0.0.0/8')), { a: '::FFFF:0a01:203' }, true],
  ['M14 IPv6', field('a', cidr('fe80::/10')), { a: 'febf::1%12' }, true],
  ['M14 IPv6 outside', field('a', cidr('fe80::/10')), { a: 'fec0::1' }, false],
  ['M14 IPv4 is in no IPv6 network', field('a', cidr('::/0')), { a: '10.0.0.1' }, false],
  ['M14 no address', field('a', cidr('0.0.0.0/0')), { a: 'host' }, false],
  ['M14 too many octets', field('a', cidr('10.0.0.0/8')), { a: '10.0.0.1.2' }, false],
  ['M14 an octal-looking octet', field('a', cidr('10.0.0.0/8')), { a: '10.0.0.010' }, false],
  ['M14 IPv4 not at the end', field('a', cidr('::/0')), { a: '1.2.3.4::' }, false],
  ['M14 two gaps', field('a', cidr('::/0')), { a: '1::2::3' }, false],
  ['M16 the same', field('a', reference('b')), { a: 'X', b: 'x' }, true],
  ['M16 cased', field('a', reference('b', 'equal', true)), { a: 'X', b: 'x' }, false],
  ['M16 a number and its text', field('a', reference('b')), { a: 5, b: '5' }, true],
  ['M16 startswith', field('a', reference('b', 'startswith')), { a: 'abc', b: 'AB' }, true],
  ['M16 endswith', field('a', reference('b', 'endswith')), { a: 'abc', b: 'bc' }, true],
  ['M16 contains', field('a', reference('b', 'contains')), { a: 'abc', b: 'b' }, true],
  [
    'M16 contains, the other way',
    field('a', reference('b', 'contains')),
    { a: 'b', b: 'abc' },
    false,
  ],
  ['M16 this side is missing', field('a', reference('b')), { b: 'x' }, false],
  ['M16 the other side is missing', field('a', reference('b')), { a: 'x' }, false],
  ['M16 both are null', field('a', reference('b')), { a: null, b: null }, false],
  ['M16 any of any', field('a', reference('b')), { a: ['x', 'y'], b: ['z', 'y'] }, true],

  [
    'not 1 of filter* with an absent field',
    and(field('a', text('x')), not(or(field('b', text('y')), field('c', contains('z'))))),
    { a: 'x' },
    true,
  ],
  [
    'not 1 of filter* that applies',
    and(field('a', text('x')), not(or(field('b', text('y')), field('c', contains('z'))))),
    { a: 'x', c: 'zzz' },
    false,
  ],
  ['not not', not(not(field('a', text('x')))), { a: 'x' }, true],
  ['all of nothing', and(), {}, true],
  ['any of nothing', or(), { a: 'x' }, false],
  ['names of the object itself', field('__proto__', star), {}, false],
];

describe('what an expression means', () => {
  for (const [name, expression, fields, expected] of rows) {
    it(name, () => {
      const event = sampleEvent(fields);
      expect(holds(expression, event), 'reference').to.equal(expected);
      const ruleSet = ruleSetOf(sampleRule('rule', [expression]));
      const matcher = createMatcher({ ruleSet, policy: policyOf(), enrichments: plain });
      expect(matcher.problems).to.deep.equal([]);
      // Twice, because the second time memos answer.
      for (const time of ['first', 'second']) {
        let matched = false;
        matcher.match(sampleEvent(fields), 'arrival', () => (matched = true));
        expect(matched, `compiled, ${time} time`).to.equal(expected);
      }
    });
  }
});
