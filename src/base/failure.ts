/**
 * What can go wrong in the world around us. A closed list, because metrics and runbooks are kept by
 * it:
 * - `source_unreadable`: an input is missing, forbidden or cannot be read.
 * - `source_corrupt`: an input can be read, and its container (compression, framing) is damaged.
 * - `source_misconfigured`: what the source is asked to read does not fit together.
 * - `store_unopenable`: an output or a store cannot be opened or created where it should be.
 * - `store_newer`: a store was written by a later version of Tidegate, which this one must not
 *   touch.
 * - `store_corrupt`: a store is damaged, or the file is something else.
 * - `store_full`: no space left, or a quota reached. Retryable: space can be made while we wait.
 * - `store_locked`: another process holds the store. Retryable.
 * - `store_unwritable`: a write failed for another reason (read-only, input/output error, closed
 *   pipe).
 * - `store_closed`: used after it was closed.
 * - `address_unusable`: we can not listen at an address.
 * - `checkpoint_unfit`: a checkpoint does not fit what is read now; somebody must decide.
 * - `store_unprepared`: a peer lacks what `tidegate setup` makes (templates, topics).
 * - `peer_unreachable`: another machine does not answer, or says that it cannot now. Retryable.
 * - `peer_refused`: another machine answers and does not let us: credentials, rights, certificate, or
 *   a request that it will never take.
 */
export type FailureCode =
  | 'source_unreadable'
  | 'source_corrupt'
  | 'source_misconfigured'
  | 'store_unopenable'
  | 'store_newer'
  | 'store_corrupt'
  | 'store_full'
  | 'store_locked'
  | 'store_unwritable'
  | 'store_closed'
  | 'checkpoint_unfit'
  | 'address_unusable'
  | 'store_unprepared'
  | 'peer_unreachable'
  | 'peer_refused';

export interface FailureDetails {
  /** For people: what was being done, to what, and why it failed. */
  readonly message: string;
  /** True if the same call may succeed later without anyone changing its arguments. */
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/** A failing world: neither a bug of ours nor bad data. Only the runtime decides on retries. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly code: FailureCode;
  readonly retryable: boolean;

  constructor(code: FailureCode, details: FailureDetails) {
    super(details.message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.retryable = details.retryable;
  }
}
