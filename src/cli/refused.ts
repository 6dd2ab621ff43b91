import { join } from 'node:path';

import type { Failure } from '../base/failure.ts';
import { openDeadLetter, type DeadLetter } from '../sinks/dead-letter.ts';
import type { DecodeCounts, Decoded, Refusal } from '../runtime/decoding.ts';
import { count, counted } from './format.ts';
import { painter, printable, shorten } from './terminal-text.ts';

const SHOWN_MAX = 5;

/** Keeps refused records in a dead-letter file and says on standard error what was refused and where. */
export class RefusedRecords implements AsyncDisposable {
  readonly path: string;
  private readonly shown: Refusal[] = [];
  private readonly unread: Failure[] = [];
  private file: DeadLetter | undefined;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'refused.ndjson');
  }

  add(refusal: Refusal): void {
    // The file of an earlier run is replaced: what it refused still stands in that run's input.
    this.file ??= openDeadLetter({ path: this.path, truncate: true });
    this.file.add(refusal.record, refusal.problem);
    if (this.shown.length < SHOWN_MAX) this.shown.push(refusal);
  }

  /** Keeps the record if it was refused, or a part of it. */
  take({ record, problem }: Decoded): void {
    if (problem !== undefined) this.add({ record, problem });
  }

  /** Notes a file that could not be read to its end. */
  addUnread(failure: Failure): void {
    this.unread.push(failure);
  }

  /** True if some input could not be read to its end: the run has failed, though all else was judged. */
  get isIncomplete(): boolean {
    return this.unread.length > 0;
  }

  /** Resolves when everything refused so far is on disk. */
  async flush(): Promise<void> {
    await this.file?.flush();
  }

  async report(counts: DecodeCounts): Promise<void> {
    for (const { message } of this.unread) {
      process.stderr.write(
        `${painter(process.stderr)('red', 'not read to its end:')} ${printable(message)}\n`,
      );
    }
    if (this.file === undefined) return;
    await this.file.flush();
    const paint = painter(process.stderr);
    const reasons = [...counts.refused].map(([reason, n]) => `${reason} ${count(n)}`).join(', ');
    const lines = this.shown.map(({ record, problem }) => {
      const where = `${record.position.source}:${record.position.offset}`;
      return `  ${printable(where)}: ${problem.reason}: ${shorten(printable(problem.detail), 120)}`;
    });
    const more = counts.refusedTotal - this.shown.length;
    if (more > 0) lines.push(`  and ${count(more)} more`);
    process.stderr.write(
      `${paint('yellow', `${counted(counts.refusedTotal, 'record')} refused`)} (${reasons}), kept in ${this.path}\n` +
        `${lines.join('\n')}\n`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.file?.[Symbol.asyncDispose]();
  }
}
