import { expect } from 'chai';

import { Failure } from '../../../src/base/failure.ts';
import { moduleBeside, Thread } from '../../../src/runtime/workers/thread.ts';

/** Starts the thread, gives these orders, and waits for so many reports or for an error. */
async function told(data: string, orders: readonly string[], reports: number): Promise<unknown[]> {
  const all: unknown[] = [];
  const done = Promise.withResolvers<undefined>();
  const take = (what: unknown): void => {
    all.push(what);
    if (what instanceof Error || all.length === reports) done.resolve(undefined);
  };
  await using thread = new Thread<string, string>({
    module: moduleBeside(import.meta.url, './echo-thread'),
    data,
    onReport: take,
    onError: take,
  });
  for (const order of orders) thread.order(order);
  await done.promise;
  return all;
}

describe('runtime: a worker thread', () => {
  it('takes orders in turn, and reports', async () => {
    expect(await told('says', ['one', 'two'], 2)).to.deep.equal(['says one', 'says two']);
  });

  for (const [name, data, order] of [
    ['while it works', 'says', 'fail'],
    ['as it starts', 'fail at start', ''],
  ] as const) {
    it(`hands on a failure of the world ${name}, with its code`, async () => {
      const [failure] = await told(data, [order], 2);
      expect(failure).to.be.instanceOf(Failure);
      expect(failure).to.deep.include({
        code: order === 'fail' ? 'store_full' : 'store_locked',
        retryable: true,
      });
    });
  }

  it('hands on a bug with its own stack', async () => {
    const [error] = await told('says', ['bug'], 2);
    expect(error).to.be.instanceOf(Error).and.not.instanceOf(Failure);
    expect((error as Error).stack).to.contain('echo-thread.ts');
  });

  it('says so when the thread ends by itself', async () => {
    const [error] = await told('says', ['exit'], 2);
    expect((error as Error).message).to.equal('a worker ended early with code 3');
  });
});
