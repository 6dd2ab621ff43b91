import type { EventTime } from '../../event/record.ts';

/** Who had an address, from when, and until when it was last said. */
type Lease = [host: string, from: EventTime, until: EventTime];

/** The book as plain JSON data, the address that was longest not heard of first. */
export type AddressBookSnapshot = readonly (readonly [string, readonly Lease[]])[];

export interface AddressBookLimits {
  /** Addresses that are remembered; the one that was longest not heard of is forgotten first. */
  readonly addressesMax: number;
  /** Hosts that one address had after each other. */
  readonly leasesMax: number;
  /** For how long what was said of an address still counts, in ms. */
  readonly validMs: number;
}

export const defaultAddressBookLimits: AddressBookLimits = {
  addressesMax: 200_000,
  leasesMax: 8,
  validMs: 86_400_000,
};

/** Which host had an address at a time, as far as anybody said so. */
export class AddressBook {
  readonly #limits: AddressBookLimits;
  readonly #leases: Map<string, Lease[]> = new Map();

  constructor(limits: AddressBookLimits = defaultAddressBookLimits) {
    this.#limits = limits;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#leases.size;
  }

  learn(address: string, host: string, time: EventTime): void {
    const leases = this.#leases.get(address) ?? [];
    this.#leases.delete(address);
    this.#leases.set(address, leases);
    const { addressesMax, leasesMax } = this.#limits;
    addLease(leases, host, time);
    if (leases.length > leasesMax) leases.shift();
    if (this.#leases.size <= addressesMax) return;
    for (const oldest of this.#leases.keys()) {
      this.#leases.delete(oldest);
      return;
    }
  }

  /** The host that had the address then; undefined if nobody said so, or too long ago. */
  hostAt(address: string, time: EventTime): string | undefined {
    const lease = this.#leases.get(address)?.findLast(([, from]) => from <= time);
    if (lease === undefined) return undefined;
    const [host, , until] = lease;
    return time <= until + this.#limits.validMs ? host : undefined;
  }

  snapshot(): AddressBookSnapshot {
    return [...this.#leases].map(([address, leases]) => [
      address,
      leases.map(([host, from, until]): Lease => [host, from, until]),
    ]);
  }

  restore(snapshot: AddressBookSnapshot): void {
    for (const [address, leases] of snapshot) {
      this.#leases.set(
        address,
        leases.map(([host, from, until]) => [host, from, until]),
      );
    }
  }
}

// Leases stand in the order of time; what is said of one host in a row is one lease.
function addLease(leases: Lease[], host: string, time: EventTime): void {
  const place = leases.findLastIndex(([, from]) => from <= time);
  const before = leases[place];
  if (before !== undefined && before[0] === host) {
    before[2] = Math.max(before[2], time);
    return;
  }
  const next = leases[place + 1];
  if (next !== undefined && next[0] === host) next[1] = time;
  else leases.splice(place + 1, 0, [host, time, time]);
}
