import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { digestParts, hex, keyedDigest, sha256 } from '../../src/base/sha256.ts';

function reference(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest('hex');
}

describe('sha256', () => {
  // FIPS 180-4 examples, as NIST publishes them.
  const published: readonly (readonly [string, string])[] = [
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ];
  for (const [text, digest] of published) {
    it(`of ${JSON.stringify(text)}`, () => {
      expect(hex(sha256(new TextEncoder().encode(text)))).to.equal(digest);
    });
  }

  it('agrees with OpenSSL at every length around the block borders', () => {
    for (let length = 0; length <= 260; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + length) & 0xff);
      const expected = createHash('sha256').update(bytes).digest('hex');
      expect(hex(sha256(bytes)), `length ${length}`).to.equal(expected);
    }
  });

  it('agrees with OpenSSL on any bytes, also in the middle of a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat({ max: 70 }), (bytes, from) => {
        const part = bytes.subarray(Math.min(from, bytes.length));
        expect(hex(sha256(part))).to.equal(createHash('sha256').update(part).digest('hex'));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves its input and earlier results alone', () => {
    const input = Uint8Array.of(1, 2, 3);
    const first = sha256(input);
    const kept = hex(first);
    sha256(Uint8Array.of(9));
    expect(hex(first)).to.equal(kept);
    expect([...input]).to.deep.equal([1, 2, 3]);
  });
});

describe('hex', () => {
  it('agrees with Buffer on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(hex(bytes)).to.equal(Buffer.from(bytes).toString('hex'));
      }),
      { numRuns: 100 },
    );
  });
});

describe('digestParts', () => {
  it('takes a text as its bytes', () => {
    const text = 'Grüße, 世界';
    const bytes = new TextEncoder().encode(text);
    expect(digestParts(['host', bytes])).to.equal(digestParts(['host', text]));
  });

  it('agrees with the reference on any text, lone surrogates too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 6 }),
        (parts) => {
          expect(digestParts(parts)).to.equal(reference(parts));
        },
      ),
      { numRuns: 100 },
    );
    for (const text of ['\ud800', 'a\udc00b', '\ud83d\ude00', '\ud800\ud800\udc00', 'é€\uffff']) {
      expect(digestParts([text]), JSON.stringify(text)).to.equal(reference([text]));
    }
  });

  it('keeps the borders between parts apart', () => {
    const splits = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], []];
    expect(new Set(splits.map((parts) => digestParts(parts))).size).to.equal(splits.length);
  });

  it('stays right when a part outgrows its scratch memory and after', () => {
    const parts = ['x', '€'.repeat(40_000), 'y'];
    expect(digestParts(parts)).to.equal(reference(parts));
    expect(digestParts(['x'])).to.equal(reference(['x']));
  });
});

describe('keyedDigest', () => {
  it('agrees with OpenSSL for any key and message, keys longer than a block too', () => {
    const bytes = fc.uint8Array({ maxLength: 150 });
    fc.assert(
      fc.property(bytes, bytes, (key, message) => {
        const expected = createHmac('sha256', key).update(message).digest('hex');
        expect(hex(keyedDigest(key, message))).to.equal(expected);
      }),
      { numRuns: 200 },
    );
  });
});
