import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import { Failure } from '../../base/failure.ts';

/** Something that a person did, or tried to do. */
export interface Deed {
  readonly action:
    'session-start' | 'session-end' | 'triage' | 'reveal' | 'propose-filter' | 'export';
  readonly person: string;
  readonly address: string;
  readonly outcome: 'success' | 'failure';
  readonly alertId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Who did what, one ECS document a line, only ever appended to. */
export class Audit implements Disposable {
  readonly #path: string;
  readonly #file: number;
  readonly #now: () => number;

  constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      this.#file = openSync(path, 'a', 0o600);
    } catch (cause) {
      throw new Failure('store_unopenable', {
        message: `${path}: the audit log can not be opened: ${words(cause)}`,
        retryable: false,
        cause,
      });
    }
  }

  /** Writes it durably. What can not be audited is not done: the caller must call this first. */
  note({ action, person, address, outcome, alertId, details }: Deed): void {
    const document = {
      '@timestamp': new Date(this.#now()).toISOString(),
      event: { kind: 'event', module: 'tidegate', dataset: 'tidegate.audit', action, outcome },
      user: { name: person },
      source: { address },
      ...(alertId === undefined ? {} : { tidegate: { alert: { id: alertId }, ...details } }),
      ...(alertId === undefined && details !== undefined ? { tidegate: details } : {}),
    };
    try {
      writeSync(this.#file, `${JSON.stringify(document)}\n`);
      fsyncSync(this.#file);
    } catch (cause) {
      throw new Failure('store_unwritable', {
        message: `${this.#path}: the audit log can not be written: ${words(cause)}`,
        retryable: true,
        cause,
      });
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
