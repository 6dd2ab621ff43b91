import { createRandom } from '../prng.ts';
import type { Destination } from '../stage.ts';

// Addresses that honest names lead to; all others are from the blocks set aside for documents (RFC 5737).
const known: Readonly<Record<string, string>> = {
  'api.anthropic.com': '160.79.104.10',
  'api.openai.com': '162.159.140.245',
  'github.com': '140.82.121.4',
  'registry.npmjs.org': '104.16.24.34',
  'pypi.org': '151.101.64.223',
  'files.pythonhosted.org': '151.101.65.63',
};

/** Where a name leads, or an address that has none. */
export function destinationOf(
  name: string,
  port: number,
): Destination & { readonly isAddress: boolean } {
  const isAddress = /^[0-9.]+$/.test(name) || name.includes('::');
  return { name, addresses: [isAddress ? name : addressOf(name)], port, isAddress };
}

function addressOf(name: string): string {
  const own = Object.hasOwn(known, name) ? known[name] : undefined;
  if (own !== undefined) return own;
  const random = createRandom(`address/${name}`);
  const last = random.integer(2, 250);
  if (name.endsWith('.corp.internal')) return `10.20.1.${String(last)}`;
  return `${random.pick(['192.0.2', '198.51.100', '203.0.113'])}.${String(last)}`;
}
