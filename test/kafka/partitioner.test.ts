import { expect } from 'chai';

import { keyPartitioner } from '../../src/kafka/partitioner.ts';

describe('kafka: partition of a key', () => {
  // murmur2 of Kafka's own UtilsTest.
  const hashes = {
    '21': -973932308,
    foobar: -790332482,
    abc: 479470107,
    'a-little-bit-long-string': -985981536,
  };
  for (const [key, hash] of Object.entries(hashes)) {
    it(`is Java's for ${key}`, () => {
      for (const partitions of [1, 2, 6, 100]) {
        expect(keyPartitioner(partitions)(key)).to.equal((hash & 0x7fffffff) % partitions);
      }
    });
  }
});
