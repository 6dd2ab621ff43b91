import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { StatusPage } from './status.ts';
import { RULES } from './workload.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** How a run is configured; each part is YAML in flow form. */
export interface Setting {
  readonly source: string;
  readonly checkpoints?: string;
  readonly primary?: string;
  readonly more?: string;
  /** Where state is kept; absent: in the folder of the run. */
  readonly dataDir?: string;
  /** Where status is served; absent: nowhere. */
  readonly status?: StatusPage;
  /** Rules in place of the workload's. */
  readonly rules?: string;
}

/** Writes a configuration with the workload's rules into a folder; gives its path. */
export function configure(folder: string, setting: Setting): string {
  const { source, checkpoints, primary, more = '', dataDir = join(folder, 'state') } = setting;
  const rules = join(folder, 'rules.yml');
  writeFileSync(rules, setting.rules ?? RULES);
  const path = join(folder, 'tidegate.yml');
  writeFileSync(
    path,
    `version: 1
data_dir: ${dataDir}
rules: [${rules}]
sources: [${source}]
primary: ${primary ?? `{ kind: sqlite, path: ${join(dataDir, 'alerts.db')} }`}
checkpoints: ${checkpoints ?? '{ kind: sqlite, every: 300ms }'}
http: { listen: "${setting.status?.listen ?? 'off'}" }
${more}`,
  );
  return path;
}

export interface InstanceOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A module that runs before everything else. */
  readonly preload?: string;
}

/** One process of `tidegate run`. */
export class Instance implements AsyncDisposable {
  readonly child: ChildProcess;
  #log = '';
  #isClosed = false;

  constructor(config: string, more: readonly string[] = [], options: InstanceOptions = {}) {
    const { env = {}, preload } = options;
    const node = preload === undefined ? [] : ['--import', preload];
    this.child = spawn(process.execPath, [...node, MAIN, 'run', '-c', config, ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.#log += chunk.toString('utf8')));
    this.child.once('close', () => (this.#isClosed = true));
  }

  get log(): string {
    return this.#log;
  }

  get hasEnded(): boolean {
    return this.#isClosed;
  }

  /** Memory that it holds now, in bytes; 0 once it has ended. */
  get residentBytes(): number {
    const path = `/proc/${String(this.child.pid)}/statm`;
    try {
      return Number(readFileSync(path, 'utf8').split(' ')[1]) * 4096;
    } catch {
      return 0;
    }
  }

  /** Waits for a text in the log; false if the process ended without it. */
  async says(text: string, limitMs = 60_000): Promise<boolean> {
    await until(() => this.#log.includes(text) || this.#isClosed, limitMs);
    return this.#log.includes(text);
  }

  /** Waits for the end and gives the exit code. */
  async end(limitMs = 900_000): Promise<number | null> {
    await until(() => this.#isClosed, limitMs);
    return this.child.exitCode;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.#isClosed) return this.child.exitCode;
    const closed = once(this.child, 'close');
    this.child.kill(signal);
    await closed;
    return this.child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Runs to the end of a finite input; a failure is thrown with its log. */
export async function runToEnd(config: string): Promise<string> {
  await using instance = new Instance(config);
  const code = await instance.end();
  if (code !== 0) throw new Error(`the run ended with ${String(code)}: ${instance.log}`);
  return instance.log;
}

export async function until(
  isSo: () => boolean | Promise<boolean>,
  limitMs: number,
): Promise<void> {
  const limit = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > limit) throw new Error(`it did not come to be within ${String(limitMs)} ms`);
    await pause(25);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((later) => setTimeout(later, ms));
}
