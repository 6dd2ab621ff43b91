import type { JsonObject } from '../../base/json.ts';
import { textOf } from '../../event/field-value.ts';
import { first } from '../../event/reader.ts';

const platform = first('OSPlatform');
const path = first(
  'InitiatingProcessFolderPath',
  'FolderPath',
  'InitiatingProcessCommandLine',
  'ProcessCommandLine',
);

const MACOS = /^"?\/(?:users|applications|system|library|private|volumes)\//i;

/** The system that a row comes from. Only the table of devices says so; elsewhere the form of its paths does. */
export function productOf(row: JsonObject): 'windows' | 'linux' | 'macos' | 'unknown' {
  const named = textOf(platform(row))?.toLowerCase();
  if (named !== undefined) {
    if (named.startsWith('windows')) return 'windows';
    if (named.startsWith('macos')) return 'macos';
    if (named.startsWith('linux')) return 'linux';
  }
  const text = textOf(path(row));
  if (text === undefined)
    return textOf(first('RegistryKey')(row)) === undefined ? 'unknown' : 'windows';
  if (!text.startsWith('/') && !text.startsWith('"/')) return 'windows';
  return MACOS.test(text) ? 'macos' : 'linux';
}
