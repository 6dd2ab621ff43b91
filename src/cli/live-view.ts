/**
 * Lines at the bottom of a terminal that are drawn over themselves. Without a terminal it draws nothing;
 * `print` writes a line above the view (or just writes it).
 */
export class LiveView {
  private readonly stream: NodeJS.WriteStream;
  private drawn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  get isLive(): boolean {
    return this.stream.isTTY === true;
  }

  /** Replaces the view. Lines may hold colours; each must fit the terminal's width. */
  show(lines: readonly string[]): void {
    if (!this.isLive) return;
    this.stream.write(`${this.erasure()}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawn = lines.length;
  }

  /** Takes the view away. */
  clear(): void {
    if (this.drawn > 0) this.stream.write(this.erasure());
    this.drawn = 0;
  }

  // Up over the drawn lines, then clear to the end of the screen.
  private erasure(): string {
    return this.drawn === 0 ? '' : `\u001b[${this.drawn}A\r\u001b[J`;
  }
}
