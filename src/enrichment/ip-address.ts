/** Where an address lies. `metadata` is the cloud's service that hands out credentials. */
export type AddressKind = 'loopback' | 'private' | 'metadata' | 'public';

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const MAPPED = /^(?:::ffff:|0:0:0:0:0:ffff:)(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const IPV6 = /^[0-9a-f:]{2,39}(?:%[0-9a-z]{1,32})?$/;

/** Tells the kind of an address in lower case, or undefined when the text is none. */
export function addressKind(text: string): AddressKind | undefined {
  const mapped = MAPPED.exec(text);
  const four = IPV4.exec(mapped?.[1] ?? text);
  if (four !== null) return ipv4Kind(four.slice(1).map(Number));
  if (!text.includes(':') || !IPV6.test(text) || !hasIpv6Shape(text)) return undefined;
  if (text === '::1' || text === '0:0:0:0:0:0:0:1') return 'loopback';
  if (text.startsWith('fd00:ec2::254')) return 'metadata';
  // Unspecified; unique local (RFC 4193), link local (RFC 4291), multicast.
  if (text === '::' || /^(?:f[cd]|fe[89ab]|ff)/.test(text)) return 'private';
  return 'public';
}

function ipv4Kind(parts: readonly number[]): AddressKind | undefined {
  if (parts.some((part) => part > 255)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  if (a === 127) return 'loopback';
  if (a === 169 && b === 254) return c === 169 && d === 254 ? 'metadata' : 'private';
  // RFC 1918, RFC 6598 (carrier NAT), unspecified, multicast and broadcast.
  const isLocal =
    a === 0 ||
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b <= 127) ||
    a >= 224;
  return isLocal ? 'private' : 'public';
}

function hasIpv6Shape(text: string): boolean {
  const groups = (text.split('%')[0] ?? '').split(':');
  const empty = text.indexOf('::') !== text.lastIndexOf('::');
  return groups.length >= 3 && groups.length <= 9 && !empty && groups.every((g) => g.length <= 4);
}
