import { expect } from 'chai';

import { resolvedAddresses } from '../../../src/decoders/windows/sysmon-dns.ts';

describe('resolvedAddresses', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['type:  5 a.example;type:  5 b.example;::ffff:192.0.2.1;', ['192.0.2.1']],
    ['192.0.2.1;2001:db8::1;', ['192.0.2.1', '2001:db8::1']],
    ['type:  5 a.example;', undefined],
    ['', undefined],
  ];
  for (const [results, expected] of cases) {
    it(`'${results}'`, () => expect(resolvedAddresses(results)).to.deep.equal(expected));
  }
});
