import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { constants, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';

import { Failure } from '../../src/base/failure.ts';
import { openFile } from '../../src/sources/file.ts';
import { LINE_BYTES_MAX, splitLines } from '../../src/sources/lines.ts';

const decoder = new TextDecoder();

describe('sources: file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(name: string, bytes: Uint8Array | string): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  async function readAll(path: string): Promise<(readonly [number, string])[]> {
    const lines: (readonly [number, string])[] = [];
    await using source = openFile({ path });
    for await (const batch of source.batches()) {
      for (const { payload, position } of batch) {
        expect(position.source).to.equal(path);
        lines.push([position.offset, decoder.decode(payload ?? new Uint8Array())]);
      }
    }
    return lines;
  }

  const tables: readonly (readonly [string, string, readonly (readonly [number, string])[]])[] = [
    ['nothing', '', []],
    ['a line without its end', 'a', [[1, 'a']]],
    [
      'two lines',
      'a\nb\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'blank lines count but give no record',
      '\na\n\n\nb',
      [
        [2, 'a'],
        [5, 'b'],
      ],
    ],
    [
      'carriage returns go',
      'a\r\nb\r\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    ['a byte order mark goes', '\ufeffa\n', [[1, 'a']]],
  ];
  for (const [name, text, expected] of tables) {
    it(`plain, gzip and zstd: ${name}`, async () => {
      expect(await readAll(write('plain', text))).to.deep.equal(expected);
      expect(await readAll(write('packed.gz', gzipSync(text)))).to.deep.equal(expected);
      expect(await readAll(write('packed.zst', zstdCompressSync(text)))).to.deep.equal(expected);
    });
  }

  it('knows the packing by its bytes, not by its name', async () => {
    expect(await readAll(write('misnamed.ndjson', gzipSync('a\n')))).to.deep.equal([[1, 'a']]);
  });

  it('reads several gzip members as one file, as rotated logs are joined', async () => {
    const joined = Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]);
    expect(await readAll(write('joined.gz', joined))).to.deep.equal([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('says which file is missing', async () => {
    const failure = await readAll(join(folder, 'none')).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Failure).with.property('code', 'source_unreadable');
    expect(failure).to.have.property('message').that.contains('none: no such file');
  });

  it('says that a packed file is cut short, after its whole lines', async () => {
    const whole = gzipSync(Array.from({ length: 100_000 }, (_, n) => `line ${n}`).join('\n'));
    const path = write('cut.gz', whole.subarray(0, whole.length / 2));
    const failure = await readAll(path).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Failure).with.property('code', 'source_corrupt');
  });

  it('reads all that stands before the damage, however slowly it is read', async () => {
    const lines = Array.from(
      { length: 30_000 },
      (_, n) => `${n} ${(n * 7919) % 10_007} ${'x'.repeat(50)}`,
    );
    const whole = gzipSync(lines.join('\n'));
    const cut = whole.subarray(0, whole.length - 99);
    const there = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
    const path = write('damaged', cut);
    for (const turns of [0, 50]) {
      let count = 0;
      let failure: unknown;
      await using source = openFile({ path });
      try {
        for await (const batch of source.batches()) {
          count += batch.length;
          for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        }
      } catch (error) {
        failure = error;
      }
      expect(failure).to.be.instanceOf(Failure);
      expect(count).to.equal(there.split('\n').length - 1);
    }
  });

  it('cuts the same lines however the bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-zé\r\n]{0,12}$/), { maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        async (parts, sizes) => {
          const bytes = Buffer.from(parts.join('\n'));
          const collect = async (chunks: readonly Buffer[]): Promise<readonly string[]> => {
            const lines: string[] = [];
            for await (const batch of splitLines(streamOf(chunks), 'x')) {
              for (const record of batch) {
                lines.push(
                  `${record.position.offset} ${decoder.decode(record.payload ?? undefined)}`,
                );
              }
            }
            return lines;
          };
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length;) {
            const size = sizes.next().value;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(await collect(chunks)).to.deep.equal(await collect([bytes]));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('bounds a line without end', async () => {
    const chunk = Buffer.alloc(16 * 1024 * 1024, 'x');
    const endless = [chunk, chunk, chunk, chunk, chunk, chunk, Buffer.from('\nnext\n')];
    const sizes: number[] = [];
    for await (const batch of splitLines(streamOf(endless), 'x')) {
      for (const record of batch) sizes.push(record.payload?.length ?? -1);
    }
    expect(sizes).to.deep.equal([LINE_BYTES_MAX, 4]);
  });
});

async function* streamOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
  await Promise.resolve();
}
