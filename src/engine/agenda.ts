import { mergeEntries, type Entry } from './entry.ts';

/**
 * What one event means to consumers, in their order and then that of keys; one entry for each
 * group.
 */
export class Agenda {
  readonly #entries: Entry[] = [];
  #next = 0;

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Adds an entry of a consumer that has not had its turn. */
  add(entry: Entry): void {
    let at = this.#entries.length;
    for (; at > this.#next; at--) {
      const other = this.#entries[at - 1];
      if (other === undefined || isBefore(other, entry)) break;
      if (!isBefore(entry, other)) {
        this.#entries[at - 1] = mergeEntries(other, entry);
        return;
      }
    }
    this.#entries.splice(at, 0, entry);
  }

  take(): Entry | undefined {
    const entry = this.#entries[this.#next];
    if (entry !== undefined) this.#next += 1;
    return entry;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  if (one.plan !== other.plan) return one.plan.index < other.plan.index;
  return one.key < other.key;
}
