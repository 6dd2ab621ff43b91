import { expect } from 'chai';

import { compress, decompress } from '../../../src/kafka/codecs.ts';
import { recordsOf, type Message } from '../../../src/sources/kafka/records.ts';
import { recordBatch, recordBytes, decodeRecordBatch } from '../../kafka/batches.ts';
import { createKafkajs } from '../../../src/kafka/kafkajs.ts';

const PIECE = { topic: 't', partition: 3, next: 100, recordBytesMax: 20 };

function message(offset: number, value: string | null, rest: Partial<Message> = {}): Message {
  const bytes = value === null ? null : Buffer.from(value);
  return { offset, key: null, value: bytes, headers: [], recordTime: undefined, ...rest };
}

/** Messages of a batch that can not be unpacked, from an offset on. */
async function damaged(firstOffset: number, count: number): Promise<readonly Message[]> {
  createKafkajs({ brokers: ['127.0.0.1:1'], clientId: 'test' });
  const bytes = Buffer.alloc(30, 0xee);
  const batch = recordBatch({ codec: 4, bytes, count, firstOffset });
  const records = await decodeRecordBatch(batch);
  return records.map(({ offset, headers }) => message(Number(offset), null, { headers }));
}

describe('sources: kafka: records', () => {
  it('carry what the message has, and nothing that it has not', () => {
    const headers = [['source', Buffer.from('edr')]] as const;
    const full = message(7, 'value', { key: Buffer.from('key'), headers, recordTime: 5 });
    const { records, next, isCut } = recordsOf([full, message(8, null)], PIECE);
    const [first, second] = records;
    expect(first).to.deep.equal({
      payload: Buffer.from('value'),
      key: Buffer.from('key'),
      headers,
      recordTime: 5,
      position: { source: 't', partition: 3, offset: 7 },
    });
    expect(second).to.deep.equal({
      payload: null,
      position: { source: 't', partition: 3, offset: 8 },
    });
    expect({ next, isCut }).to.deep.equal({ next: 100, isCut: false });
  });

  const sizes: readonly (readonly [string, string, string, boolean])[] = [
    ['at the limit', '1234567890', '1234567890', false],
    ['one byte above it', '1234567890', '1234567890x', true],
    ['a large key counts too', 'x'.repeat(21), '', true],
  ];
  for (const [name, key, value, isRefused] of sizes) {
    it(`${name}: ${isRefused ? 'refused by its metadata' : 'taken'}`, () => {
      const { records } = recordsOf([message(1, value, { key: Buffer.from(key) })], PIECE);
      expect(records[0]?.undelivered?.reason).to.equal(isRefused ? 'too_large' : undefined);
    });
  }

  it('with large headers are refused as well', () => {
    const headers = [['name', Buffer.alloc(17)]] as const;
    const { records } = recordsOf([message(1, null, { headers })], PIECE);
    expect(records[0]?.undelivered).to.deep.equal({
      reason: 'too_large',
      detail: '21 bytes, limit 20',
      lastOffset: 1,
    });
  });

  it('become one record for a batch that can not be unpacked, with its range', async () => {
    const messages = [message(1, 'a'), ...(await damaged(2, 4)), message(6, 'b')];
    const { records } = recordsOf(messages, PIECE);
    const seen = records.map(({ position, undelivered }) => [
      position.offset,
      undelivered?.reason,
      undelivered?.lastOffset,
    ]);
    expect(seen).to.deep.equal([
      [1, undefined, undefined],
      [2, 'bad_compression', 5],
      [6, undefined, undefined],
    ]);
  });

  it('stay two refusals for two such batches', async () => {
    const { records } = recordsOf([...(await damaged(0, 2)), ...(await damaged(2, 2))], PIECE);
    expect(records.map(({ undelivered }) => undelivered?.lastOffset)).to.deep.equal([1, 3]);
  });

  it('end before a batch that was postponed, to be asked for again', async () => {
    createKafkajs({ brokers: ['127.0.0.1:1'], clientId: 'test' });
    const text = recordBytes(['x'.repeat(33 * 1024 * 1024)]);
    const packed = Buffer.from(compress('zstd', text));
    const batch = recordBatch({ codec: 4, bytes: packed, count: 1, firstOffset: 9 });
    // The same answer over and over, until it has unpacked enough.
    for (let round = 0; round < 4; round++) decompress('zstd', batch.subarray(61));
    const [late] = recordsOfHeaders(decompress('zstd', batch.subarray(61)));
    const messages = [message(8, 'a'), message(9, null, { headers: late ?? [] })];
    const { records, next, isCut } = recordsOf([...messages, message(10, 'b')], PIECE);
    expect(records).to.have.length(1);
    expect({ next, isCut }).to.deep.equal({ next: 9, isCut: true });
  });
});

/** Headers of the only record of a substitute: name and text, each with its length before it. */
function recordsOfHeaders(bytes: Buffer): readonly Message['headers'][] {
  const at = bytes.indexOf(2, 5) + 1;
  const nameLength = (bytes[at] ?? 0) / 2;
  const name = bytes.toString('utf8', at + 1, at + 1 + nameLength);
  const text = bytes.subarray(at + 2 + nameLength);
  return [[[name, text]]];
}
