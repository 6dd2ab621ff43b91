import { Failure } from '../../../src/base/failure.ts';
import { serve } from '../../../src/runtime/workers/serve.ts';

// A thread for tests: says what it is told, or fails as it is told.
serve<string, string, string>((data, report) => {
  if (data === 'fail at start') {
    throw new Failure('store_locked', { message: 'locked', retryable: true });
  }
  return async (order) => {
    await Promise.resolve();
    if (order === 'fail') throw new Failure('store_full', { message: 'full', retryable: true });
    if (order === 'bug') throw new TypeError('no such thing');
    if (order === 'exit') process.exit(3);
    report(`${data} ${order}`);
  };
});
