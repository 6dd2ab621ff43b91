import { statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { findTestFiles } from '../workbench/rule-test-files.ts';
import { EXIT } from './exit.ts';
import { Interruption } from './interruption.ts';
import { testLines, testSummary } from './test-report.ts';
import { runTests, type TestOptions } from './test-run.ts';
import { painter, printable } from './terminal-text.ts';

/** Editors write a file in several steps; this long after the last of them, the tests run. */
const SETTLE_MS = 150;

/** Runs the tests, and again those of every file that changes, until it is interrupted. */
export async function watchTests(places: readonly string[], options: TestOptions): Promise<number> {
  using interruption = new Interruption();
  const { signal } = interruption;
  const changes = new Changes(places, signal);
  let files = findTestFiles(places);
  while (!signal.aborted) {
    await runAndShow(places, files, options);
    process.stdout.write(painter(process.stdout)('dim', 'waiting for changes (Ctrl-C ends)\n'));
    const changed = await changes.next();
    if (changed === undefined) break;
    const affected = findTestFiles(places).filter((file) => isOf(file, changed));
    // Lists, and rules that others refer to, may concern every test.
    files = affected.length > 0 ? affected : findTestFiles(places);
  }
  return EXIT.ran;
}

async function runAndShow(
  places: readonly string[],
  files: readonly string[],
  options: TestOptions,
): Promise<void> {
  try {
    const started = performance.now();
    const runs = await runTests(places, files, { ...options, workers: 1 });
    const lines = [
      ...testLines(runs, options.verbose),
      testSummary(runs, performance.now() - started, 0),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  } catch (error) {
    // A file that is half written is there in a moment; what is wrong is said, and the watch goes on.
    process.stdout.write(`${printable(error instanceof Error ? error.message : String(error))}\n`);
  }
}

function isOf(testPath: string, changed: ReadonlySet<string>): boolean {
  const name = testPath.replace(/\.test\.yml$/, '');
  return [...changed].some((path) => path === testPath || path.replace(/\.ya?ml$/, '') === name);
}

/** Paths that changed, gathered until they rest for a moment. */
class Changes {
  readonly #signal: AbortSignal;
  readonly #changed = new Set<string>();
  #wake: (() => void) | undefined;

  constructor(places: readonly string[], signal: AbortSignal) {
    this.#signal = signal;
    for (const place of places) {
      const isFolder = statSync(place).isDirectory();
      const folder = isFolder ? place : dirname(place);
      const stem = basename(place).replace(/(?:\.test)?\.ya?ml$/, '');
      watch(folder, { recursive: isFolder, signal }, (_, name) => {
        if (name === null || !/\.(?:ya?ml|ndjson|json|log)$/.test(name)) return;
        if (!isFolder && !name.startsWith(stem)) return;
        this.#changed.add(join(folder, name));
        this.#wake?.();
      });
    }
    signal.addEventListener('abort', () => this.#wake?.());
  }

  /** What changed since the last call, as soon as something did; undefined when it is over. */
  async next(): Promise<ReadonlySet<string> | undefined> {
    let size = 0;
    while (!this.#signal.aborted && (this.#changed.size === 0 || this.#changed.size > size)) {
      size = this.#changed.size;
      await this.#pause(size === 0 ? undefined : SETTLE_MS);
    }
    if (this.#signal.aborted) return undefined;
    const changed = new Set(this.#changed);
    this.#changed.clear();
    return changed;
  }

  async #pause(ms: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = ms === undefined ? resolve : undefined;
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
