import { once } from 'node:events';

/**
 * Standard output in large writes, waiting while the reader is slow. A reader that goes away (`| head`) ends
 * the process quietly, as other tools do.
 */
export class Output {
  private readonly stream: NodeJS.WriteStream = process.stdout;
  private pending: string[] = [];

  constructor() {
    this.stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
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
