import { Failure } from '../../base/failure.ts';

/** How values of one kind are written into a pack, as JSON data, and read from it again. */
export interface Codec<T> {
  readonly pack: (value: T) => unknown;
  /** Takes any JSON; what `pack` would not have written is damage. */
  readonly unpack: (value: unknown) => T;
}

/** A codec whose value may be left out of a shape. */
export interface OptionalCodec<T> extends Codec<T> {
  readonly isOptional: true;
}

/**
 * Ends with a failure: the pack passed its checksum and still makes no sense, so that something else
 * than this program wrote it.
 */
export function damaged(what: string): never {
  const message = `the rule pack is damaged (${what}): write it again with \`tidegate rules pack\``;
  throw new Failure('source_corrupt', { message, retryable: false });
}

/** The value of a JSON text of the pack. */
export function parsed(json: string, what: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return damaged(`${what} is no JSON`);
  }
}

/** Tells lists from all else; `Array.isArray` alone would make their elements `any`. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function listIn(value: unknown): readonly unknown[] {
  return isList(value) ? value : damaged('a list is missing');
}

/** A whole number from 0 to below `end`. */
export function indexIn(value: unknown, end: number): number {
  const isInside =
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < end;
  return isInside ? value : damaged('a reference leads nowhere');
}

/** The element that a reference means. */
export function elementIn<T>(elements: readonly T[], value: unknown): T {
  return elements[indexIn(value, elements.length)] ?? damaged('a reference leads nowhere');
}

const same = <T>(value: T): T => value;

export const text: Codec<string> = {
  pack: same,
  unpack: (value) => (typeof value === 'string' ? value : damaged('a text is missing')),
};

export const flag: Codec<boolean> = {
  pack: same,
  unpack: (value) => (typeof value === 'boolean' ? value : damaged('a true or false is missing')),
};

/** A number that JSON can hold. */
export const finite: Codec<number> = {
  pack: same,
  unpack: (value) => {
    return typeof value === 'number' && Number.isFinite(value)
      ? value
      : damaged('a number is missing');
  },
};

/** One of a few words. */
export function word<W extends string>(words: readonly W[]): Codec<W> {
  return {
    pack: same,
    unpack: (value) => words.find((each) => each === value) ?? damaged('a word is not known'),
  };
}

/** A list of such values. */
export function listOf<T>(each: Codec<T>): Codec<readonly T[]> {
  return {
    pack: (values) => values.map(each.pack),
    unpack: (value) => listIn(value).map(each.unpack),
  };
}

/** A map from texts to such values, in order. */
export function mapOf<T>(each: Codec<T>): Codec<ReadonlyMap<string, T>> {
  return {
    pack: (values) => [...values].map(([key, value]) => [key, each.pack(value)]),
    unpack: (value) =>
      new Map(
        listIn(value).map((entry): [string, T] => {
          const [key, content] = listIn(entry);
          return [text.unpack(key), each.unpack(content)];
        }),
      ),
  };
}

/** A value that may be absent. */
export function optional<T>(codec: Codec<T>): OptionalCodec<T> {
  return { ...codec, isOptional: true };
}

/** A codec for each key of an object. */
export type Fields<T> = {
  readonly [K in keyof T]-?: undefined extends T[K]
    ? OptionalCodec<Exclude<T[K], undefined>>
    : Codec<T[K]>;
};

/**
 * An object with these keys, as the list of their values in this order: no key of a pack ever becomes
 * a key of an object.
 */
export function shape<T extends object>(fields: Fields<T>): Codec<T> {
  const keys = Object.keys(fields) as (keyof T)[];
  const codecs = keys.map((key) => fields[key] as Codec<unknown> & { readonly isOptional?: true });
  return {
    pack: (value) =>
      keys.map((key, at) => (value[key] === undefined ? null : codecs[at]?.pack(value[key]))),
    unpack: (value) => {
      const parts = listIn(value);
      const made: Partial<Record<keyof T, unknown>> = {};
      for (const [at, codec] of codecs.entries()) {
        const key = keys[at];
        const part = parts[at];
        if (key === undefined || (part === null && codec.isOptional === true)) continue;
        made[key] = codec.unpack(part);
      }
      return made as T;
    },
  };
}
