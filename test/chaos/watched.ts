import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { configure, Instance, until, type InstanceOptions, type Setting } from './instance.ts';
import { StatusPage } from './status.ts';
import { alertsOf, sentencesIn, type Found } from './verdict.ts';

/** An instance that follows a folder of files: it stays when all is read, and can be asked. */
export class Watched implements AsyncDisposable {
  readonly status: StatusPage;
  /** Where files are put. */
  readonly files: string;
  /** Of the latest start. */
  instance: Instance;
  readonly #folder: string;
  readonly #options: InstanceOptions;

  private constructor(status: StatusPage, folder: string, options: InstanceOptions) {
    this.status = status;
    this.#folder = folder;
    this.files = join(folder, 'files');
    this.#options = options;
    this.instance = this.#start();
  }

  static async start(
    folder: string,
    setting: Partial<Setting> = {},
    options: InstanceOptions = {},
  ): Promise<Watched> {
    const own = mkdtempSync(join(folder, 'watched-'));
    const files = join(own, 'files');
    mkdirSync(files);
    const status = await StatusPage.reserve();
    const dataDir = join(own, 'state');
    const source = `{ kind: watched_directory, path: ${files} }`;
    configure(own, { source, status, dataDir, ...setting });
    return new Watched(status, own, options);
  }

  put(name: string, lines: readonly (string | Uint8Array)[]): void {
    const newline = Buffer.from('\n');
    const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), newline]));
    // Moved there when it is whole, or a half of it might be read.
    writeFileSync(join(this.files, '..', name), bytes);
    renameSync(join(this.files, '..', name), join(this.files, name));
  }

  /** Writes the rule file anew; the process is not told. */
  writeRules(text: string): void {
    writeFileSync(join(this.files, '..', 'rules.yml'), text);
  }

  /** Waits until it reads. */
  async begun(): Promise<void> {
    await until(async () => (await this.status.metric('tidegate_records_total')) > 0, 60_000);
  }

  /** Kills it and starts it again. */
  async killed(): Promise<void> {
    await this.instance.kill();
    this.instance = this.#start();
  }

  /** Waits until the alerts are these, or for so long. */
  async settled(expected: Found, limitMs = 60_000): Promise<Found> {
    const isEqual = (): boolean => {
      const found = this.found();
      return (
        found.size === expected.size && [...expected].every(([id, text]) => found.get(id) === text)
      );
    };
    await until(isEqual, limitMs).catch(() => undefined);
    return this.found();
  }

  found(): Found {
    try {
      return alertsOf(this.#alerts(), 'counts');
    } catch {
      return new Map();
    }
  }

  /** What the alerts say. */
  sentences(): readonly string[] {
    return sentencesIn(this.#alerts());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.instance[Symbol.asyncDispose]();
  }

  #start(): Instance {
    return new Instance(join(this.#folder, 'tidegate.yml'), [], this.#options);
  }

  #alerts(): string {
    return join(this.#folder, 'state', 'alerts.db');
  }
}
