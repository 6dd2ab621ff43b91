import type { FieldValue } from '../../event/event.ts';
import { ownField, textOf } from '../../event/field-value.ts';
import { converted, first } from '../../event/reader.ts';
import type { Reader } from '../../event/reader.ts';
import { ecs } from '../../event/shape.ts';
import type { ShapesByProduct } from '../event-kind.ts';
import { deedOf, words } from './kind.ts';

// `HKEY_LOCAL_MACHINE\…`; rules have the short names that Sysmon writes.
const ROOTS: readonly (readonly [string, string])[] = [
  ['HKEY_LOCAL_MACHINE', 'HKLM'],
  ['HKEY_USERS', 'HKU'],
  ['HKEY_CURRENT_USER', 'HKCU'],
  ['HKEY_CLASSES_ROOT', 'HKCR'],
];

const registryPath: Reader = (data) => {
  const key = textOf(ownField(data, 'RegistryKey'));
  if (key === undefined) return undefined;
  const root = ROOTS.find(([name]) => key.startsWith(name));
  const path = root === undefined ? key : `${root[1]}${key.slice(root[0].length)}`;
  const value = textOf(ownField(data, 'RegistryValueName'));
  return value === undefined || value === '' ? path : `${path}\\${value}`;
};

/** Rows of the table of the registry. */
export function registryKind(categories: readonly string[], type: string): ShapesByProduct {
  return deedOf({
    categories: ['registry_event', ...categories],
    words: words('registry', type),
    aliases: [
      ['TargetObject', registryPath],
      ['Details', first('RegistryValueData')],
    ],
    fields: [
      ecs('registry.path', registryPath),
      ecs('registry.key', first('RegistryKey')),
      ecs('registry.value', first('RegistryValueName')),
      ecs(
        'registry.data.strings',
        converted(first('RegistryValueData'), (value: FieldValue) => [value]),
      ),
    ],
  });
}
