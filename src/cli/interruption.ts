/** The first Ctrl-C ends a run where it stands; the second one is the terminal's own. */
export class Interruption implements Disposable {
  private readonly controller = new AbortController();
  private readonly listener = (): void => this.controller.abort();

  constructor() {
    process.once('SIGINT', this.listener);
    process.once('SIGTERM', this.listener);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  [Symbol.dispose](): void {
    process.removeListener('SIGINT', this.listener);
    process.removeListener('SIGTERM', this.listener);
  }
}
