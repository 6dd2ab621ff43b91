import { expect } from 'chai';
import fc from 'fast-check';

import { DEPTH_MAX, ownValue, parseJson, valueAt, type JsonValue } from '../../src/base/json.ts';

function read(text: string): JsonValue {
  const result = parseJson(text);
  if ('problem' in result) throw new Error(result.problem.reason);
  return result.value;
}

/** The same promise by the runtime's own means: slow, and sees the source text of every number. */
function slowly(text: string): unknown {
  const reviver = (_key: string, value: unknown, context: { readonly source?: string }): unknown =>
    context.source !== undefined && /^-?\d{16,}$/.test(context.source) ? context.source : value;
  return JSON.parse(text, reviver as Parameters<typeof JSON.parse>[1]);
}

describe('parseJson', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['{"a":999999999999999}', { a: 999999999999999 }],
    ['{"a":1000000000000000}', { a: '1000000000000000' }],
    ['{"a": -9214364837600034816 }', { a: '-9214364837600034816' }],
    ['[9007199254740993,9007199254740992]', ['9007199254740993', '9007199254740992']],
    ['{"a":\t36028797018963968\n,"b":1}', { a: '36028797018963968', b: 1 }],
    ['12345678901234567', '12345678901234567'],
    ['{"a":1234567890123456.5}', { a: 1234567890123456.5 }],
    ['{"a":1234567890123456e2}', { a: 1234567890123456e2 }],
    ['{"a":"x:1234567890123456,"}', { a: 'x:1234567890123456,' }],
    [
      '{"a":"\\":1234567890123456,","b":1234567890123456}',
      {
        a: '":1234567890123456,',
        b: '1234567890123456',
      },
    ],
    ['{"a":"\\\\","b":[1234567890123456]}', { a: '\\', b: ['1234567890123456'] }],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => expect(read(text)).to.deep.equal(expected));
  }

  for (const text of ['', '{', '{"a":01234567890123456}', '{1234567890123456}', '{"a" 1}', 'nul']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseJson(text)).to.have.nested.property('problem.reason', 'invalid_json');
    });
  }

  it('takes the deepest allowed nesting and refuses one more', () => {
    const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(parseJson(nested(DEPTH_MAX))).to.have.property('value');
    expect(parseJson(nested(DEPTH_MAX + 1))).to.have.nested.property('problem.reason', 'too_deep');
    expect(parseJson('{"a":'.repeat(DEPTH_MAX + 1))).to.have.nested.property(
      'problem.reason',
      'too_deep',
    );
  });

  it('does not take brackets in strings for nesting', () => {
    const text = JSON.stringify({ a: `${'{['.repeat(500)}\\"`, b: Array(200).fill([]) });
    expect(read(text)).to.deep.equal(JSON.parse(text));
  });

  it('agrees with the runtime on any JSON text', () => {
    const longInteger = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
    const property = fc.property(fc.json(), fc.array(longInteger), (text, integers) => {
      const whole = `{"a": [${integers.join(' , ')}],"b":${text},"c":${JSON.stringify(text)}}`;
      expect(read(whole)).to.deep.equal(slowly(whole));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('agrees with the runtime on what is no JSON text', () => {
    const alphabet = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      ' ',
      '1234567890123456',
    );
    const property = fc.property(fc.array(alphabet, { maxLength: 14 }), (parts) => {
      const text = parts.join('');
      let expected: unknown;
      try {
        expected = slowly(text);
      } catch {
        expect(parseJson(text)).to.have.property('problem');
        return;
      }
      expect(read(text)).to.deep.equal(expected);
    });
    fc.assert(property, { numRuns: 5000 });
  });
});

describe('ownValue and valueAt', () => {
  const object = JSON.parse('{"a":{"b":[1]},"toString":"mine","n":null,"__proto__":{"x":1}}');
  const cases: readonly (readonly [readonly string[], unknown])[] = [
    [['a', 'b'], [1]],
    [['a', 'c'], undefined],
    [['a', 'b', 'length'], undefined],
    [['toString'], 'mine'],
    [['constructor'], undefined],
    [['hasOwnProperty'], undefined],
    [['n'], null],
    [['n', 'x'], undefined],
    [['__proto__', 'x'], 1],
    [['a', '__proto__'], undefined],
  ];
  for (const [path, expected] of cases) {
    it(path.join('.'), () => expect(valueAt(object, path)).to.deep.equal(expected));
  }
  it('finds falsy values', () => {
    expect(ownValue({ a: false, b: 0, c: '' }, 'a')).to.equal(false);
    expect(ownValue({ a: false, b: 0, c: '' }, 'b')).to.equal(0);
    expect(ownValue({ a: false, b: 0, c: '' }, 'c')).to.equal('');
  });
});
