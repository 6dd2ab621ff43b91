import { assert } from '../base/assert.ts';
import type { FieldValue, TelemetryEvent } from '../event/event.ts';
import type { Tracker, TrackerStatistics } from './enrichment.ts';
import { addressKind } from './ip-address.ts';
import { HostNames } from './names-host.ts';
import type { NameEntry } from './names-host.ts';
import { ownText } from './own-text.ts';

/** How many answers of the DNS are remembered, and for how long. */
export interface NamesLimits {
  readonly addressesPerHostMax: number;
  /** Over all hosts. */
  readonly addressesMax: number;
  /** After the last answer that held the address: programs use an answer for as long as its TTL and longer. */
  readonly keepMs: number;
}

/** A browser's day of lookups; most answers are used within seconds. */
export const NAMES_LIMITS: NamesLimits = {
  addressesPerHostMax: 4096,
  addressesMax: 500_000,
  keepMs: 3_600_000,
};

const SNAPSHOT_VERSION = 1;
const ADDRESSES_PER_ANSWER_MAX = 64;
const ANSWER_LENGTH_MAX = 8192;
const NAME_LENGTH_MAX = 255;
const HOST_LENGTH_MAX = 1024;
// What one removal takes, so that a full table costs a sort once in a while and not with every answer.
const EVICTED_SHARE = 16;
const MAPPED = '::ffff:';
const SEPARATOR = /[;,\s]+/;

interface StoredState {
  readonly version: number;
  readonly evicted: number;
  readonly hosts: readonly (readonly [host: string, entries: readonly NameEntry[]])[];
}

/**
 * Gives connections the name of their peer: the last name that was looked up on the same host and whose answer
 * held the address, by the same process where it asked itself. What it misses: names that were looked up before
 * we listened or beyond the host's own resolver, and which of two names with one address was meant.
 */
export class NamesTracker implements Tracker {
  readonly name: string = 'names';
  readonly fields: readonly string[] = ['destination.domain'];
  readonly #limits: NamesLimits;
  readonly #hosts: Map<string, HostNames> = new Map();
  #entries = 0;
  #entriesPeak = 0;
  #evicted = 0;

  constructor(limits: NamesLimits = NAMES_LIMITS) {
    this.#limits = limits;
  }

  feeds(event: TelemetryEvent): boolean {
    return event.activity === 'dns';
  }

