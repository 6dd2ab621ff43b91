import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import type { ServiceReport, WorkerAnswer, WorkerQuestion } from './report.ts';

/** How a worker has ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One worker: this program again, as a process of its own. */
export class WorkerProcess {
  readonly ended: Promise<WorkerEnd>;
  readonly #child: ChildProcess;
  readonly #asked: Map<number, (report: ServiceReport | undefined) => void> = new Map();
  #questions = 0;

  constructor(program: string, args: readonly string[]) {
    this.#child = fork(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', ({ question, report }: WorkerAnswer) =>
      this.#asked.get(question)?.(report),
    );
    // A question to a process that has just ended; its end is told by itself.
    this.#child.on('error', () => undefined);
    this.ended = once(this.#child, 'exit').then(([code, signal]) => {
      for (const answer of this.#asked.values()) answer(undefined);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it says of itself; undefined if it does not answer in time. */
  async report(limitMs: number): Promise<ServiceReport | undefined> {
    if (!this.#child.connected) return undefined;
    const question = ++this.#questions;
    const asking: WorkerQuestion = { question };
    try {
      return await new Promise((answer) => {
        this.#asked.set(question, answer);
        setTimeout(() => answer(undefined), limitMs).unref();
        this.#child.send(asking, () => undefined);
      });
    } finally {
      this.#asked.delete(question);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
