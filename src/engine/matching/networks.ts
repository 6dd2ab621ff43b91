/** A block of addresses. */
export type Network =
  | { readonly family: 4; readonly base: number; readonly hostBits: number }
  | { readonly family: 6; readonly base: bigint; readonly hostBits: bigint };

const addressLengthMax = 64;
const mappedPrefix = 0xffffn;

/** Reads `10.0.0.0/8` or `fe80::/10`; a bare address is a block of one. */
export function readNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const isIpv6 = address.includes(':');
  const width = isIpv6 ? 128 : 32;
  const bits = slash === -1 ? width : smallNumber(text.slice(slash + 1));
  if (bits === undefined || bits > width) return undefined;
  if (isIpv6) {
    const base = readIpv6(address);
    if (base === undefined) return undefined;
    const hostBits = BigInt(width - bits);
    return { family: 6, base: base >> hostBits, hostBits };
  }
  const base = readIpv4(address);
  if (base === undefined) return undefined;
  return { family: 4, base: upperBits(base, width - bits), hostBits: width - bits };
}

/**
 * True if the text is an address inside the network. An IPv6 address that carries an IPv4 one
 * (`::ffff:10.0.0.1`) is inside the IPv4 network too; an IPv4 address is inside no IPv6 network.
 */
export function isInNetwork(text: string, network: Network): boolean {
  const { v4, v6 } = readAddress(text);
  if (network.family === 6) return v6 !== undefined && v6 >> network.hostBits === network.base;
  return v4 !== undefined && upperBits(v4, network.hostBits) === network.base;
}

/** An address: the IPv4 one, also if an IPv6 one carries it, and the IPv6 one. */
interface Address {
  readonly v4: number | undefined;
  readonly v6: bigint | undefined;
}

const NO_ADDRESS: Address = { v4: undefined, v6: undefined };

// The rules of a program ask the same address against one network after another.
let lastText = '';
let lastAddress: Address = NO_ADDRESS;

function readAddress(text: string): Address {
  if (text === lastText) return lastAddress;
  lastAddress = text.length > addressLengthMax ? NO_ADDRESS : addressIn(text);
  lastText = text;
  return lastAddress;
}

function addressIn(text: string): Address {
  if (!text.includes(':')) return { v4: readIpv4(text), v6: undefined };
  const v6 = readIpv6(text);
  const isMapped = v6 !== undefined && v6 >> 32n === mappedPrefix;
  return { v4: isMapped ? Number(v6 & 0xffffffffn) : undefined, v6 };
}

// Division, not `>>>`, because a shift by 32 would be a shift by 0.
function upperBits(address: number, hostBits: number): number {
  return Math.floor(address / 2 ** hostBits);
}

function smallNumber(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : undefined;
}

// Octets with a leading zero are refused: some readers take them for octal.
function readIpv4(text: string): number | undefined {
  const octets = text.split('.', 5);
  if (octets.length !== 4) return undefined;
  let address = 0;
  for (const octet of octets) {
    const number = smallNumber(octet);
    if (number === undefined || number > 255) return undefined;
    address = address * 256 + number;
  }
  return address;
}

function readIpv6(text: string): bigint | undefined {
  // Windows writes the interface behind a link-local address (`fe80::1%4`, RFC 4007).
  const zone = text.indexOf('%');
  const plain = zone === -1 ? text : text.slice(0, zone);
  const halves = plain.split('::', 3);
  if (halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const left = readGroups(head, tail === undefined);
  if (left === undefined) return undefined;
  if (tail === undefined) return left.length === 8 ? joinGroups(left) : undefined;
  const right = readGroups(tail, true);
  if (right === undefined || left.length + right.length > 7) return undefined;
  const zeros = new Array<number>(8 - left.length - right.length).fill(0);
  return joinGroups([...left, ...zeros, ...right]);
}

// Only the last group of an address may be written as IPv4.
function readGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const address = isEnd && index === parts.length - 1 ? readIpv4(part) : undefined;
      if (address === undefined) return undefined;
      groups.push(Math.floor(address / 65536), address % 65536);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function joinGroups(groups: readonly number[]): bigint {
  return groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n);
}
