import { expect } from 'chai';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Spool, SPOOL_LIMITS } from '../../src/sources/spool.ts';

describe('spool', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-spool-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function take(spool: Spool, from: number, count: number): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const lines of spool.read(from)) {
      for (const { offset, line } of lines) found.push(`${offset} ${line.toString()}`);
      if (found.length >= count) break;
    }
    return found;
  }

  it('gives lines in order, from any offset, also those that come while it is read', async () => {
    await using spool = Spool.open(folder);
    await spool.append(['a', 'b']);
    const reading = take(spool, 1, 3);
    await spool.append(['c']);
    await spool.append(['d']);
    expect(await reading).to.deep.equal(['1 b', '2 c', '3 d']);
  });

  it('survives a restart, and cuts off what a crash has left half written', async () => {
    {
      await using spool = Spool.open(folder);
      await spool.append(['a', 'b']);
    }
    const [name = ''] = readdirSync(folder);
    appendFileSync(join(folder, name), 'half a li');
    await using spool = Spool.open(folder);
    await spool.append(['c']);
    expect(spool.end).to.equal(3);
    expect(await take(spool, 0, 3)).to.deep.equal(['0 a', '1 b', '2 c']);
  });

  it('drops whole segments that are acknowledged, and keeps the offsets', async () => {
    const limits = { ...SPOOL_LIMITS, segmentBytesMax: 8 };
    {
      await using spool = Spool.open(folder, limits);
      for (const line of ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee']) await spool.append([line]);
      expect(readdirSync(folder)).to.have.lengthOf(5);
      await spool.acknowledge(2);
      expect(readdirSync(folder)).to.have.lengthOf(2);
      expect(await take(spool, 0, 2)).to.deep.equal(['3 dddd', '4 eeee']);
      await spool.acknowledge(4);
      expect(spool.end).to.equal(5);
    }
    await using again = Spool.open(folder, limits);
    expect({ start: again.start, end: again.end }).to.deep.equal({ start: 5, end: 5 });
  });

  it('says when it is full', async () => {
    await using spool = Spool.open(folder, { bytesMax: 10, segmentBytesMax: 100 });
    expect(spool.isFullFor(10)).to.equal(false);
    await spool.append(['12345']);
    expect(spool.isFullFor(5)).to.equal(true);
    await spool.acknowledge(0);
    expect({ bytes: spool.bytes, end: spool.end }).to.deep.equal({ bytes: 0, end: 1 });
    expect(spool.isFullFor(5)).to.equal(false);
    await spool.append(['6']);
    expect(await take(spool, 0, 1)).to.deep.equal(['1 6']);
  });

  it('ends its readers when it is closed', async () => {
    const spool = Spool.open(folder);
    const reading = take(spool, 0, 1);
    await spool[Symbol.asyncDispose]();
    expect(await reading).to.deep.equal([]);
  });

  it('keeps lines of many megabytes whole', async () => {
    await using spool = Spool.open(folder);
    const long = 'x'.repeat(3_000_000);
    await spool.append(['a', long, 'b']);
    const found = await take(spool, 0, 3);
    expect(found.map((line) => line.length)).to.deep.equal([3, long.length + 2, 3]);
  });
});
