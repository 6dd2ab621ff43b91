import { expect } from 'chai';
import fc from 'fast-check';

import { mergeFiles } from '../../../src/runtime/merge.ts';
import { comparePlaces, type LogPlace } from '../../../src/runtime/scan/finding.ts';
import { Places, type ScanFile } from '../../../src/runtime/scan/places.ts';
import { numbers, opener } from '../number-files.ts';

type Contents = readonly (readonly string[])[];

/** Each record of these files in the order in which they are read as one log. */
async function read(contents: Contents, orders: readonly number[]): Promise<Read[]> {
  const files: ScanFile[] = orders.map((order) => {
    const first = contents[order]?.find((line) => line !== 'x');
    const firstTime = first === undefined ? Number.NEGATIVE_INFINITY : Number(first);
    return { path: `/f${order}`, order, firstTime };
  });
  const { open } = opener(
    Object.fromEntries(files.map(({ path, order }) => [path, contents[order] ?? []])),
  );
  const places = new Places(files);
  const records: Read[] = [];
  const paths = files.map(({ path }) => path);
  for await (const batch of mergeFiles({ paths, decoder: numbers, open })) {
    for (const decoded of batch) {
      const { source, offset } = decoded.record.position;
      records.push({ name: `${source}:${offset}`, place: places.of(decoded) });
    }
  }
  return records;
}

interface Read {
  readonly name: string;
  readonly place: LogPlace;
}

describe('runtime: places in the log of a scan', () => {
  it('order what was read apart as it is read together', async () => {
    const line = fc.oneof(fc.constant('x'), fc.nat({ max: 30 }).map(String));
    const file = fc.array(line, { maxLength: 12 });
    const split = fc.array(fc.nat(2), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 2, maxLength: 5 }),
        split,
        async (all, groups) => {
          const together = await read(all, [...all.keys()]);
          const apart: Read[] = [];
          for (const group of [0, 1, 2]) {
            const orders = [...all.keys()].filter((order) => groups[order] === group);
            if (orders.length > 0) apart.push(...(await read(all, orders)));
          }
          apart.sort((one, other) => comparePlaces(one.place, other.place));
          expect(apart.map(({ name }) => name)).to.deep.equal(together.map(({ name }) => name));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('put what is found at the end after the log, and final states last', () => {
    const place = (part: LogPlace['part'], time: number): LogPlace => ({
      part,
      time,
      file: 0,
      line: 1,
    });
    const sorted = [place('states', 0), place('end', 5), place('log', 9), place('log', -Infinity)];
    sorted.sort(comparePlaces);
    expect(sorted.map(({ part, time }) => `${part} ${time}`)).to.deep.equal([
      'log -Infinity',
      'log 9',
      'end 5',
      'states 0',
    ]);
  });
});
