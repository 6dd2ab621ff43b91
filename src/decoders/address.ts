import type { FieldValue } from '../event/event.ts';
import { textOf } from '../event/field-value.ts';
import { converted } from '../event/reader.ts';
import type { Reader } from '../event/reader.ts';

const VERSION_4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
// A zone (`%eth0`) may follow; nothing in it matters here.
const VERSION_6 = /^[0-9a-fA-F:]{2,39}(?:(?:\d{1,3}\.){3}\d{1,3})?(?:%[\w.-]{1,32})?$/;
const MAPPED = '::ffff:';

/** An IP address in the form that others compare with, or undefined for what is none (a host's name). */
export function addressOf(value: FieldValue | undefined): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const bare = text.startsWith(MAPPED) ? text.slice(MAPPED.length) : text;
  if (VERSION_4.test(bare)) return bare;
  return text.includes(':') && text.indexOf(':') !== text.lastIndexOf(':') && VERSION_6.test(text)
    ? text
    : undefined;
}

/** The address that another reader finds. */
export function address(reader: Reader): Reader {
  return converted(reader, addressOf);
}

/** The address of `address:port`, `[address]:port` or a bare address. */
export function addressBeforePort(value: FieldValue | undefined): string | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (text.startsWith('[')) return addressOf(text.slice(1, text.indexOf(']')));
  const colon = text.indexOf(':');
  const isOnlyColon = colon !== -1 && colon === text.lastIndexOf(':');
  return addressOf(isOnlyColon ? text.slice(0, colon) : text);
}
