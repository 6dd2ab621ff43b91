import { Heap, type HeapItem } from '../base/heap.ts';
import type { Group } from './group.ts';
import type { Keyspace } from './keyspace.ts';

/** The groups of one consumer that stand on one host's quota. */
export class Share {
  readonly host: string;
  /** Place of the consumer among all. */
  readonly consumer: number;
  readonly keyspace: Keyspace;
  /**
   * By when they must be woken, which is also the order in which they are given up; then by key.
   */
  readonly groups: Heap<Group> = new Heap<Group>(isEarlier);
  /** Its place among the shares that wait for their time. */
  readonly timer: ShareItem = { slot: -1, share: this };
  /** Its place among the shares of its consumer by size. */
  readonly weight: ShareItem = { slot: -1, share: this };

  constructor(host: string, consumer: number, keyspace: Keyspace) {
    this.host = host;
    this.consumer = consumer;
    this.keyspace = keyspace;
  }

  /**
   * The group that must be woken first, after a look at those that were heard of since they were
   * placed.
   */
  earliest(): Group | undefined {
    for (let top = this.groups.top; top !== undefined; top = this.groups.top) {
      if (top.due === top.wakeAt) return top;
      top.due = top.wakeAt;
      this.groups.moved(top);
    }
    return undefined;
  }
}

/** A share in a heap. */
export interface ShareItem extends HeapItem {
  readonly share: Share;
}

function isEarlier(one: Group, other: Group): boolean {
  return one.due !== other.due ? one.due < other.due : one.key < other.key;
}
