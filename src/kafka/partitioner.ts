import { Partitioners } from 'kafkajs';

import { assert } from '../base/assert.ts';

/**
 * Chooses partitions as Java's clients do (murmur2 of the key), so that all producers of a topic agree where a key
 * belongs.
 */
export function keyPartitioner(partitions: number): (key: string) => number {
  assert(partitions > 0, 'a topic has partitions');
  const choose = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return (key) => {
    const message = { key: Buffer.from(key), value: null };
    return choose({ topic: '', partitionMetadata, message });
  };
}
