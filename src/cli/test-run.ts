import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { BUNDLED_RULES } from '../runtime/rule-files.ts';
import type { FileRun } from '../workbench/testing/files.ts';
import { runTestFiles } from '../workbench/testing/run.ts';
import { existingPlaces } from './input.ts';
import { Progress } from './progress.ts';

/** Starting threads costs half a second of processor time. */
const FILES_PER_WORKER = 40;

/** Options of `tidegate rules test`, as commander reads them. */
export interface TestOptions {
  readonly lists?: readonly string[];
  readonly rules?: readonly string[];
  readonly output: 'table' | 'json' | 'junit';
  readonly json?: boolean;
  readonly junit?: string;
  readonly workers?: number;
  readonly watch: boolean;
  readonly verbose: boolean;
  readonly progress: boolean;
}

/** Runs these test files; rules of the same places may refer to each other. */
export async function runTests(
  places: readonly string[],
  files: readonly string[],
  options: TestOptions,
): Promise<readonly FileRun[]> {
  const progress = new Progress(options.progress);
  const useful = Math.ceil(files.length / FILES_PER_WORKER);
  const runs = await runTestFiles({
    files,
    lists: existingPlaces([join(BUNDLED_RULES, 'lists'), ...(options.lists ?? [])]),
    rules: [
      ...places.filter((place) => !place.endsWith('.test.yml')),
      ...existingPlaces(options.rules ?? []),
    ],
    workers: options.workers ?? Math.min(availableParallelism(), useful),
    onFile: (done) =>
      progress.update(() => ({ share: done / files.length, text: `${done} of ${files.length}` })),
  });
  progress.clear();
  return runs;
}
