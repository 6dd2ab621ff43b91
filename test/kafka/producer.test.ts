import { expect } from 'chai';
import { unanswered } from '../../src/kafka/producer.ts';

describe('Kafka producer: partitions that no broker has answered for', () => {
  const table: readonly (readonly [
    string,
    readonly number[],
    readonly number[],
    RegExp | undefined,
  ])[] = [
    ['none was asked for', [], [], undefined],
    ['each was answered for', [0, 1, 2], [2, 0, 1], undefined],
    ['one moved to a broker that had answered already', [0, 1, 2], [0, 2], /partitions 1$/],
    ['none was answered for', [3, 4], [], /partitions 3, 4$/],
  ];
  for (const [name, dealt, answered, message] of table) {
    it(name, () => {
      const error = unanswered(new Set(dealt), answered);
      if (message === undefined) expect(error).to.equal(undefined);
      else expect(error?.message).to.match(message);
    });
  }
});
