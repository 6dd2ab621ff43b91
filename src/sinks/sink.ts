import type { Alert } from '../alert/alert.ts';

/**
 * Where alerts go. Writing the same alert again changes nothing, so every doubt is settled by
 * writing again.
 */
export interface Sink extends AsyncDisposable {
  /** A name for people: a path, an address. */
  readonly name: string;
  /**
   * Writes documents that are not there yet, and states that are newer than what is there. When it
   * resolves, the batch survives a crash. When it rejects (with a Failure), none or a part of it
   * may be there.
   */
  write(batch: readonly Alert[]): Promise<SinkReceipt>;
  /** Finishes what was begun and lets go; again does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What became of a batch. */
export interface SinkReceipt {
  /** Documents written now. */
  readonly created: number;
  /** Documents that had been written before. */
  readonly alreadyThere: number;
  /** States written now. */
  readonly advanced: number;
  /** States that were older than what is there, or that this sink does not keep. */
  readonly passed: number;
}

/** A kind of sink, as a configuration names it. */
export interface SinkKind {
  readonly name: string;
  /** One line for `--help` and the README. */
  readonly description: string;
  /** Opens the sink at a location: a path, or what the description says. */
  open(location: string): Promise<Sink>;
}
