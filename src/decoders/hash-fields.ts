import type { FieldValue } from '../event/event.ts';
import { joinHashes } from '../event/hashes.ts';
import type { HashName } from '../event/hashes.ts';
import { converted } from '../event/reader.ts';
import type { Reader } from '../event/reader.ts';
import { ecs } from '../event/shape.ts';
import type { EcsField } from '../event/shape.ts';

/** Where a sensor has each hash of a file in a field of its own. */
export type HashReaders = Readonly<Partial<Record<Exclude<HashName, 'imphash'>, Reader>>>;

const NOT_COMPUTED = /^0+$/;

// Sensors write zeros for a hash that they did not compute.
function meantHash(value: FieldValue): FieldValue | undefined {
  return typeof value === 'string' && !NOT_COMPUTED.test(value) ? value.toLowerCase() : undefined;
}

/** The same hashes in lower case, those that were computed. */
export function computedHashes(readers: HashReaders): HashReaders {
  return Object.fromEntries(
    Object.entries(readers).map(([name, read]) => [name, converted(read, meantHash)]),
  );
}

/** ECS fields of the hashes below `prefix` (`process`, `process.parent`, `file`, `dll`). */
export function ecsHash(prefix: string, readers: HashReaders): readonly EcsField[] {
  return Object.entries(readers).map(([name, read]) => ecs(`${prefix}.hash.${name}`, read));
}

/** Sigma's names of the hashes, `Hashes` among them. */
export function hashAliases(readers: HashReaders): ReadonlyMap<string, Reader> {
  return joinHashes(readers);
}
