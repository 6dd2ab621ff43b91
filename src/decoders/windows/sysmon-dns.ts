import type { FieldValue } from '../../event/event.ts';

const RESULTS_MAX = 64;
/** What stands before an address of version 4 that is mapped into version 6. */
export const MAPPED = '::ffff:';

/**
 * The addresses in Sysmon's `QueryResults`: `type:  5 name;…;::ffff:192.0.2.1;2001:db8::1;`. Addresses of
 * version 4 are mapped into version 6 and written plainly here.
 */
export function resolvedAddresses(results: FieldValue): FieldValue | undefined {
  if (typeof results !== 'string') return undefined;
  const addresses: string[] = [];
  for (const part of results.split(';', RESULTS_MAX)) {
    const result = part.trim();
    if (result === '' || result.startsWith('type:')) continue;
    const isMapped = result.startsWith(MAPPED) && result.includes('.');
    addresses.push(isMapped ? result.slice(MAPPED.length) : result);
  }
  return addresses.length === 0 ? undefined : addresses;
}
