import { damaged, finite, isList, text } from './codec.ts';
import type { Codec } from './codec.ts';

// Rule files nest at most 64 levels deep.
const depthMax = 100;
const whole = /^-?\d{1,100}$/;

/** Plain data of a rule's custom keys: scalars, lists, and objects without prototype. */
export const plainValue: Codec<unknown> = {
  pack: packValue,
  unpack: (value) => unpackValue(value, 0),
};

// Lists begin with what they stand for, so that objects need no keys.
function packValue(value: unknown): unknown {
  if (typeof value === 'bigint') return ['integer', String(value)];
  if (isList(value)) return ['list', ...value.map(packValue)];
  if (typeof value !== 'object' || value === null) return value;
  return ['map', ...Object.entries(value).flatMap(([key, each]) => [key, packValue(each)])];
}

function unpackValue(value: unknown, depth: number): unknown {
  if (depth > depthMax) return damaged('a value is nested too deep');
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (!isList(value)) return finite.unpack(value);
  const [kind, ...parts] = value;
  if (kind === 'integer') return integerOf(parts[0]);
  if (kind === 'list') return parts.map((part) => unpackValue(part, depth + 1));
  if (kind !== 'map') return damaged('a value is of no known kind');
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (let at = 0; at < parts.length; at += 2) {
    object[text.unpack(parts[at])] = unpackValue(parts[at + 1], depth + 1);
  }
  return object;
}

/** A whole number of any size, as text since JSON has none beyond 2^53. */
export function integerOf(value: unknown): bigint {
  return typeof value === 'string' && whole.test(value) ? BigInt(value) : damaged('a number');
}
