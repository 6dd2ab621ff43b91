import { getDomain } from 'tldts';

import type { FieldValue, TelemetryEvent } from '../event/event.ts';
import type { Policy } from '../policy/policy.ts';
import { hostOfAuthority, hostsOfCommandLine } from './command-hosts.ts';
import { HostSet } from './destination-hosts.ts';
import type { Derivation } from './enrichment.ts';
import { addressKind } from './ip-address.ts';

/**
 * What kind of peer it is: `known` from the list `known_destinations`, `raw_ip` a public address without a name,
 * `metadata` the cloud's service that hands out credentials.
 */
export type DestinationClass = 'loopback' | 'private' | 'known' | 'raw_ip' | 'metadata' | 'unknown';

/** The list of hosts that count as known. */
export const KNOWN_DESTINATIONS = 'known_destinations';

interface Destination {
  readonly host: string;
  readonly kind: DestinationClass;
}

// A command line may name several hosts; the one that is least to be trusted says where its data can go.
const DISTRUST: readonly DestinationClass[] = [
  'loopback',
  'private',
  'known',
  'raw_ip',
  'metadata',
  'unknown',
];

/** Where a connection, a lookup or a command line leads, and whether that is a place of honest work. */
export class DestinationDerivation implements Derivation {
  readonly fields: readonly string[] = [
    'tidegate.destination.class',
    'tidegate.destination.host',
    'tidegate.destination.registered_domain',
    'tidegate.destination.source',
  ];
  readonly needs: readonly string[] = ['destination.domain'];
  #policy: Policy | undefined;
  #known: HostSet = new HostSet([]);

  derive(event: TelemetryEvent, policy: Policy): void {
    if (policy !== this.#policy) {
      this.#policy = policy;
      this.#known = new HostSet(policy.list(KNOWN_DESTINATIONS) ?? []);
    }
    const named =
      nameOf(event.get('DestinationHostname')) ??
      nameOf(event.get('destination.domain')) ??
      nameOf(event.get('QueryName'));
    if (named !== undefined) {
      this.#write(event, this.#destination(named), 'hostname');
      return;
    }
    const address = nameOf(event.get('DestinationIp'));
    if (address !== undefined) {
      this.#write(event, this.#destination(address), 'ip');
      return;
    }
    if (event.activity !== 'process_start') return;
    const commandLine = event.get('CommandLine') ?? event.process()?.commandLine;
    if (typeof commandLine !== 'string') return;
    const destinations = hostsOfCommandLine(commandLine).map((host) => this.#destination(host));
    let worst = destinations[0];
    for (const each of destinations) {
      const isWorse =
        worst === undefined || DISTRUST.indexOf(each.kind) > DISTRUST.indexOf(worst.kind);
      if (isWorse) worst = each;
    }
    if (worst !== undefined) this.#write(event, worst, 'command_line');
  }

  #destination(host: string): Destination {
    const kind = addressKind(host);
    if (this.#known.has(host)) return { host, kind: 'known' };
    if (kind !== undefined) return { host, kind: kind === 'public' ? 'raw_ip' : kind };
    if (host === 'localhost' || host.endsWith('.localhost')) return { host, kind: 'loopback' };
    // A name without a dot, and the names that RFC 6762, RFC 8375 and ICANN keep for private networks.
    const isLocal = !host.includes('.') || /\.(?:local|internal|home\.arpa|lan)$/.test(host);
    if (host === 'metadata.google.internal') return { host, kind: 'metadata' };
    return { host, kind: isLocal ? 'private' : 'unknown' };
  }

  #write(
    event: TelemetryEvent,
    destination: Destination,
    source: 'hostname' | 'ip' | 'command_line',
  ): void {
    event.derived.set('tidegate.destination.class', destination.kind);
    event.derived.set('tidegate.destination.host', destination.host);
    event.derived.set('tidegate.destination.source', source);
    if (destination.kind !== 'unknown' && destination.kind !== 'known') return;
    const domain = getDomain(destination.host);
    if (domain !== null) event.derived.set('tidegate.destination.registered_domain', domain);
  }
}

// Sensors write `-`, an empty text or nothing for a name they do not have.
function nameOf(value: FieldValue | undefined): string | undefined {
  if (typeof value !== 'string' || value === '' || value === '-') return undefined;
  const folded = value.toLowerCase();
  return addressKind(folded) === undefined ? hostOfAuthority(folded) : folded;
}
