import { expect } from 'chai';
import fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compress as snappy } from 'snappyjs';

import {
  ANSWER_BYTES_MAX,
  UNPACKED_BYTES_MAX,
  compress,
  decompress,
  type Codec,
} from '../../src/kafka/codecs.ts';
import { createKafkajs } from '../../src/kafka/kafkajs.ts';
import { measureLz4Frame } from '../../src/kafka/lz4-frame.ts';
import { UnpackError, readMark } from '../../src/kafka/substitute.ts';
import {
  decodeRecordBatch,
  recordBatch,
  recordBytes,
  varint,
  type DecodedRecord,
} from './batches.ts';

const CODECS: readonly (readonly [Codec, number])[] = [
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
];

/** What the marks of a substitute say, record by record. */
function marksOf(records: readonly DecodedRecord[]): readonly unknown[] {
  return records.map(({ headers, key, value }) => {
    expect([key, value]).to.deep.equal([null, null]);
    const [[name, text] = ['', Buffer.alloc(0)]] = headers;
    return readMark(name, text);
  });
}

describe('kafka: codecs', () => {
  before(() => createKafkajs({ brokers: ['127.0.0.1:1'], clientId: 'test' }));

  for (const [codec, number] of CODECS) {
    it(`${codec} gives back what it was given`, () =>
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
          const text = recordBytes([Buffer.from(bytes).toString('latin1')]);
          return decompress(codec, Buffer.from(compress(codec, text))).equals(text);
        }),
        { numRuns: 50 },
      ));

    it(`${codec} decodes as a batch`, async () => {
      const bytes = Buffer.from(compress(codec, recordBytes(['one', 'two'])));
      const records = await decodeRecordBatch(recordBatch({ codec: number, bytes, count: 2 }));
      expect(records.map(({ value }) => value?.toString())).to.deep.equal(['one', 'two']);
    });

    it(`${codec} that is damaged becomes records that say so, at the batch's offsets`, async () => {
      const batch = recordBatch({ codec: number, bytes: Buffer.alloc(40, 0xee), count: 3 });
      const records = await decodeRecordBatch(batch);
      expect(records.map(({ offset }) => offset)).to.deep.equal(['0', '1', '2']);
      const [first, ...rest] = marksOf(records);
      expect(first).to.have.property('reason', 'bad_compression');
      expect(rest).to.deep.equal(['again', 'again']);
    });

    it(`${codec} that unpacks to more than the bound is not unpacked`, async () => {
      const bomb = Buffer.alloc(UNPACKED_BYTES_MAX + 1);
      const packed = { gzip: gzipSync, snappy, lz4: compressFrameSync, zstd: zstdCompressSync };
      const pack = packed[codec as keyof typeof packed];
      const batch = recordBatch({ codec: number, bytes: Buffer.from(pack(bomb)), count: 2 });
      expect(marksOf(await decodeRecordBatch(batch))[0]).to.include({ reason: 'bad_compression' });
    });
  }

  it('a number that Kafka does not have becomes records that say so', async () => {
    const batch = recordBatch({ codec: 6, bytes: Buffer.from('whatever'), count: 1 });
    expect(marksOf(await decodeRecordBatch(batch))[0]).to.include({ reason: 'unknown_codec' });
  });

  it('what an answer unpacks to is bounded: the rest of it is postponed', () => {
    const text = recordBytes(['x'.repeat((1 << 24) - 13)]);
    expect(text).to.have.length(1 << 24);
    const one = recordBatch({ codec: 4, bytes: zstdCompressSync(text), count: 1 });
    const rounds = ANSWER_BYTES_MAX / (1 << 24) + 2;
    const answer = Buffer.concat(Array.from({ length: rounds }, () => one));
    const sizes = Array.from({ length: rounds }, (_, index) => {
      const start = index * one.length + 61;
      return decompress('zstd', answer.subarray(start, start + one.length - 61)).length;
    });
    expect(sizes.filter((size) => size === 1 << 24)).to.have.length(rounds - 1);
    expect(sizes.at(-1)).to.be.lessThan(200);
  });

  it('without a header in sight the refusal is thrown', () => {
    const alone = Buffer.from(new Uint8Array(20).buffer);
    expect(() => decompress('gzip', alone)).to.throw(UnpackError);
  });

  it('more records than a process should hold are not unpacked, with a header or without', () => {
    const tiny = gzipSync(Buffer.alloc(1 << 19));
    expect(() => decompress('gzip', tiny)).to.throw(UnpackError, 'more than 262144 records');
    const batch = recordBatch({ codec: 1, bytes: tiny, count: 1 << 19 });
    expect(() => decompress('gzip', batch.subarray(61))).to.throw(UnpackError);
  });

  it('decodes many headers in order, repeated names too, with one step for each', async () => {
    const count = 50_000;
    const header = Buffer.from([2, 'a'.charCodeAt(0), 2, 'b'.charCodeAt(0)]);
    const body = Buffer.concat([
      Buffer.from([0, 0, 0, 1, 1]),
      Buffer.from(varint(count)),
      ...Array.from({ length: count }, () => header),
    ]);
    const bytes = Buffer.concat([Buffer.from(varint(body.length)), body]);
    const [record] = await decodeRecordBatch(recordBatch({ codec: 0, bytes, count: 1 }));
    expect(record?.headers).to.have.length(count);
    expect(record?.headers.at(-1)).to.deep.equal(['a', Buffer.from('b')]);
  });

  it('a mark that somebody else wrote is none', () => {
    expect(readMark('tidegate', Buffer.from('["bad_batch",""]'))).to.equal(undefined);
  });

  it('measures an LZ4 frame as it unpacks, whatever it holds', () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), (bytes) => {
        const text = Buffer.concat([Buffer.from(bytes), Buffer.alloc(200_000), Buffer.from(bytes)]);
        const frame = compressFrameSync(text);
        return measureLz4Frame(frame, frame.length * 254) === text.length;
      }),
      { numRuns: 30 },
    ));
});
