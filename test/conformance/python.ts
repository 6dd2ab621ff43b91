import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const cache = resolve(import.meta.dirname, '../../node_modules/.cache');

/** What a suite needs of Python. */
export interface PythonNeeds {
  /** Names the suite's own folder and its lines. */
  readonly suite: string;
  /** Importable when the packages are there. */
  readonly module: string;
  readonly packages: readonly string[];
}

/** Ends a suite with one line; in CI what did not run has shown nothing. */
export function stop(suite: string, message: string): never {
  process.stdout.write(`${suite}: ${message}\n`);
  process.exit(process.env['CI'] === 'true' ? 1 : 0);
}

/** The program of a Python with these packages, in a folder of its own below node_modules. */
export function pythonWith({ suite, module, packages }: PythonNeeds): string {
  if (spawnSync('python3', ['--version']).status !== 0) {
    stop(suite, 'skipped, there is no python3 here');
  }
  const folder = join(cache, `tidegate-${suite}`);
  const program = join(folder, 'bin/python');
  if (spawnSync(program, ['-c', `import ${module}`]).status === 0) return program;
  mkdirSync(folder, { recursive: true });
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', folder]],
    [program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]],
  ];
  for (const [command, args] of steps) {
    const done = spawnSync(command, args, { encoding: 'utf8' });
    if (done.status !== 0) stop(suite, `${command} ${args.join(' ')} failed:\n${done.stderr}`);
  }
  return program;
}
