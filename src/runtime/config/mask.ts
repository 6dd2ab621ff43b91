import { configSchema } from './schema.ts';
import type { Resolved } from './variables.ts';

const MASK = '***';

/** Keys whose values are secrets wherever they stand. */
const SECRET_KEY =
  /passw|secret|token|passphrase|credential|(^|_)(api_?)?key$|^authorization$|^auth$/i;
/** Names and passwords inside of an address. */
const USER_INFO = /(\/\/)[^/@\s]+@/g;

/**
 * The values of a configuration with its defaults, and without its secrets: what came from a file,
 * what stands under the key of a secret, and who logs in inside of an address.
 */
export function maskedValues({ value, fromFile }: Resolved): unknown {
  const defaults = defaultsOf(configSchema());
  return mask({ ...defaults, ...(value as object) }, [], fromFile);
}

function mask(value: unknown, path: readonly string[], fromFile: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => mask(item, [...path, String(index)], fromFile));
  }
  const isSecret = fromFile.has(path.join('.')) || SECRET_KEY.test(keyOf(path));
  if (typeof value === 'object' && value !== null) {
    if (isSecret) return MASK;
    const members = Object.entries(value).map(([key, member]): [string, unknown] => [
      key,
      mask(member, [...path, key], fromFile),
    ]);
    return Object.fromEntries(members);
  }
  if (isSecret && value !== null && value !== '') return MASK;
  return typeof value === 'string' ? value.replace(USER_INFO, `$1${MASK}@`) : value;
}

function keyOf(path: readonly string[]): string {
  return path.findLast((key) => !/^[0-9]+$/.test(key)) ?? '';
}

interface Described {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Described>>;
}

function defaultsOf({ properties = {} }: Described): Readonly<Record<string, unknown>> {
  const found = Object.entries(properties).flatMap(([key, property]): [string, unknown][] => {
    if (property.default !== undefined) return [[key, property.default]];
    const inner = property.properties === undefined ? {} : defaultsOf(property);
    return Object.keys(inner).length > 0 ? [[key, inner]] : [];
  });
  return Object.fromEntries(found);
}
