import { once } from 'node:events';

/**
 * Standard output in large writes, waiting while the reader is slow.
 */
export class Output {
  private readonly stream: NodeJS.WriteStream = process.stdout;
  private pending: string[] = [];

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
