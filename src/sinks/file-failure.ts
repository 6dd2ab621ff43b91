import { Failure, type FailureCode } from '../base/failure.ts';

/** What a failed call on a store's file means: a named failure that keeps its cause. */
export function writeFailure(path: string, cause: unknown): Failure {
  const code = systemCode(cause);
  const kind = WRITE_CODES.get(code) ?? 'store_unwritable';
  const retryable = kind === 'store_full' || kind === 'store_locked';
  return new Failure(kind, { message: `${path}: ${describe(code, cause)}`, retryable, cause });
}

/** As `writeFailure`, for opening or creating it. */
export function openFailure(path: string, cause: unknown): Failure {
  const failure = writeFailure(path, cause);
  if (failure.code !== 'store_unwritable') return failure;
  return new Failure('store_unopenable', { message: failure.message, retryable: false, cause });
}

/** What a failed read of a kept file means. */
export function readFailure(path: string, cause: unknown): Failure {
  const message = `${path}: ${describe(systemCode(cause), cause)}`;
  return new Failure('source_unreadable', { message, retryable: false, cause });
}

/** The failure of using a store after closing it. */
export function closedFailure(path: string): Failure {
  return new Failure('store_closed', {
    message: `${path}: is already closed`,
    retryable: false,
  });
}

const WRITE_CODES: ReadonlyMap<string, FailureCode> = new Map([
  ['ENOSPC', 'store_full'],
  ['EDQUOT', 'store_full'],
  // A file-size limit of the process reads like a full disk to whoever must act.
  ['EFBIG', 'store_full'],
  ['EBUSY', 'store_locked'],
  ['EAGAIN', 'store_locked'],
]);

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'no space left on the disk'],
  ['EDQUOT', 'the disk quota is reached'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['EROFS', 'the file system is read-only'],
  ['ENOENT', 'no such file or folder'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EISDIR', 'is a folder, not a file'],
  ['EPIPE', 'the reader has closed the pipe'],
]);

function systemCode(cause: unknown): string {
  const isObject = typeof cause === 'object' && cause !== null;
  return isObject && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

function describe(code: string, cause: unknown): string {
  return WORDS.get(code) ?? (cause instanceof Error ? cause.message : String(cause));
}
