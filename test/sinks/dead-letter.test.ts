import { appendFile, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { openDeadLetter, readDeadLetter } from '../../src/sinks/dead-letter.ts';
import { PAYLOAD_KEPT_MAX, recordOf as recordIn, type Letter } from '../../src/sinks/letter.ts';
import { LINE_BUFFER_BYTES_MAX } from '../../src/sinks/line-file.ts';
import type { RawRecord } from '../../src/event/record.ts';
import { expectFailure, inFolder } from '../conformance/sinks.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const pathIn = (folder: string): string => join(folder, 'data', 'refused.ndjson');

function recordOf(offset: number, payload: Uint8Array | null): RawRecord {
  return { payload, position: { source: '/in.ndjson', partition: 0, offset } };
}

async function readAll(path: string): Promise<(Letter | undefined)[]> {
  const letters: (Letter | undefined)[] = [];
  for await (const letter of readDeadLetter(path)) letters.push(letter);
  return letters;
}

const REFUSED_AT = Date.parse('2026-11-26T12:00:00Z');

describe('the dead letter', () => {
  const problem = { reason: 'invalid_json', detail: 'at <b>\n' };

  it('gives back what it was given, any bytes', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      const payload = Uint8Array.from({ length: 256 }, (_, index) => index);
      {
        await using letter = openDeadLetter({ path, now: () => REFUSED_AT });
        // A view into a larger buffer must not drag its neighbours along.
        letter.add(
          { ...recordOf(7, payload.subarray(10, 20)), key: bytes('k'), recordTime: 5 },
          problem,
        );
        letter.add(recordOf(8, null), problem);
        letter.add(recordOf(9, bytes('')), problem);
        expect(letter.count).to.equal(3);
      }
      const position = { source: '/in.ndjson', partition: 0 };
      const [first, second, third] = await readAll(path);
      expect(first).to.deep.equal({
        ...problem,
        refusedAt: REFUSED_AT,
        position: { ...position, offset: 7 },
        recordTime: 5,
        key: Buffer.from('k'),
        payload: Buffer.from(payload.subarray(10, 20)),
        payloadLength: 10,
      });
      expect(second).to.deep.equal({
        ...problem,
        refusedAt: REFUSED_AT,
        position: { ...position, offset: 8 },
        payload: null,
        payloadLength: 0,
      });
      expect(third).to.deep.include({ payload: Buffer.alloc(0), payloadLength: 0 });
    }));

  it('gives back the whole record: key, headers, time, and the end of a range', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      const headers = [
        ['trace', bytes('a')],
        ['trace', bytes('\u0000')],
      ] as const;
      const record: RawRecord = {
        ...recordOf(1, bytes('x')),
        key: bytes('k'),
        recordTime: 5,
        headers,
      };
      const undelivered = { reason: 'too_large', detail: '90 MB', lastOffset: 17 } as const;
      {
        await using letter = openDeadLetter({ path });
        letter.add(record, problem);
        letter.add({ ...recordOf(9, null), undelivered }, undelivered);
      }
      const [first, second] = await readAll(path);
      expect(first === undefined ? first : recordIn(first)).to.deep.equal({
        ...record,
        key: Buffer.from('k'),
        payload: Buffer.from('x'),
        headers: headers.map(([name, value]) => [name, Buffer.from(value)]),
      });
      expect(second).to.deep.include({ reason: 'too_large', lastOffset: 17, payload: null });
    }));

  it('puts a large file aside, keeps a few of them, and counts what it deletes', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      await using letter = openDeadLetter({ path, bytesMax: 1000, earlierMax: 2 });
      for (let offset = 0; offset < 40; offset++) {
        letter.add(recordOf(offset, bytes('x'.repeat(60))), problem);
        await letter.flush();
        expect((await stat(path)).size).to.be.below(1300);
      }
      const offsets = (await readAll(path)).map((one) => one?.position.offset ?? -1);
      expect(offsets.length).to.be.above(5);
      const first = offsets[0] ?? -1;
      expect(offsets).to.deep.equal(offsets.map((_, index) => first + index));
      expect(offsets.at(-1)).to.equal(39);
      expect(letter.deleted).to.equal(first);
    }));

  it('is shared by several who add and flush at the same time', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      await using letter = openDeadLetter({ path, bytesMax: 500, earlierMax: 1000 });
      const write = async (from: number): Promise<void> => {
        for (let offset = from; offset < from + 50; offset++) {
          letter.add(recordOf(offset, bytes('x')), problem);
          await letter.flush();
        }
      };
      await Promise.all([write(0), write(100), write(200)]);
      expect(await readAll(path)).to.have.length(150);
    }));

  for (const [name, action] of [
    ['moved aside', (path: string) => rename(path, `${path}-old`)],
    ['deleted', (path: string) => rm(path)],
    ['deleted with its folder', (path: string) => rm(dirname(path), { recursive: true })],
    ['cut to nothing (copytruncate)', (path: string) => truncate(path, 0)],
  ] as const) {
    it(`goes on in a file of its name when that was ${name}`, () =>
      inFolder(async (folder) => {
        const path = pathIn(folder);
        await using letter = openDeadLetter({ path });
        letter.add(recordOf(1, bytes('x')), problem);
        await letter.flush();
        letter.add(recordOf(2, bytes('x')), problem);
        await action(path);
        await letter.flush();
        const offsets = (await readAll(path)).map((one) => one?.position.offset);
        expect(offsets).to.deep.equal([2]);
      }));
  }

  it('begins anew without what rotation put aside', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      for (const truncate of [false, true]) {
        await using letter = openDeadLetter({ path, truncate, bytesMax: 10 });
        letter.add(recordOf(truncate ? 2 : 1, bytes('x')), problem);
        await letter.flush();
      }
      const offsets = (await readAll(path)).map((one) => one?.position.offset);
      expect(offsets).to.deep.equal([2]);
    }));

  it('bounds a line, and says how long the payload was', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      const huge = new Uint8Array(3 * PAYLOAD_KEPT_MAX).fill(65);
      {
        await using letter = openDeadLetter({ path });
        letter.add(
          { ...recordOf(1, huge), key: huge },
          { reason: 'too_large', detail: 'x'.repeat(9000) },
        );
      }
      expect((await stat(path)).size).to.be.below(1.4 * PAYLOAD_KEPT_MAX);
      const [letter] = await readAll(path);
      expect(letter?.payload?.length).to.equal(PAYLOAD_KEPT_MAX);
      expect(letter?.payloadLength).to.equal(huge.length);
      expect(letter?.detail.length).to.equal(1000);
    }));

  it('appends to what an earlier run refused, or starts anew', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      for (const [offset, truncate, expected] of [
        [1, false, [1]],
        [2, false, [1, 2]],
        [3, true, [3]],
      ] as const) {
        {
          await using letter = openDeadLetter({ path, truncate });
          letter.add(recordOf(offset, bytes('x')), problem);
        }
        const offsets = (await readAll(path)).map((letter) => letter?.position.offset);
        expect(offsets).to.deep.equal(expected);
      }
    }));

  it('is on disk after a flush, and no more than its buffer waits before', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      await using letter = openDeadLetter({ path });
      letter.add(recordOf(1, bytes('x')), problem);
      expect(await readFile(path, 'utf8')).to.equal('');
      await letter.flush();
      expect(await readAll(path)).to.have.length(1);
      const payload = new Uint8Array(LINE_BUFFER_BYTES_MAX);
      for (let offset = 2; offset < 5; offset++) letter.add(recordOf(offset, payload), problem);
      expect((await stat(path)).size).to.be.above(2 * LINE_BUFFER_BYTES_MAX);
    }));

  it('keeps a torn line apart from what follows', () =>
    inFolder(async (folder) => {
      const path = pathIn(folder);
      await openDeadLetter({ path })[Symbol.asyncDispose]();
      await writeFile(path, '{"reason":"torn');
      {
        await using letter = openDeadLetter({ path });
        letter.add(recordOf(1, bytes('x')), problem);
      }
      await appendFile(path, '[]\n{"reason":1}\n');
      const letters = await readAll(path);
      expect(letters.map((letter) => letter?.position.offset)).to.deep.equal([
        undefined,
        1,
        undefined,
        undefined,
      ]);
    }));

  it('keeps raw telemetry from other people', () =>
    inFolder(async (folder) => {
      await using letter = openDeadLetter({ path: pathIn(folder) });
      await letter.flush();
      expect((await stat(pathIn(folder))).mode & 0o777).to.equal(0o600);
    }));

  it('closes twice, and refuses a record after it was closed', () =>
    inFolder(async (folder) => {
      const letter = openDeadLetter({ path: pathIn(folder) });
      await letter[Symbol.asyncDispose]();
      await letter[Symbol.asyncDispose]();
      await expectFailure(async () => letter.add(recordOf(1, null), problem), 'store_closed');
      await expectFailure(() => letter.flush(), 'store_closed');
    }));

  it('says that the disk is full, and takes nothing that it cannot keep', async function () {
    // The device that is always full; there is none of it on other systems.
    if (process.platform !== 'linux') return this.skip();
    const letter = openDeadLetter({ path: '/dev/full' });
    letter.add(recordOf(1, bytes('x')), problem);
    const failure = await expectFailure(() => letter.flush(), 'store_full');
    expect(failure.retryable).to.equal(true);
    const payload = new Uint8Array(LINE_BUFFER_BYTES_MAX);
    letter.add(recordOf(2, payload), problem);
    await expectFailure(async () => letter.add(recordOf(3, payload), problem), 'store_full');
    expect(letter.count).to.equal(2);
    await expectFailure(() => letter[Symbol.asyncDispose](), 'store_full');
  });

  it('names a place that cannot be, and a file that is not there', () =>
    inFolder(async (folder) => {
      await expectFailure(async () => openDeadLetter({ path: folder }), 'store_unopenable');
      const failure = await expectFailure(() => readAll(join(folder, 'none')), 'source_unreadable');
      expect(failure.message).to.include('no such file');
    }));
});
