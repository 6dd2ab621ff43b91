import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Failure } from '../base/failure.ts';
import { FollowedFile } from './followed-file.ts';
import type { Assignment, Revocation, SharedSource, SourceContext, SourceKind } from './source.ts';

/** Files of a folder that are read together; each is kept open. */
const FILES_MAX = 512;
const POLL_MS = 1000;
/** How long the task may take to write its checkpoint before it is given its new files. */
const MOVE_MS_MAX = 30_000;

interface WatchSettings {
  readonly path: string;
  readonly suffix?: string;
}

interface WatchTiming {
  readonly pollMs: number;
  readonly moveMsMax: number;
}

/**
 * A folder whose files are followed.
 * @public
 */
export const watchedDirectory: SourceKind = {
  name: 'watched_directory',
  description: 'every file of a folder, and each that comes; followed as they grow',
  settings: {
    type: 'object',
    properties: {
      path: { type: 'string', minLength: 1, description: 'the folder' },
      suffix: { type: 'string', description: 'only files whose names end so' },
    },
    required: ['path'],
    additionalProperties: false,
  },
  open: async (settings, context) =>
    WatchedDirectory.open(settings as unknown as WatchSettings, context),
};

/**
 * The files of a folder as the inputs of one task. A file that comes is a change of inputs: the task is taken
 * away, writes its checkpoint, and is given back with one input more.
 */
export class WatchedDirectory implements SharedSource {
  readonly name: string;
  readonly isReady = true;
  readonly #settings: WatchSettings;
  readonly #context: SourceContext;
  readonly #timing: WatchTiming;
  readonly #closing: AbortController = new AbortController();
  #paths: readonly string[];
  #inputs: readonly FollowedFile[] = [];
  #revoke: (reason: Revocation) => void = () => undefined;

  private constructor(
    settings: WatchSettings,
    context: SourceContext,
    paths: readonly string[],
    timing: WatchTiming,
  ) {
    this.name = settings.path;
    this.#settings = settings;
    this.#context = context;
    this.#paths = paths;
    this.#timing = timing;
  }

  static async open(
    settings: WatchSettings,
    context: SourceContext,
    timing: WatchTiming = { pollMs: POLL_MS, moveMsMax: MOVE_MS_MAX },
  ): Promise<WatchedDirectory> {
    return new WatchedDirectory(settings, context, await pathsIn(settings), timing);
  }

  progress(): ReturnType<SharedSource['progress']> {
    return this.#inputs.map((input) => input.progress);
  }

  async *assignments(): AsyncGenerator<Assignment> {
    for (let generation = 1; !this.#closing.signal.aborted; generation++) {
      const given = this.#assign(generation);
      yield given.assignment;
      if (!(await this.#hasMore())) return;
      given.revoke('moving');
      await Promise.race([given.released, this.#pause(this.#timing.moveMsMax)]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort('closed');
    this.#revoke('closed');
  }

  #assign(generation: number): {
    readonly assignment: Assignment;
    readonly released: Promise<void>;
    readonly revoke: (reason: Revocation) => void;
  } {
    const revoked = new AbortController();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { pollMs } = this.#timing;
    this.#inputs = this.#paths.map(
      (path) =>
        new FollowedFile({
          path,
          pollMs,
          closed: revoked.signal,
          onTruncated: (line) => this.#tellTruncated(path, line),
        }),
    );
    const revoke = (reason: Revocation): void => revoked.abort(reason);
    this.#revoke = revoke;
    const assignment = {
      task: 0,
      tasks: 1,
      generation,
      inputs: this.#inputs,
      revoked: revoked.signal,
      acknowledge: async (): Promise<void> => undefined,
      release,
    };
    return { assignment, released, revoke };
  }

  // A file that went away ends; it is left out when the inputs change the next time.
  async #hasMore(): Promise<boolean> {
    const known = new Set(this.#paths);
    while (!this.#closing.signal.aborted) {
      await this.#pause(this.#timing.pollMs);
      const there = await pathsIn(this.#settings);
      const fresh = there.filter((path) => !known.has(path));
      if (fresh.length === 0) continue;
      this.#paths = [...this.#paths.filter((path) => there.includes(path)), ...fresh];
      return true;
    }
    return false;
  }

  #tellTruncated(path: string, line: number): void {
    this.#context.notice({
      kind: 'quarantined',
      source: path,
      partition: 0,
      firstOffset: line,
      lastOffset: line,
      reason: 'the file became shorter while it was read, and is not read on',
    });
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}

async function pathsIn({ path, suffix = '' }: WatchSettings): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Failure('source_unreadable', {
      message: `${path}: no such folder, or it can not be read`,
      retryable: false,
      cause,
    });
  });
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map(({ name }) => name)
    .toSorted();
  if (names.length > FILES_MAX) {
    throw new Failure('source_misconfigured', {
      message: `${path}: holds ${names.length} files, at most ${FILES_MAX} can be followed together`,
      retryable: false,
    });
  }
  return names.map((name) => resolve(join(path, name)));
}
