import { Keys } from '../../keys.ts';
import type { Transformation, TransformationKind } from '../pipeline.ts';

/** `field_name_mapping`: other names for fields; several names are alternatives. */
export const fieldNameMapping: TransformationKind = {
  type: 'field_name_mapping',
  summary: 'Gives fields other names; a list means any of them.',
  read: (keys) => {
    const mapping = readMapping(keys);
    if (mapping === undefined) return undefined;
    return { scope: 'field', rename: (field) => mapping.get(field) ?? [field] };
  },
};

/** `field_name_prefix_mapping`: other beginnings of names, the longest one that fits. */
export const fieldNamePrefixMapping: TransformationKind = {
  type: 'field_name_prefix_mapping',
  summary: 'Replaces the beginning of field names.',
  read: (keys) => {
    const mapping = readMapping(keys);
    if (mapping === undefined) return undefined;
    const prefixes = [...mapping].sort(([left], [right]) => right.length - left.length);
    const rename = (field: string): readonly string[] => {
      const found = prefixes.find(([prefix]) => field.startsWith(prefix));
      if (found === undefined) return [field];
      const [prefix, names] = found;
      return names.map((name) => name + field.slice(prefix.length));
    };
    return { scope: 'field', rename };
  },
};

/** `field_name_prefix`: a text before every name. */
export const fieldNamePrefix: TransformationKind = {
  type: 'field_name_prefix',
  summary: 'Puts a text before field names.',
  read: (keys) => readAffix(keys, 'prefix', (field, text) => text + field),
};

/** `field_name_suffix`: a text behind every name. */
export const fieldNameSuffix: TransformationKind = {
  type: 'field_name_suffix',
  summary: 'Puts a text behind field names.',
  read: (keys) => readAffix(keys, 'suffix', (field, text) => field + text),
};

function readMapping(keys: Keys): ReadonlyMap<string, readonly string[]> | undefined {
  keys.required('mapping');
  const map = keys.map('mapping');
  if (map === undefined) return undefined;
  const inner = new Keys(map, keys.reporter);
  const mapping = new Map<string, readonly string[]>();
  for (const field of map.entries.keys()) {
    const names = inner.texts(field);
    if (names.length > 0) mapping.set(field, names);
  }
  return mapping;
}

function readAffix(
  keys: Keys,
  key: string,
  join: (field: string, text: string) => string,
): Transformation | undefined {
  keys.required(key);
  const text = keys.text(key, 256);
  if (text === undefined) return undefined;
  return { scope: 'field', rename: (field) => [join(field, text)] };
}