  observe(event: TelemetryEvent): void {
    const asked = event.get('QueryName');
    if (!isName(asked)) return;
    const addresses = addressesOf(event.get('dns.resolved_ip') ?? event.get('QueryResults'));
    if (addresses.length === 0) return;
    const name = ownText(withoutRoot(asked).toLowerCase(), NAME_LENGTH_MAX);
    const process = processOf(event);
    const host = this.#host(event.host);
    const before = host.size;
    const expiresAt = event.time + this.#limits.keepMs;
    for (const address of addresses) {
      host.set({ address: ownText(address, NAME_LENGTH_MAX), name, process, expiresAt });
    }
    host.forget(event.time);
    this.#entries += host.size - before;
    if (this.#entries > this.#entriesPeak) this.#entriesPeak = this.#entries;
    this.#keepLimits(host);
    if (host.size === 0) this.#hosts.delete(event.host);
  }

  // A name that the event has itself is one, whatever we know.
  enrich(event: TelemetryEvent): boolean {
    if (event.activity !== 'connection') return event.get('destination.domain') !== undefined;
    const known = event.get('DestinationHostname');
    const name = isName(known) ? known : this.#nameOf(event);
    if (name === undefined) return event.get('destination.domain') !== undefined;
    event.derived.set('destination.domain', name);
    return true;
  }

  snapshot(): unknown {
    const stored: StoredState = {
      version: SNAPSHOT_VERSION,
      evicted: this.#evicted,
      hosts: [...this.#hosts].map(([host, names]) => [host, names.entries()]),
    };
    return stored;
  }

  restore(state: unknown): void {
    const stored = state as StoredState;
    assert(stored.version === SNAPSHOT_VERSION, 'the store hands out snapshots of this version');
    this.#hosts.clear();
    this.#entries = 0;
    for (const [host, entries] of stored.hosts) {
      const names = new HostNames();
      for (const entry of entries) names.set(entry);
      this.#hosts.set(host, names);
      this.#entries += names.size;
    }
    this.#entriesPeak = this.#entries;
    this.#evicted = stored.evicted;
  }

  statistics(): TrackerStatistics {
    const fullest = this.#entriesPeak / this.#limits.addressesMax;
    return { entries: this.#entries, evicted: this.#evicted, fullest };
  }

  #nameOf(event: TelemetryEvent): string | undefined {
    const address = event.get('DestinationIp');
    if (typeof address !== 'string') return undefined;
    const host = this.#hosts.get(event.host);
    return host?.find(plainAddress(address), processOf(event), event.time);
  }

  #host(name: string): HostNames {
    let host = this.#hosts.get(name);
    if (host === undefined) {
      host = new HostNames();
      this.#hosts.set(ownText(name, HOST_LENGTH_MAX), host);
    }
    return host;
  }

  // A host's quota first, so that one that looks up without end forgets only its own.
  #keepLimits(host: HostNames): void {
    const { addressesPerHostMax, addressesMax } = this.#limits;
    if (host.size > addressesPerHostMax) this.#evict([host], host.size - addressesPerHostMax);
    if (this.#entries <= addressesMax) return;
    this.#evict([...this.#hosts.values()], this.#entries - addressesMax);
    for (const [name, each] of this.#hosts) if (each.size === 0) this.#hosts.delete(name);
  }

  #evict(hosts: readonly HostNames[], least: number): void {
    const owned = hosts.flatMap((host) => host.entries().map((entry) => ({ host, entry })));
    owned.sort((a, b) => compare(a.entry, b.entry));
    const count = Math.max(least, Math.ceil(owned.length / EVICTED_SHARE));
    for (const { host, entry } of owned.slice(0, count)) host.delete(entry);
    this.#entries -= count;
    this.#evicted += count;
  }
}

/** Earliest expiry first, then what tells entries apart: the same log evicts the same entries. */
function compare(a: NameEntry, b: NameEntry): number {
  if (a.expiresAt !== b.expiresAt) return a.expiresAt - b.expiresAt;
  const first = `${a.address} ${a.process ?? ''}`;
  const second = `${b.address} ${b.process ?? ''}`;
  return first < second ? -1 : first > second ? 1 : 0;
}

function processOf(event: TelemetryEvent): string | undefined {
  const facts = event.process();
  return facts?.guid ?? (facts?.pid === undefined ? undefined : String(facts.pid));
}

/** The addresses of an answer: a list, or a text such as Sysmon's `type:  5 name;::ffff:192.0.2.1;`. */
function addressesOf(answer: FieldValue | undefined): readonly string[] {
  const parts = Array.isArray(answer)
    ? (answer as readonly FieldValue[])
    : typeof answer === 'string'
      ? answer.slice(0, ANSWER_LENGTH_MAX).split(SEPARATOR)
      : [];
  const addresses: string[] = [];
  for (const part of parts) {
    if (addresses.length === ADDRESSES_PER_ANSWER_MAX) break;
    if (typeof part !== 'string') continue;
    const address = plainAddress(part);
    if (addressKind(address) !== undefined) addresses.push(address);
  }
  return addresses;
}

// Version 4 as others write it, whether it was mapped into version 6 or not.
function plainAddress(text: string): string {
  const folded = text.toLowerCase();
  return folded.startsWith(MAPPED) && folded.includes('.') ? folded.slice(MAPPED.length) : folded;
}

// Sensors write `-`, an empty text or nothing for a name that they do not have.
function isName(value: FieldValue | undefined): value is string {
  return typeof value === 'string' && value !== '' && value !== '-';
}

function withoutRoot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
