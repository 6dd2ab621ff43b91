import type { EventTime } from '../event/record.ts';

/** A name that an address had in an answer. */
export interface NameEntry {
  readonly address: string;
  readonly name: string;
  /** Who asked, by the sensor's identity or the pid; undefined where the sensor does not say. */
  readonly process: string | undefined;
  readonly expiresAt: EventTime;
}

// Names that share an address (a content network's edge): as many processes are told apart.
const ASKERS_MAX = 8;

/** The names of one host by address, the latest last. */
export class HostNames {
  readonly #byAddress: Map<string, NameEntry[]> = new Map();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  entries(): readonly NameEntry[] {
    return [...this.#byAddress.values()].flat();
  }

  /** Takes an answer in; the same process' answer before it is forgotten. */
  set(entry: NameEntry): void {
    const known = this.#byAddress.get(entry.address) ?? [];
    const others = known.filter((each) => each.process !== entry.process).slice(1 - ASKERS_MAX);
    // Addresses stand in the order of their last answers, so the first are the first to expire.
    this.#byAddress.delete(entry.address);
    this.#byAddress.set(entry.address, [...others, entry]);
    this.#size += others.length + 1 - known.length;
  }

  delete(entry: NameEntry): void {
    const known = this.#byAddress.get(entry.address) ?? [];
    const others = known.filter((each) => each !== entry);
    this.#size -= known.length - others.length;
    if (others.length === 0) this.#byAddress.delete(entry.address);
    else this.#byAddress.set(entry.address, others);
  }

  /** Drops addresses whose last answer is over. */
  forget(now: EventTime): void {
    for (const [address, entries] of this.#byAddress) {
      if ((entries.at(-1)?.expiresAt ?? 0) >= now) break;
      this.#byAddress.delete(address);
      this.#size -= entries.length;
    }
  }

  /** The name that this process, else any, looked up last for the address. */
  find(address: string, process: string | undefined, time: EventTime): string | undefined {
    const entries = this.#byAddress.get(address) ?? [];
    const isFresh = (entry: NameEntry): boolean => entry.expiresAt >= time;
    const own = entries.findLast((entry) => entry.process === process && isFresh(entry));
    return (own ?? entries.findLast(isFresh))?.name;
  }
}
