import { expect } from 'chai';
import fc from 'fast-check';
import { Heap, type HeapItem } from '../../src/base/heap.ts';

interface Item extends HeapItem {
  rank: number;
}

type Step = readonly ['push' | 'pop' | 'remove' | 'move', number, number];

describe('heap', () => {
  it('always has the first item at its top, whatever was pushed, moved and removed', () => {
    const step: fc.Arbitrary<Step> = fc.tuple(
      fc.constantFrom(
        'push' as const,
        'push' as const,
        'pop' as const,
        'remove' as const,
        'move' as const,
      ),
      fc.nat(30),
      fc.nat(20),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const heap = new Heap<Item>((one, other) => one.rank < other.rank);
        let held: Item[] = [];
        for (const [kind, at, rank] of steps) {
          const item = held[at % Math.max(1, held.length)];
          if (kind === 'push') {
            const pushed = { rank, slot: -1 };
            heap.push(pushed);
            held.push(pushed);
          } else if (kind === 'pop') {
            const top = heap.pop();
            expect(top?.slot ?? -1).to.equal(-1);
            held = held.filter((other) => other !== top);
          } else if (item !== undefined && kind === 'remove') {
            heap.remove(item);
            held = held.filter((other) => other !== item);
          } else if (item !== undefined) {
            item.rank = rank;
            heap.moved(item);
          }
          expect(heap.size).to.equal(held.length);
          const ranks = held.map((other) => other.rank);
          expect(heap.top?.rank).to.equal(ranks.length === 0 ? undefined : Math.min(...ranks));
          expect(held.every((other) => heap.items[other.slot] === other)).to.equal(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('refuses an item that stands in another heap', () => {
    const one = new Heap<Item>(() => true);
    const other = new Heap<Item>(() => true);
    const item = { rank: 1, slot: -1 };
    one.push(item);
    expect(() => other.push(item)).to.throw('stands in a heap already');
    expect(() => other.remove(item)).to.throw('another heap');
  });
});
