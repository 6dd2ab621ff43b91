import { statSync, type Stats } from 'node:fs';

import type { Decoder } from '../decoders/decoder.ts';
import { createAutoDecoder, decoders, findDecoder } from '../decoders/index.ts';
import { STDIN } from '../sources/file.ts';
import { UsageError } from './exit.ts';

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
