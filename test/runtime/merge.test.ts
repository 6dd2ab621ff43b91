import { expect } from 'chai';
import fc from 'fast-check';

import { Failure } from '../../src/base/failure.ts';
import { createAutoDecoder } from '../../src/decoders/index.ts';
import { decodeFile, mergeFiles } from '../../src/runtime/merge.ts';
import type { Source } from '../../src/sources/source.ts';
import { numbers, opener } from './number-files.ts';

async function merged(files: Readonly<Record<string, readonly string[]>>): Promise<string[]> {
  const seen: string[] = [];
  const { open } = opener(files);
  for await (const batch of mergeFiles({ paths: Object.keys(files), decoder: numbers, open })) {
    for (const { record, events, problem } of batch) {
      const { source, offset } = record.position;
      seen.push(`${source}${offset}@${problem === undefined ? events[0]?.time : 'refused'}`);
    }
  }
  return seen;
}

describe('runtime: merging of files', () => {
  it('reads several files as one log in event time', async () => {
    expect(await merged({ a: ['1', '4', '9'], b: ['2', '3', '10'] })).to.deep.equal([
      'a1@1',
      'b1@2',
      'b2@3',
      'a2@4',
      'a3@9',
      'b3@10',
    ]);
  });

  it('takes equal times in the order of the call', async () => {
    expect(await merged({ b: ['5', '5'], a: ['5'] })).to.deep.equal(['b1@5', 'b2@5', 'a1@5']);
  });

  it('keeps refused records in their place', async () => {
    expect(await merged({ a: ['1', 'x', '3'], b: ['2'] })).to.deep.equal([
      'a1@1',
      'a2@refused',
      'b1@2',
      'a3@3',
    ]);
  });

  it('reads a file of nothing but refused records', async () => {
    expect(await merged({ a: ['x', 'y'], b: ['2'] })).to.deep.equal([
      'a1@refused',
      'a2@refused',
      'b1@2',
    ]);
  });

  it('loses and repeats nothing, and sorted files stay sorted', async () => {
    const file = fc.array(fc.nat({ max: 50 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 5 }), async (contents) => {
        const sorted = contents.map((times) => times.toSorted((x, y) => x - y).map(String));
        const seen = await merged(Object.fromEntries(sorted.map((lines, n) => [`f${n}-`, lines])));
        const times = seen.map((entry) => Number(entry.split('@')[1]));
        expect(times).to.deep.equal(
          sorted
            .flat()
            .map(Number)
            .sort((x, y) => x - y),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('opens a file only when its turn has come', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, n) => [`day${n}-`, [`${n * 10}`, `${n * 10 + 5}`]] as const),
    );
    const { open, mostOpen } = opener(files);
    const order = Object.keys(files).reverse();
    let records = 0;
    for await (const batch of mergeFiles({ paths: order, decoder: numbers, open })) {
      records += batch.length;
    }
    expect(records).to.equal(40);
    expect(mostOpen()).to.be.at.most(2);
  });

  it('an event whose last lines the damage of its file took away is not lost', async () => {
    const line = 'type=SYSCALL msg=audit(1781000000.000:7): syscall=59 success=yes exe="/bin/x"';
    const damage = new Failure('source_corrupt', { message: 'damaged', retryable: false });
    const source: Source = {
      name: 'cut.gz',
      async *batches() {
        const position = { source: 'cut.gz', partition: 0, offset: 1 };
        yield [{ payload: new TextEncoder().encode(line), position }];
        throw damage;
      },
      acknowledge: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const failures: Failure[] = [];
    const images: unknown[] = [];
    const onFailure = (failure: Failure): number => failures.push(failure);
    for await (const batch of decodeFile(source, { decoder: createAutoDecoder(), onFailure })) {
      for (const { events } of batch) images.push(...events.map((event) => event.get('Image')));
    }
    expect([images, failures]).to.deep.equal([['/bin/x'], [damage]]);
  });
});
