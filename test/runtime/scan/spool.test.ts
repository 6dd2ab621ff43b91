import { expect } from 'chai';

import {
  closeSpoolFile,
  openSpoolFile,
  readSpool,
  SpoolWriter,
} from '../../../src/runtime/scan/spool.ts';

describe('runtime: spool', () => {
  let descriptor = -1;
  beforeEach(() => {
    descriptor = openSpoolFile();
  });
  afterEach(() => closeSpoolFile(descriptor));

  it('gives back what it was given, in order, whatever its size', () => {
    const hostile = JSON.parse('{"__proto__":{"x":1},"constructor":2}') as unknown;
    const values: unknown[] = [
      1,
      'ä\u0000\ud800',
      null,
      hostile,
      { undefined, bytes: Buffer.from('x') },
    ];
    for (const size of [0, 65_531, 65_532, 65_533, 1 << 20, 3 << 20]) values.push('y'.repeat(size));
    const writer = new SpoolWriter<unknown>(descriptor, 0);
    for (const value of values) writer.add(value);
    expect([...readSpool(writer.finish())]).to.deep.equal(values);
  });

  it('keeps pieces apart that are written one after the other', () => {
    const first = new SpoolWriter<number>(descriptor, 0);
    first.add(1);
    const one = first.finish();
    const second = new SpoolWriter<number>(descriptor, one.to);
    second.add(2);
    second.add(3);
    const two = second.finish();
    const none = new SpoolWriter<number>(descriptor, two.to).finish();
    expect([...readSpool(one)]).to.deep.equal([1]);
    expect([...readSpool(two)]).to.deep.equal([2, 3]);
    expect([...readSpool(none)]).to.deep.equal([]);
  });
});
