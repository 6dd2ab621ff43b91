import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** The remote address in its shortest form: IPv4 inside IPv6 is IPv4. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}

/**
 * The names under which a browser may call us; undefined: any. On loopback another name means that
 * somebody pointed theirs at this machine (DNS rebinding). Elsewhere people sign in, and a session
 * belongs to the name under which it began.
 */
export function allowedHosts(
  { host, port }: { readonly host: string; readonly port: number },
  publicUrl: string | undefined,
): ReadonlySet<string> | undefined {
  if (!isLoopback(host) && publicUrl === undefined) return undefined;
  const names = new Set([`${host.includes(':') ? `[${host}]` : host}:${port}`]);
  if (isLoopback(host)) {
    for (const name of ['localhost', '127.0.0.1', '[::1]']) names.add(`${name}:${port}`);
  }
  if (publicUrl !== undefined) names.add(new URL(publicUrl).host);
  return names;
}
