import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createAutoDecoder } from '../../src/decoders/index.ts';
import { Pace } from '../../src/runtime/pace.ts';
import { replay, type Partitioning } from '../../src/runtime/replay.ts';
import { nothingDelivered, type OutgoingRecord } from '../../src/sinks/records/target.ts';
import { launch } from '../cli/command.ts';

describe('runtime: replay', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-replay-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The key of each record, in the order of delivery. */
  async function keys(
    partitioning: Partitioning,
    ...files: readonly (readonly string[])[]
  ): Promise<readonly (string | undefined)[]> {
    const paths = files.map((_, index) => join(folder, `${index}`));
    for (const [index, path] of paths.entries()) {
      writeFileSync(path, (files[index] ?? []).join('\n'));
    }
    const written: OutgoingRecord[] = [];
    const { signal } = new AbortController();
    await replay({
      paths,
      decoder: createAutoDecoder(),
      target: {
        name: 'test',
        delivered: nothingDelivered(),
        write: (records) => Promise.resolve(void written.push(...records)),
        flush: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
      pace: new Pace({ speed: Number.POSITIVE_INFINITY, signal }),
      partitioning,
      times: 1,
      signal,
      onFailure: (failure) => expect.fail(failure.message),
      onProgress: () => undefined,
    });
    return written.map(({ key }) => key?.replace(folder, ''));
  }

  const on = (host: string, second: number): string =>
    launch({ second, image: 'C:\\a.exe' }).replace('"host-1"', `"${host}"`);

  it('keeps records together by host; what tells no host goes with the one before it in its file', async () => {
    const one = ['no host yet', on('a', 1), 'of a', on('b', 5), 'of b'];
    const other = [on('c', 3), 'of c'];
    expect(await keys('host', one, other)).to.deep.equal([undefined, 'a', 'a', 'c', 'c', 'b', 'b']);
  });

  it('keeps records together by file, or not at all', async () => {
    const files = [[on('a', 1), 'x'], [on('a', 2)]];
    expect(await keys('file', ...files)).to.deep.equal(['/0', '/0', '/1']);
    expect(await keys('none', ...files)).to.deep.equal([undefined, undefined, undefined]);
  });
});
