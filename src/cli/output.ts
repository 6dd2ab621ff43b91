import { once } from 'node:events';

/**
 * Standard output in large writes, waiting while the reader is slow.
 */
export class Output {
  private readonly stream: NodeJS.WriteStream = process.stdout;
  private pending: string[] = [];

  /** True if something waits for the next flush. */
  get hasLines(): boolean {
    return this.pending.length > 0;
  }

  line(text: string): void {
    this.pending.push(text);
  }

  async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const text = `${this.pending.join('\n')}\n`;
    this.pending = [];
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }
}
