import type { FieldValue } from './event.ts';
import type { Reader } from './reader.ts';

/** Sigma's names for the hashes of a file, as rules write them. */
export const hashNames = ['md5', 'sha1', 'sha256', 'imphash'] as const;

/** One of Sigma's hash fields. */
export type HashName = (typeof hashNames)[number];

/** One hash out of a list such as `SHA1=…,MD5=…,IMPHASH=…`, the form in which Sysmon writes them. */
export function hashIn(list: FieldValue | undefined, name: HashName): string | undefined {
  if (typeof list !== 'string') return undefined;
  for (const part of list.split(',', PARTS_MAX)) {
    const equals = part.indexOf('=');
    if (equals !== -1 && part.slice(0, equals).trim().toLowerCase() === name) {
      return part.slice(equals + 1).trim();
    }
  }
  return undefined;
}

// Sysmon knows five algorithms; anything longer is not its list.
const PARTS_MAX = 16;

/** Sigma fields for a sensor that has one list of hashes in a field. */
export function splitHashes(list: Reader): ReadonlyMap<string, Reader> {
  const readers = new Map<string, Reader>();
  for (const name of hashNames) {
    const reader: Reader = (data) => hashIn(list(data), name);
    for (const alias of spellings(name)) readers.set(alias, reader);
  }
  return readers;
}

/** Sigma fields for a sensor that has each hash in a field of its own; `Hashes` is put together from them. */
export function joinHashes(
  parts: Readonly<Partial<Record<HashName, Reader>>>,
): Map<string, Reader> {
  const readers = new Map<string, Reader>();
  for (const name of hashNames) {
    const reader = parts[name];
    if (reader === undefined) continue;
    for (const alias of spellings(name)) readers.set(alias, reader);
  }
  readers.set('Hashes', (data) => {
    let list = '';
    for (const name of hashNames) {
      const value = parts[name]?.(data);
      if (typeof value !== 'string' || value === '') continue;
      list += `${list === '' ? '' : ','}${name.toUpperCase()}=${value}`;
    }
    return list === '' ? undefined : list;
  });
  return readers;
}

// Rules of different ages write `imphash`, `Imphash` and `IMPHASH`.
function spellings(name: HashName): readonly string[] {
  return [name, name.toUpperCase(), `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`];
}
