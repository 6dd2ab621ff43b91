import { quote } from '../reporter.ts';
import { mustBeFirst, refused } from './modifier.ts';
import type { Draft, ValueModifier } from './modifier.ts';

/** `cidr`: the field is an address inside the network. */
export const cidr: ValueModifier = {
  kind: 'value',
  name: 'cidr',
  aliases: [],
  summary: 'The field is an IPv4 or IPv6 address inside the network.',
  refuses: mustBeFirst,
  change: (draft: Draft): ReturnType<ValueModifier['change']> => {
    if (draft.kind !== 'text') return undefined;
    const network = parseNetwork(draft.raw.trim());
    if (network === undefined) {
      return refused(
        'invalid-network',
        `${quote(draft.raw)} is not a network`,
        'Write 10.0.0.0/8.',
      );
    }
    const hostBits = network.width - network.prefix;
    if ((network.address & ((1n << BigInt(hostBits)) - 1n)) !== 0n) {
      return refused(
        'invalid-network',
        `${quote(draft.raw)} has address bits behind its prefix`,
        'Set them to zero, or give the prefix that you mean.',
      );
    }
    return { kind: 'cidr', network: `${network.text}/${String(network.prefix)}` };
  },
};

interface ParsedNetwork {
  readonly address: bigint;
  readonly text: string;
  readonly width: 32 | 128;
  readonly prefix: number;
}

function parseNetwork(text: string): ParsedNetwork | undefined {
  const found = /^([0-9A-Fa-f:.]{2,45})(?:\/([0-9]{1,3}))?$/.exec(text);
  const host = found?.[1]?.toLowerCase();
  if (host === undefined) return undefined;
  const width = host.includes(':') ? 128 : 32;
  const prefix = found?.[2] === undefined ? width : Number(found[2]);
  const address = width === 32 ? parseIpv4(host) : parseIpv6(host);
  if (address === undefined || prefix > width) return undefined;
  return { address, text: host, width, prefix };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0n;
  for (const part of parts) {
    // A leading zero is octal to some readers and decimal to others.
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    address = (address << 8n) | BigInt(part);
  }
  return address;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const back = tail ?? [];
  const missing = 8 - head.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...back];
  return groups.reduce((address, group) => (address << 16n) | group, 0n);
}

function parseGroups(text: string): readonly bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    const embedded = at === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined;
    if (embedded !== undefined) groups.push(embedded >> 16n, embedded & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
