/** One address of the network, as a socket call named it. */
export interface SocketAddress {
  readonly ip: string;
  readonly port: number;
}

const HEX = /^(?:[0-9A-Fa-f]{2})+$/;
const ARGUMENT = /^a\d{1,5}(?:\[\d{1,5}\])?$/;
const utf8 = new TextDecoder();

// Fields that the kernel writes in hexadecimal when they hold a blank, a quote or a control character.
const encoded: ReadonlySet<string> = new Set([
  'acct',
  'cmd',
  'comm',
  'cwd',
  'data',
  'dir',
  'exe',
  'file',
  'key',
  'name',
  'path',
  'proctitle',
  'watch',
]);

// What the kernel writes for no value; unset ids are the largest number.
const nothing: ReadonlySet<string> = new Set(['(null)', '(none)', '?', '4294967295', 'unset']);

/** A field's text: without quotes, hexadecimal undone, and empty for what means nothing. */
export function textOfValue(type: string, name: string, raw: string): string {
  const first = raw.charAt(0);
  const isQuoted = raw.length >= 2 && (first === '"' || first === "'") && raw.endsWith(first);
  if (isQuoted) return raw.slice(1, -1);
  if (nothing.has(raw)) return '';
  const mayBeEncoded = encoded.has(name) || (type === 'EXECVE' && ARGUMENT.test(name));
  return mayBeEncoded && HEX.test(raw) ? textOfHex(raw) : raw;
}

function textOfHex(hex: string): string {
  return utf8.decode(bytesOfHex(hex));
}

function bytesOfHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16);
  }
  return bytes;
}

const INET = 2;
const INET6 = 10;

/** The address in a `saddr`: family (in the machine's order), port and address (in the network's). */
export function socketAddress(saddr: string): SocketAddress | undefined {
  if (saddr.length > 256 || !HEX.test(saddr)) return undefined;
  const bytes = bytesOfHex(saddr);
  const view = new DataView(bytes.buffer);
  if (bytes.length < 8) return undefined;
  const family = view.getUint16(0, true);
  const port = view.getUint16(2);
  if (family === INET) return { ip: bytes.subarray(4, 8).join('.'), port };
  if (family !== INET6 || bytes.length < 24) return undefined;
  return { ip: ipv6(view), port };
}

// Groups without leading zeros, the longest run of zeros cut short (RFC 5952).
function ipv6(view: DataView): string {
  const groups: string[] = [];
  for (let at = 8; at < 24; at += 2) groups.push(view.getUint16(at).toString(16));
  const [a, b, c, d, e, f] = groups;
  const isMapped = [a, b, c, d, e].every((group) => group === '0') && f === 'ffff';
  if (isMapped) return [20, 21, 22, 23].map((at) => view.getUint8(at)).join('.');
  const text = groups.join(':');
  const runs = text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const start = text.indexOf(longest);
  const before = text.slice(0, start);
  const after = text.slice(start + longest.length).replace(/^:/, '');
  return `${before}::${after}`;
}
