import { moduleBeside, Thread } from '../../runtime/workers/thread.ts';
import { FileTester, type FileRun, type TestSettings } from './files.ts';

export interface TestRunOptions extends TestSettings {
  readonly files: readonly string[];
  readonly workers: number;
  /** Told after each file. */
  readonly onFile: (done: number) => void;
}

/** Runs test files, shared out to threads; the result is in the order of the files. */
export async function runTestFiles(options: TestRunOptions): Promise<readonly FileRun[]> {
  const { files, workers, onFile, lists, rules } = options;
  if (workers === 1 || files.length < 2) {
    const tester = new FileTester({ lists, rules });
    return files.map((file, index) => {
      const run = tester.run(file);
      onFile(index + 1);
      return run;
    });
  }
  const runs = await onThreads({ ...options, workers: Math.min(workers, files.length) });
  const byFile = new Map(runs.map((run) => [run.file, run]));
  return files.flatMap((file) => byFile.get(file) ?? []);
}

// Each thread gets the next file when it has done one: files differ widely in size.
async function onThreads(options: TestRunOptions): Promise<readonly FileRun[]> {
  const { files, workers, onFile, lists, rules } = options;
  const waiting = files.toReversed();
  const runs: FileRun[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  await using threads = new AsyncDisposableStack();
  for (let started = 0; started < workers; started += 1) {
    const thread: Thread<string, FileRun> = threads.use(
      new Thread<string, FileRun>({
        module: moduleBeside(import.meta.url, './worker'),
        data: { lists, rules },
        onError: reject,
        onReport: (run) => {
          runs.push(run);
          onFile(runs.length);
          const next = waiting.pop();
          if (next !== undefined) thread.order(next);
          else if (runs.length === files.length) resolve();
        },
      }),
    );
    const first = waiting.pop();
    if (first !== undefined) thread.order(first);
  }
  await promise;
  return runs;
}
