import { expect } from 'chai';
import { createAutoDecoder } from '../../../src/decoders/index.ts';
import { InputQueue } from '../../../src/runtime/task/input-queue.ts';

describe('a queue of records', () => {
  it('keeps of its input the name alone: what the input has read ahead is in no checkpoint', () => {
    const input = { source: 'telemetry', partition: 3, waiting: [Buffer.alloc(100)] };
    const queue = new InputQueue(input, createAutoDecoder());
    expect(queue.name).to.deep.equal({ source: 'telemetry', partition: 3 });
    expect(queue.state).to.have.all.keys([
      ...['source', 'partition', 'next', 'time', 'isIdle', 'releasedThrough'],
    ]);
  });
});
