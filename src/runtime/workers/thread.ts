import { Worker } from 'node:worker_threads';

import { Failure, type FailureCode } from '../../base/failure.ts';

/** A failure on its way between threads; an error's own fields would be lost there. */
export interface PlainFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** What a thread sends: a report of its work, or what ended it. */
export type ThreadMessage<Report> =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'failure'; readonly failure: PlainFailure };

export interface ThreadOptions<Report> {
  /** The module that calls `serve`. */
  readonly module: URL;
  /** Handed to the module as it starts; copied. */
  readonly data: unknown;
  readonly onReport: (report: Report) => void;
  /** The thread's work can not go on: a Failure of the world around it, or a bug of ours. */
  readonly onError: (error: unknown) => void;
}

/** A worker thread: takes orders, sends reports. */
export class Thread<Order, Report> implements AsyncDisposable {
  private readonly worker: Worker;
  private isEnding = false;

  constructor(options: ThreadOptions<Report>) {
    this.worker = new Worker(options.module, { workerData: options.data });
    this.worker.on('message', (message: ThreadMessage<Report>) => {
      if (message.kind === 'report') options.onReport(message.report);
      else options.onError(failureFrom(message.failure));
    });
    this.worker.on('error', options.onError);
    this.worker.on('exit', (code) => {
      if (!this.isEnding) options.onError(new Error(`a worker ended early with code ${code}`));
    });
  }

  /** @param moved Parts of the order that are handed over instead of copied. */
  order(order: Order, moved: readonly ArrayBuffer[] = []): void {
    this.worker.postMessage(order, moved);
  }

  /** Ends the thread where it stands. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    await this.worker.terminate();
  }
}

/** A failure as it can be sent to another thread. */
export function plainFailure({ code, message, retryable }: Failure): PlainFailure {
  return { code, message, retryable };
}

/** The failure again. */
export function failureFrom({ code, message, retryable }: PlainFailure): Failure {
  return new Failure(code, { message, retryable });
}

/** A module beside the caller's, in the checkout or in the published package. */
export function moduleBeside(url: string, name: string): URL {
  return new URL(`${name}${url.endsWith('.ts') ? '.ts' : '.js'}`, url);
}
