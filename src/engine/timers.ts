import { Heap } from '../base/heap.ts';
import type { EventTime } from '../event/record.ts';
import type { Group } from './group.ts';
import type { Share, ShareItem } from './share.ts';

/** Groups that linger are never woken; all other times are below this. */
const WAKE_MAX = 2.5e15;

/** What a lane's groups wait for, in the order of time, consumer and key. */
export class Timers {
  readonly #heap: Heap<ShareItem> = new Heap<ShareItem>(isEarlier);

  push(item: ShareItem): void {
    this.#heap.push(item);
  }

  remove(item: ShareItem): void {
    this.#heap.remove(item);
  }

  moved(item: ShareItem): void {
    this.#heap.moved(item);
  }

  get size(): number {
    return this.#heap.size;
  }

  /** The group to be woken next before this time, if there is one. */
  next(before: EventTime): { readonly group: Group; readonly share: Share } | undefined {
    const limit = Math.min(before, WAKE_MAX);
    for (let top = this.#heap.top; top !== undefined; top = this.#heap.top) {
      const { share } = top;
      const believed = share.groups.top;
      if (believed === undefined || believed.due >= limit) return undefined;
      const group = share.earliest();
      this.#heap.moved(top);
      if (group !== undefined && group.due < limit && this.#heap.top === top) {
        return { group, share };
      }
    }
    return undefined;
  }
}

function isEarlier(one: ShareItem, other: ShareItem): boolean {
  const first = one.share.groups.top;
  const second = other.share.groups.top;
  if (first === undefined || second === undefined) return second === undefined;
  if (first.due !== second.due) return first.due < second.due;
  const order = one.share.consumer - other.share.consumer;
  if (order !== 0) return order < 0;
  return first.key < second.key;
}
