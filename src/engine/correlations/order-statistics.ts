/**
 * Numbers per block; half of it on average is moved by an insertion, which for doubles is one small
 * copy.
 */
const BLOCK_MAX = 256;

/** A sorted multiset of numbers in which the value at any rank is found quickly and exactly. */
export class OrderStatistics {
  /** Blocks in order, none empty. */
  readonly #blocks: number[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(value: number): void {
    this.#size += 1;
    const at = this.#blockOf(value);
    const block = this.#blocks[at];
    if (block === undefined) {
      this.#blocks.push([value]);
      return;
    }
    block.splice(placeIn(block, value), 0, value);
    if (block.length > BLOCK_MAX) this.#blocks.splice(at + 1, 0, block.splice(BLOCK_MAX / 2));
  }

  /** Takes out one of the values equal to this one. */
  remove(value: number): void {
    const at = this.#blockOf(value);
    const block = this.#blocks[at];
    const place = block === undefined ? -1 : placeIn(block, value);
    if (block === undefined || block[place] !== value) return;
    this.#size -= 1;
    block.splice(place, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** The value that has `rank` values before it. */
  at(rank: number): number | undefined {
    let left = rank;
    for (const block of this.#blocks) {
      if (left < block.length) return block[left];
      left -= block.length;
    }
    return undefined;
  }

  // The first block that ends at or after the value, else the last one.
  #blockOf(value: number): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const last = this.#blocks[middle]?.at(-1) ?? value;
      if (last >= value) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function placeIn(block: readonly number[], value: number): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((block[middle] ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
