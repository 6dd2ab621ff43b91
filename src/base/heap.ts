import { assert } from './assert.ts';

/** What stands in a heap knows its place there, so that it can be moved and taken out. */
export interface HeapItem {
  /** Index in the heap; -1 outside. Written by the heap alone. */
  slot: number;
}

/**
 * A binary heap: the item that comes before all others is at the top. One item stands in one heap.
 */
export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #before: (one: T, other: T) => boolean;

  constructor(before: (one: T, other: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  get top(): T | undefined {
    return this.#items[0];
  }

  /** All items, in no useful order. */
  get items(): readonly T[] {
    return this.#items;
  }

  push(item: T): void {
    assert(item.slot === -1, 'the item stands in a heap already');
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  pop(): T | undefined {
    const top = this.#items[0];
    if (top !== undefined) this.remove(top);
    return top;
  }

  /** Takes an item out, wherever it stands. */
  remove(item: T): void {
    assert(this.#items[item.slot] === item, 'the item stands in another heap');
    const slot = item.slot;
    const last = this.#items.pop();
    item.slot = -1;
    if (last === undefined || last === item) return;
    this.#place(last, slot);
    this.moved(last);
  }

  /** Must be called when an item's order has changed. */
  moved(item: T): void {
    assert(this.#items[item.slot] === item, 'the item stands in another heap');
    this.#rise(item, item.slot);
    this.#sink(item, item.slot);
  }

  #place(item: T, slot: number): void {
    this.#items[slot] = item;
    item.slot = slot;
  }

  #rise(item: T, from: number): void {
    let slot = from;
    while (slot > 0) {
      const above = (slot - 1) >> 1;
      const parent = this.#items[above];
      if (parent === undefined || !this.#before(item, parent)) break;
      this.#place(parent, slot);
      slot = above;
    }
    this.#place(item, slot);
  }

  #sink(item: T, from: number): void {
    let slot = from;
    for (;;) {
      const left = this.#items[2 * slot + 1];
      if (left === undefined) break;
      const right = this.#items[2 * slot + 2];
      const child = right !== undefined && this.#before(right, left) ? right : left;
      if (!this.#before(child, item)) break;
      const below = child.slot;
      this.#place(child, slot);
      slot = below;
    }
    this.#place(item, slot);
  }
}
