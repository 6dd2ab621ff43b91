import { assert } from '../../base/assert.ts';
import type { Engine, EngineSnapshot, EngineStatistics, Outgoing } from '../../engine/engine.ts';
import type { TelemetryEvent } from '../../event/event.ts';
import { HOST_HEADER } from '../../event/named-host.ts';
import type { EventTime, RawRecord } from '../../event/record.ts';
import {
  AddressBook,
  defaultAddressBookLimits,
  type AddressBookLimits,
  type AddressBookSnapshot,
} from './address-book.ts';
import { addressFacts, isAddress } from './address-facts.ts';

/** Changes when older snapshots can no longer be read. */
const VERSION = 1;

interface Snapshot {
  readonly events: number;
  readonly book: AddressBookSnapshot;
}

/**
 * Gives every record to the task of its host (decisions §11): the one that its events name, or, where
 * they name an address, the one that had it then. It is run as an engine is, so what it knows of
 * addresses is a function of its logs too: after a crash a record goes where it went before, and
 * whoever reads knows it again by the ids of its events.
 */
export class Repartitioner implements Engine {
  readonly frontier: EventTime | undefined = undefined;
  readonly #references: ReadonlySet<string>;
  readonly #book: AddressBook;
  #events = 0;
  #outgoing: Outgoing[] = [];
  #latest: RawRecord | undefined;

  /** @param references Topics that tell of addresses and are not handed on. */
  constructor(
    references: ReadonlySet<string>,
    limits: AddressBookLimits = defaultAddressBookLimits,
  ) {
    this.#references = references;
    this.#book = new AddressBook(limits);
  }

  observe(batch: Iterable<TelemetryEvent>): void {
    for (const event of batch) {
      this.#events += 1;
      for (const { address, host } of addressFacts(event)) {
        this.#book.learn(address, host, event.time);
      }
      if (!this.#references.has(event.position.source)) this.#handOn(event);
    }
    this.#latest = undefined;
  }

  advance(): void {}

  elapse(): void {}

  takeOutgoing(): readonly Outgoing[] {
    const taken = this.#outgoing;
    this.#outgoing = [];
    return taken;
  }

  statistics(): EngineStatistics {
    return {
      events: this.#events,
      matches: 0,
      late: 0,
      duplicates: 0,
      evicted: 0,
      waiting: 0,
      clockSkewed: 0,
      forced: 0,
      lateAcrossHosts: 0,
      groupMissing: 0,
      valueIgnored: 0,
      unrevived: 0,
      hosts: 0,
      groups: this.#book.size,
      fullest: 0,
      findings: [],
    };
  }

  snapshot(): EngineSnapshot {
    const state: Snapshot = { events: this.#events, book: this.#book.snapshot() };
    return { version: VERSION, state };
  }

  restore({ version, state }: EngineSnapshot): void {
    assert(version === VERSION, `a snapshot of version ${version} can not be restored`);
    const { events, book } = state as Snapshot;
    this.#events = events;
    this.#book.restore(book);
  }

  // A record of several events goes where the first of them belongs.
  #handOn(event: TelemetryEvent): void {
    const { record } = event.origin;
    if (record === this.#latest || record.payload === null) return;
    this.#latest = record;
    const { host, time } = event;
    const named = isAddress(host) ? this.#book.hostAt(host, time) : undefined;
    const headers = (record.headers ?? []).filter(([name]) => name !== HOST_HEADER);
    this.#outgoing.push({
      route: named ?? host,
      value: record.payload,
      headers: named === undefined ? headers : [...headers, [HOST_HEADER, utf8.encode(named)]],
    });
  }
}

const utf8 = new TextEncoder();
