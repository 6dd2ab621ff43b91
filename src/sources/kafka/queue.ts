/** Things handed from callbacks to one loop that waits for them. */
export class Queue<T> implements AsyncIterable<T> {
  private readonly waiting: T[] = [];
  private wake: () => void = () => undefined;
  private isEnded = false;
  private failure: { readonly error: unknown } | undefined;

  push(item: T): void {
    if (this.isEnded) return;
    this.waiting.push(item);
    this.wake();
  }

  /** What is waiting is still handed over. */
  end(): void {
    this.isEnded = true;
    this.wake();
  }

  /** The loop throws this when it has taken what is waiting. */
  fail(error: unknown): void {
    this.failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const item = this.waiting.shift();
      if (item !== undefined) yield item;
      else if (this.failure !== undefined) throw this.failure.error;
      else if (this.isEnded) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
