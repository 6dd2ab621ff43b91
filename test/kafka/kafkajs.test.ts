import { createRequire } from 'node:module';
import { expect } from 'chai';
import { createKafkajs } from '../../src/kafka/kafkajs.ts';

/** What kafkajs's private connection has, and this test fakes. */
interface Connection {
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  socket: { destroy(error: Error): void };
  isConnected(): boolean;
  connect(): Promise<unknown>;
  processData(data: Buffer): void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection') as {
  readonly prototype: Connection;
};

describe('connections of kafkajs', () => {
  const errors: Error[] = [];

  /** A connection that was cut when it had two bytes of an answer. */
  function cut(): Connection {
    createKafkajs({ brokers: ['127.0.0.1:1'], clientId: 'test' });
    const connection = Object.create(prototype) as Connection;
    const socket = { destroy: (error: Error): unknown => errors.push(error) };
    const fields = { chunks: [Buffer.of(0, 0)], bytesBuffered: 2, bytesNeeded: 100, socket };
    return Object.assign(connection, fields, {
      isConnected: () => false,
      socketFactory: () => {
        throw new Error('no socket here');
      },
    });
  }

  it('begin with nothing of the answer that was cut', async () => {
    const connection = cut();
    await connection.connect().catch(() => undefined);
    expect(connection.chunks).to.deep.equal([]);
    expect(connection.bytesBuffered).to.equal(0);
    expect(connection.bytesNeeded).to.equal(4);
  });

  it('end, and not the process, when an answer can not be read', () => {
    const connection = cut();
    // The answer has a length, and is too short for the number of its request.
    Object.assign(connection, { chunks: [], bytesBuffered: 0, bytesNeeded: 4 });
    connection.processData(Buffer.of(0, 0, 0, 2, 1, 1));
    expect(errors.length).to.equal(1);
  });
});
