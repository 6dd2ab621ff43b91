import { Failure, type FailureCode } from './failure.ts';

/** What an SQLite error means for whoever must act on it. */
export function sqliteFailure(path: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  // The low byte is the primary result code (sqlite.org/rescode.html).
  const [code, words] = MEANINGS.get(resultCode(cause) & 0xff) ?? ['store_unwritable', undefined];
  const reason = words ?? (cause instanceof Error ? cause.message : String(cause));
  return new Failure(code, {
    message: `${path}: ${reason}`,
    retryable: code === 'store_full' || code === 'store_locked',
    cause,
  });
}

const MEANINGS: ReadonlyMap<number, readonly [FailureCode, string]> = new Map([
  [5, ['store_locked', 'another process is writing to the store']],
  [6, ['store_locked', 'another statement is writing to the store']],
  [8, ['store_unwritable', 'the store is read-only']],
  [10, ['store_unwritable', 'the disk failed to read or write']],
  [11, ['store_corrupt', 'the store is damaged']],
  [13, ['store_full', 'no space left on the disk']],
  [14, ['store_unopenable', 'the store cannot be opened or created']],
  [26, ['store_corrupt', 'is a file of another program']],
]);

function resultCode(cause: unknown): number {
  const isObject = typeof cause === 'object' && cause !== null;
  return isObject && 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode : 0;
}
