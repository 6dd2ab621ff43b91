import { parentPort, workerData } from 'node:worker_threads';

import { assert } from '../../base/assert.ts';
import { Failure } from '../../base/failure.ts';
import { plainFailure, type ThreadMessage } from './thread.ts';

/** Does a thread's work. An order may come while others are under way. */
export type Take<Order> = (order: Order) => Promise<void> | void;

/**
 * Makes this module the work of a thread: `start` gets what the thread was made with and a way to report, and
 * returns what takes orders. A Failure of it is told to whoever made the thread; any other error ends the thread.
 */
export function serve<Data, Order, Report>(
  start: (data: Data, report: (report: Report) => void) => Take<Order>,
): void {
  const port = parentPort;
  assert(port !== null, 'this module is the work of a thread');
  const send = (message: ThreadMessage<Report>): void => port.postMessage(message);
  const fail = (error: unknown): void => {
    if (!(error instanceof Failure)) throw error;
    send({ kind: 'failure', failure: plainFailure(error) });
  };
  try {
    const take = start(workerData as Data, (report) => send({ kind: 'report', report }));
    port.on('message', (order: Order) => {
      // What is thrown there is nobody's promise: it ends the thread with its own stack.
      void (async (): Promise<void> => take(order))().catch(fail);
    });
  } catch (error) {
    fail(error);
  }
}
