import type { RawRecord } from './record.ts';

/** The header by which `tidegate repartition` names the host of a record that names only an address. */
export const HOST_HEADER = 'tidegate-host';

const utf8 = new TextDecoder();

/** The host that a record's header names; undefined without one. */
export function namedHost({ headers }: RawRecord): string | undefined {
  if (headers === undefined) return undefined;
  const found = headers.find(([name]) => name === HOST_HEADER);
  const host = found === undefined ? '' : utf8.decode(found[1]);
  return host === '' ? undefined : host;
}

/** Headers that name a host, with bytes of their own. */
export function hostHeaders(host: string): NonNullable<RawRecord['headers']> {
  return [[HOST_HEADER, new TextEncoder().encode(host)]];
}
