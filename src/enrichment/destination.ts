import { getDomain } from 'tldts';

import type { FieldValue, TelemetryEvent } from '../event/event.ts';
import type { Policy } from '../policy/policy.ts';
import { hostOfAuthority, hostsOfCommandLine } from './command-hosts.ts';
import { HostSet } from './destination-hosts.ts';
import type { Derivation } from './enrichment.ts';
import { addressKind } from './ip-address.ts';
import { perPolicy } from './per-policy.ts';

/**
 * How far a peer is to be trusted: `enterprise` and `sanctioned` are the organisation's own lists, `known` the hosts of
 * honest work, then what kind of service it is, `raw_ip` a public address without a name, `metadata` the cloud's
 * service that hands out credentials.
 */
export type DestinationClass =
  | 'loopback'
  | 'private'
  | 'enterprise'
  | 'sanctioned'
  | 'known'
  | ServiceKind
  | 'raw_ip'
  | 'metadata'
  | 'unknown';

/** What a public service is for, whether it is trusted or not. */
type ServiceKind =
  'model_endpoint' | 'code_host' | 'mail' | 'cloud_storage' | 'webhook' | 'paste_site';

/** The list of hosts that count as known. */
export const KNOWN_DESTINATIONS = 'known_destinations';

const SERVICE_LISTS: readonly (readonly [ServiceKind, string])[] = [
  ['model_endpoint', 'model_endpoints'],
  ['paste_site', 'paste_sites'],
  ['webhook', 'webhook_receivers'],
  ['cloud_storage', 'cloud_storage'],
  ['mail', 'mail_services'],
  ['code_host', 'code_hosts'],
];

interface Destination {
  readonly host: string;
  readonly trust: DestinationClass;
  readonly service: ServiceKind | undefined;
}

// A command line may name several hosts; the one that is least to be trusted says where its data can go.
const DISTRUST: readonly DestinationClass[] = [
  ...(['loopback', 'private', 'enterprise', 'sanctioned', 'model_endpoint', 'known'] as const),
  ...(['code_host', 'mail', 'cloud_storage', 'raw_ip', 'metadata', 'unknown'] as const),
  ...(['webhook', 'paste_site'] as const),
];

/** Where a connection, a lookup, a request or a command line leads, and whether that is a place of honest work. */
export class DestinationDerivation implements Derivation {
  readonly fields: readonly string[] = [
    'tidegate.destination.class',
    'tidegate.destination.host',
    'tidegate.destination.registered_domain',
    'tidegate.destination.service',
    'tidegate.destination.source',
  ];
  readonly needs: readonly string[] = ['destination.domain'];

  derive(event: TelemetryEvent, policy: Policy): void {
    const lists = listsOf(policy);
    const named =
      nameOf(event.get('DestinationHostname')) ??
      nameOf(event.get('destination.domain')) ??
      nameOf(event.get('QueryName')) ??
      hostOfUrl(event.get('c-uri'));
    if (named !== undefined) {
      write(event, destinationOf(named, lists), 'hostname');
      return;
    }
    const address = nameOf(event.get('DestinationIp'));
    if (address !== undefined) {
      write(event, destinationOf(address, lists), 'ip');
      return;
    }
    const commandLine = commandLineOf(event);
    if (commandLine === undefined) return;
    const destinations = hostsOfCommandLine(commandLine).map((host) => destinationOf(host, lists));
    let worst = destinations[0];
    for (const each of destinations) {
      const isWorse =
        worst === undefined || DISTRUST.indexOf(each.trust) > DISTRUST.indexOf(worst.trust);
      if (isWorse) worst = each;
    }
    if (worst !== undefined) write(event, worst, 'command_line');
  }
}

function destinationOf(host: string, lists: Lists): Destination {
  const { enterprise, sanctioned, known, services } = lists;
  const service = services.find(([, hosts]) => hosts.has(host))?.[0];
  const of = (trust: DestinationClass): Destination => ({ host, trust, service });
  if (enterprise.has(host)) return of('enterprise');
  if (sanctioned.has(host)) return of('sanctioned');
  if (service === 'model_endpoint') return of(service);
  if (known.has(host)) return of('known');
  const address = addressKind(host);
  if (address !== undefined) return of(address === 'public' ? 'raw_ip' : address);
  if (host === 'localhost' || host.endsWith('.localhost')) return of('loopback');
  if (host === 'metadata.google.internal') return of('metadata');
  // A name without a dot, and the names that RFC 6762, RFC 8375 and ICANN keep for private networks.
  const isLocal = !host.includes('.') || /\.(?:local|internal|home\.arpa|lan)$/.test(host);
  return of(isLocal ? 'private' : (service ?? 'unknown'));
}

function write(
  event: TelemetryEvent,
  { host, trust, service }: Destination,
  source: 'hostname' | 'ip' | 'command_line',
): void {
  event.derived.set('tidegate.destination.class', trust);
  event.derived.set('tidegate.destination.host', host);
  event.derived.set('tidegate.destination.source', source);
  if (service !== undefined) event.derived.set('tidegate.destination.service', service);
  if (!LOCAL.has(trust)) {
    const domain = getDomain(host);
    if (domain !== null) event.derived.set('tidegate.destination.registered_domain', domain);
  }
}

const LOCAL: ReadonlySet<DestinationClass> = new Set([
  ...(['loopback', 'private', 'metadata', 'raw_ip'] as const),
]);

interface Lists {
  readonly enterprise: HostSet;
  readonly sanctioned: HostSet;
  readonly known: HostSet;
  readonly services: readonly (readonly [ServiceKind, HostSet])[];
}

const listsOf: (policy: Policy) => Lists = perPolicy((policy) => {
  const set = (name: string): HostSet => new HostSet(policy.list(name) ?? []);
  return {
    enterprise: set('enterprise_destinations'),
    sanctioned: set('sanctioned_destinations'),
    known: set(KNOWN_DESTINATIONS),
    services: SERVICE_LISTS.map(([kind, name]) => [kind, set(name)]),
  };
});

// Of a launch, and of what an agent says that it ran; others only repeat the command line of their process.
function commandLineOf(event: TelemetryEvent): string | undefined {
  const isRun = event.activity === 'process_start' || event.logsource.product === 'ai_agent';
  if (!isRun) return undefined;
  const commandLine = event.get('CommandLine') ?? event.process()?.commandLine;
  return typeof commandLine === 'string' ? commandLine : undefined;
}

const URL_HEAD = /^[a-z][a-z0-9+.-]{1,15}:\/\//i;

function hostOfUrl(value: FieldValue | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const head = URL_HEAD.exec(value);
  return head === null ? undefined : hostOfAuthority(value.slice(head[0].length, 512));
}

// Sensors write `-`, an empty text or nothing for a name they do not have.
function nameOf(value: FieldValue | undefined): string | undefined {
  if (typeof value !== 'string' || value === '' || value === '-') return undefined;
  const folded = value.toLowerCase();
  return addressKind(folded) === undefined ? hostOfAuthority(folded) : folded;
}
