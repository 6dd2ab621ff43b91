import { isIP } from 'node:net';

import type { FieldValue, TelemetryEvent } from '../../event/event.ts';

/** A host's address, as an event tells of it. */
export interface AddressFact {
  readonly address: string;
  readonly host: string;
}

/** True for the text of an address. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0;
}

/**
 * What an event says of addresses: a DHCP lease (Zeek), the addresses of the host that sent it (ECS
 * `host.ip`, as agents and collectors add it), an interface (osquery `interface_addresses`).
 */
export function addressFacts(event: TelemetryEvent): readonly AddressFact[] {
  const leased = textOf(event.get('assigned_addr'));
  if (leased !== undefined) {
    const host = textOf(event.get('host_name')) ?? textOf(event.get('client_fqdn'));
    return factsOf([leased], host);
  }
  const host = isAddress(event.host) ? textOf(event.get('host.name')) : event.host;
  const isInterface = event.get('interface') !== undefined && event.get('mask') !== undefined;
  const own = isInterface ? event.get('address') : event.get('host.ip');
  return factsOf(textsOf(own), host);
}

function factsOf(addresses: readonly string[], host: string | undefined): readonly AddressFact[] {
  if (host === undefined || isAddress(host)) return [];
  return addresses.filter(isOwn).map((address) => ({ address, host }));
}

// Every host has these, or one like them.
function isOwn(address: string): boolean {
  const shared = ['127.', '0.', '169.254.', '::', 'fe80:'];
  return isAddress(address) && !shared.some((start) => address.toLowerCase().startsWith(start));
}

function textsOf(value: FieldValue | undefined): readonly string[] {
  const all: readonly (FieldValue | undefined)[] = Array.isArray(value) ? value : [value];
  return all.filter((text) => typeof text === 'string');
}

function textOf(value: FieldValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
