import { statSync } from 'node:fs';
import { resolve } from 'node:path';

import { STDIN } from '../../sources/file.ts';
import { scanInProcess } from './in-process.ts';
import { scanOnWorkers } from './on-workers.ts';
import { peek } from './peek.ts';
import { decoderNamed, type Scan, type ScanSettings } from './scan.ts';
import { TaskBoard, type PeekedFile } from './tasks.ts';

export interface OpenScanOptions {
  readonly settings: ScanSettings;
  readonly paths: readonly string[];
  /** Threads at most; 1 is this one. */
  readonly workers: number;
}

/**
 * Makes a scan ready. What is found, and the order in which it is told, does not depend on the number of workers;
 * one alone tells as it goes, several when all files have been judged.
 */
export async function openScan({ settings, paths, workers }: OpenScanOptions): Promise<Scan> {
  if (workers === 1) return scanInProcess(settings, paths);
  const alone = (reason: string): Scan => scanInProcess(settings, paths, reason);
  if (paths.length === 1) return alone('there is one file');
  if (!paths.every((path) => isFile(path))) return alone('a pipe can be read only once');
  if (new Set(paths.map((path) => resolve(path))).size < paths.length) {
    return alone('a file is named twice');
  }
  const decoder = decoderNamed(settings.inputFormat);
  const files: PeekedFile[] = [];
  for (const [order, path] of paths.entries()) files.push(await peek(path, order, decoder));
  // Matches may need no memory, and then hosts do not tie files together; that the rules tell.
  const tasks =
    settings.mode === 'matches' ? files.length : new TaskBoard(files, true).current.length;
  if (tasks === 1) return alone('the files are of the same hosts');
  return scanOnWorkers(settings, files, Math.min(workers, tasks));
}

function isFile(path: string): boolean {
  return path !== STDIN && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
