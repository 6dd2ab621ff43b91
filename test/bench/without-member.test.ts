import { expect } from 'chai';
import fc from 'fast-check';

import { withoutMember } from '../../src/bench/without-member.ts';

describe('withoutMember', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['the only one', '{"Message":"x"}', '{}'],
    ['the first', '{"Message":"x","a":1}', '{"a":1}'],
    ['the last', '{"a":1,"Message":"x"}', '{"a":1}'],
    ['one in the middle', '{"a":1,"Message":"x","b":2}', '{"a":1,"b":2}'],
    ['one with blanks around', '{ "a" : 1 , "Message" : "x" , "b" : 2 }', '{ "a" : 1 , "b" : 2 }'],
    ['one that is given twice', '{"Message":"x","a":1,"Message":"y"}', '{"a":1}'],
    ['quotes and brackets inside of it', '{"Message":"a\\"},{","b":[1]}', '{"b":[1]}'],
    ['one that is an object', '{"Message":{"a":[{"b":"}"}]},"c":null}', '{"c":null}'],
    ['none', '{"a":1}', '{"a":1}'],
    ['a nested one, which stays', '{"a":{"Message":"x"}}', '{"a":{"Message":"x"}}'],
    ['its name as a value, which stays', '{"a":"Message"}', '{"a":"Message"}'],
    [
      'integers that a parser would round',
      '{"Message":1,"k":9223372036854775808}',
      '{"k":9223372036854775808}',
    ],
    ['no object', '["Message"]', '["Message"]'],
    ['a text that is cut', '{"a":1,"Message":"x', '{"a":1,"Message":"x'],
    ['a broken text', '{"Message" "x"}', '{"Message" "x"}'],
  ];
  for (const [name, text, expected] of cases) {
    it(`takes out ${name}`, () => {
      expect(withoutMember(text, 'Message')).to.equal(expected);
    });
  }

  it('leaves of any object what JSON.parse sees beside the member', () => {
    const key = fc.oneof(fc.constantFrom('Message', 'message', 'a"b', '\\'), fc.string());
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), fc.boolean(), (object, isWide) => {
        const { Message: _, ...rest } = object;
        const text = JSON.stringify(object, undefined, isWide ? 1 : 0);
        expect(JSON.parse(withoutMember(text, 'Message'))).to.deep.equal(
          JSON.parse(JSON.stringify(rest)),
        );
      }),
      { numRuns: 300 },
    );
  });
});
