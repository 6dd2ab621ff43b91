import { expect } from 'chai';

import { hashIn, joinHashes, splitHashes } from '../../src/event/hashes.ts';
import { field } from '../../src/event/reader.ts';

describe('hashes of a file', () => {
  const list = 'SHA1=0F,MD5=A2, sha256 = EA ,IMPHASH=B0';

  it('are found in a list, whatever their case', () => {
    expect(hashIn(list, 'sha1')).to.equal('0F');
    expect(hashIn(list, 'sha256')).to.equal('EA');
    expect(hashIn(list, 'imphash')).to.equal('B0');
    expect(hashIn('MD5=A2', 'sha1')).to.equal(undefined);
    expect(hashIn('MD5', 'md5')).to.equal(undefined);
    expect(hashIn(5, 'md5')).to.equal(undefined);
  });

  for (const name of ['md5', 'MD5', 'Md5', 'imphash', 'Imphash', 'IMPHASH', 'sha256', 'SHA256']) {
    it(`split: ${name} is a field of its own`, () => {
      expect(splitHashes(field('Hashes')).get(name)?.({ Hashes: list })).to.be.a('string');
    });
  }

  it('are joined to the list that rules search', () => {
    const readers = joinHashes({ md5: field('m'), sha256: field('s') });
    const hashes = readers.get('Hashes');
    expect(hashes?.({ m: 'a2', s: 'ea' })).to.equal('MD5=a2,SHA256=ea');
    expect(hashes?.({ m: '', s: 'ea' })).to.equal('SHA256=ea');
    expect(hashes?.({})).to.equal(undefined);
    expect(readers.get('Md5')?.({ m: 'a2' })).to.equal('a2');
    expect(readers.has('sha1')).to.equal(false);
  });
});
