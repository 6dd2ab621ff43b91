import { expect } from 'chai';
import fc from 'fast-check';
import { AddressBook } from '../../../src/runtime/repartition/address-book.ts';

const limits = { addressesMax: 3, leasesMax: 2, validMs: 100 };

type Told = readonly [address: string, host: string, time: number];

function book(...told: readonly Told[]): AddressBook {
  const made = new AddressBook(limits);
  for (const [address, host, time] of told) made.learn(address, host, time);
  return made;
}

describe('which host had an address', () => {
  const table: readonly [string, readonly Told[], number, string | undefined][] = [
    ['nobody said', [], 10, undefined],
    ['before it was said', [['ip', 'a', 10]], 9, undefined],
    ['at the moment', [['ip', 'a', 10]], 10, 'a'],
    ['as long as it counts', [['ip', 'a', 10]], 110, 'a'],
    ['no longer than that', [['ip', 'a', 10]], 111, undefined],
    [
      'said again, it counts from then',
      [
        ['ip', 'a', 10],
        ['ip', 'a', 50],
      ],
      150,
      'a',
    ],
    [
      'until another had it',
      [
        ['ip', 'a', 10],
        ['ip', 'b', 20],
      ],
      20,
      'b',
    ],
    [
      'before another had it',
      [
        ['ip', 'a', 10],
        ['ip', 'b', 20],
      ],
      19,
      'a',
    ],
    [
      'told in another order',
      [
        ['ip', 'b', 20],
        ['ip', 'a', 10],
      ],
      19,
      'a',
    ],
    [
      'the oldest of too many is forgotten',
      [
        ['ip', 'a', 10],
        ['ip', 'b', 20],
        ['ip', 'c', 30],
      ],
      15,
      undefined,
    ],
  ];
  for (const [name, told, time, expected] of table) {
    it(name, () => expect(book(...told).hostAt('ip', time)).to.equal(expected));
  }

  it('forgets the address that was longest not heard of', () => {
    const known = book(['1', 'a', 1], ['2', 'b', 1], ['3', 'c', 1], ['1', 'a', 2], ['4', 'd', 2]);
    const found = ['1', '2', '3', '4'].map((address) => known.hostAt(address, 5));
    expect([known.size, ...found]).to.deep.equal([3, 'a', undefined, 'c', 'd']);
  });

  it('goes on from a snapshot as if never stopped', () => {
    const facts = fc.array(
      fc.tuple(fc.constantFrom('1', '2', '3', '4'), fc.constantFrom('a', 'b', 'c'), fc.nat(300)),
    );
    fc.assert(
      fc.property(facts, facts, fc.nat(300), (before, after, time) => {
        const whole = book(...before, ...after);
        const stopped = new AddressBook(limits);
        stopped.restore(
          JSON.parse(JSON.stringify(book(...before).snapshot())) as ReturnType<
            AddressBook['snapshot']
          >,
        );
        for (const fact of after) stopped.learn(...fact);
        for (const address of ['1', '2', '3', '4']) {
          expect(stopped.hostAt(address, time)).to.equal(whole.hostAt(address, time));
        }
      }),
    );
  });
});
