import { expect } from 'chai';

import { addressBeforePort, addressOf } from '../../src/decoders/address.ts';
import { momentOf } from '../../src/decoders/moment.ts';
import { urlParts } from '../../src/decoders/url.ts';

describe('parts of an address on the web', () => {
  const cases: readonly (readonly [string, object])[] = [
    [
      'https://ana:x@files.example.net:8443/up/a.tar.gz?x=1&y=/2#top',
      {
        scheme: 'https',
        domain: 'files.example.net',
        port: 8443,
        path: '/up/a.tar.gz',
        query: 'x=1&y=/2',
        fragment: 'top',
        extension: 'gz',
      },
    ],
    ['http://a.example', { scheme: 'http', domain: 'a.example' }],
    ['files.example.net:443', { domain: 'files.example.net', port: 443 }],
    ['files.example.net/up', { domain: 'files.example.net', path: '/up' }],
    [
      'http://[2001:db8::9]:8080/a',
      { scheme: 'http', domain: '2001:db8::9', port: 8080, path: '/a' },
    ],
    ['/a/.hidden', { path: '/a/.hidden' }],
    ['/a.b/c', { path: '/a.b/c' }],
    [
      'http://a.example?u=http://b.example/x',
      { scheme: 'http', domain: 'a.example', query: 'u=http://b.example/x' },
    ],
    ['', {}],
    ['http://a:99999999/', { scheme: 'http', domain: 'a', path: '/' }],
  ];
  for (const [text, expected] of cases) {
    it(text, () => {
      const parts = Object.entries(urlParts(text)).filter(([, part]) => part !== undefined);
      expect(Object.fromEntries(parts)).to.deep.equal(expected);
    });
  }
});

describe('addresses', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['::', '::'],
    ['a.example', undefined],
    ['10.0.0.1:443', undefined],
    ['dead:beef', undefined],
    ['', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`'${text}' is ${expected ?? 'none'}`, () => {
      expect(addressOf(text)).to.equal(expected);
    });
  }

  const ports: readonly (readonly [string, string | undefined])[] = [
    ['10.0.0.1:50122', '10.0.0.1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['10.0.0.1', '10.0.0.1'],
    ['[', undefined],
    ['AWS Internal', undefined],
  ];
  for (const [text, expected] of ports) {
    it(`'${text}' without its port is ${expected ?? 'none'}`, () => {
      expect(addressBeforePort(text)).to.equal(expected);
    });
  }
});

describe('moments', () => {
  const at = Date.parse('2026-06-09T10:13:20.104Z');
  const cases: readonly (readonly [string | number | boolean, number | undefined])[] = [
    [1_781_000_000.104, at],
    [1_781_000_000_104, at],
    ['1781000000.104', at],
    ['1781000000104', at],
    ['2026-06-09T10:13:20.104Z', at],
    ['2026-06-09 10:13:20.104000000', at],
    ['2026-06-09 10:13:20104', at],
    ['2026-06-09 10:13:20.104 UTC', at],
    ['6/9/2026 10:13:20 AM', at - 104],
    ['6/9/2026 10:13:20 PM', at - 104 + 12 * 3_600_000],
    ['6/31/2026 10:13:20 AM', undefined],
    [-1, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['soon', undefined],
    [true, undefined],
  ];
  for (const [value, expected] of cases) {
    it(`${typeof value} ${String(value)}`, () => {
      expect(momentOf(value)).to.equal(expected);
    });
  }
});
