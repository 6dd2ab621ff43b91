import { statSync, type Stats } from 'node:fs';

import type { Decoder } from '../decoders/decoder.ts';
import { createAutoDecoder, decoders, findDecoder } from '../decoders/index.ts';
import { PACK_ALONE } from '../runtime/rule-files.ts';
import { isPack } from '../runtime/rule-pack.ts';
import { STDIN } from '../sources/file.ts';
import { UsageError } from './exit.ts';
import { painter, printable } from './terminal-text.ts';

/** Options that every command with telemetry files has. */
export interface InputOptions {
  readonly inputFormat: string;
  readonly dataDir: string;
  readonly progress: boolean;
}

export const INPUT_FORMAT_HELP: string = `auto (recognised per record), or one of: ${decoders
  .map((decoder) => decoder.name)
  .join(', ')}`;

/** The decoder of that name; an unknown name is a mistake in the call. */
export function inputDecoder(name: string): Decoder {
  if (name === 'auto') return createAutoDecoder();
  const decoder = findDecoder(name);
  if (decoder !== undefined) return decoder;
  const names = decoders.map((known) => known.name).join(', ');
  throw new UsageError(`--input-format: unknown format '${name}'; known are auto, ${names}`);
}

/** The paths as given, each checked to be a readable kind of file before work begins. */
export function existingFiles(paths: readonly string[]): readonly string[] {
  for (const path of paths) {
    if (path === STDIN) continue;
    const stats = statsOf(path);
    if (stats === undefined) throw new UsageError(`${path}: no such file`);
    if (stats.isDirectory()) throw new UsageError(`${path}: is a folder; name the files in it`);
  }
  if (paths.filter((path) => path === STDIN).length > 1) {
    throw new UsageError('standard input (-) can be named only once');
  }
  return paths;
}

/** Files or folders as given to an option, each checked to be there. */
export function existingPlaces(paths: readonly string[]): readonly string[] {
  for (const path of paths) {
    if (statsOf(path) === undefined) {
      throw new UsageError(`${path}: no such file or folder`);
    }
  }
  return paths;
}

/** For options that may be repeated: each value, in order. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** Rule files and folders, or one pack of rules, as given to `--rules`. */
export function rulePlaces(paths: readonly string[]): readonly string[] {
  const pack = paths.find(isPack);
  if (pack !== undefined && paths.length > 1) throw new UsageError(`${pack}: ${PACK_ALONE}`);
  return existingPlaces(paths);
}

/** Says in a line on standard error what the user should know of how rules were loaded. */
export function sayNotice(text: string): void {
  const paint = painter(process.stderr);
  process.stderr.write(`${paint('yellow', 'note:')} ${printable(text)}\n`);
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new UsageError(
      `${path}: ${(error as NodeJS.ErrnoException).code ?? 'cannot be looked at'}`,
    );
  }
}

/** Sum of the sizes of the files, or undefined when one of them is a stream. */
export function totalBytes(paths: readonly string[]): number | undefined {
  let total = 0;
  for (const path of paths) {
    if (path === STDIN) return undefined;
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || !stats.isFile()) return undefined;
    total += stats.size;
  }
  return total;
}
