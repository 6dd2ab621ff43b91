import type { Alert } from '../alert/alert.ts';
import type { JsonSchema } from '../base/schema.ts';
import type { DeadLetter } from './dead-letter.ts';

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
   * may be there; a retryable one asks for the whole batch again, later. It may try again itself for
   * a while; when the signal aborts it gives up at once.
   */
  write(batch: readonly Alert[], signal?: AbortSignal): Promise<SinkReceipt>;
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
  /** Documents that the peer did not take as they were; they are there in a reduced form. */
  readonly reduced: number;
}

/** The receipt of a batch with nothing in it. */
export const NOTHING_WRITTEN: SinkReceipt = {
  created: 0,
  alreadyThere: 0,
  advanced: 0,
  passed: 0,
  reduced: 0,
};

/**
 * The primary sink's other side: it gives back what it took, so that every other sink can read from
 * it at its own pace and a slow one holds back nobody.
 */
export interface AlertLog {
  /**
   * What this reader has not acknowledged yet, then what comes, until the signal aborts. The
   * position lies in the store under the reader's name.
   */
  follow(reader: LogReader): AsyncIterable<LogBatch>;
}

export interface LogReader {
  /** Names the position; unique among the readers of a store. */
  readonly name: string;
  /**
   * True: alerts and each later state, as far as they were not overtaken; a document may come
   * again with its state. False: each alert exactly once, as it opened.
   */
  readonly states: boolean;
  /** Where a reader begins that the log does not know yet. */
  readonly from: 'beginning' | 'now';
  /** Alerts in a batch, at most. */
  readonly alertsMax: number;
  readonly signal: AbortSignal;
  /** Told when the log answered and had nothing new. */
  readonly onWell?: () => void;
}

export interface LogBatch {
  readonly alerts: readonly Alert[];
  /** Stores the reader's position behind this batch. */
  readonly acknowledge: () => Promise<void>;
}

/** A sink that may come first: the checkpoint waits for it, the other sinks read from it. */
export interface PrimarySink extends Sink, AlertLog {}

/** What a sink tells while it works, for metrics and health; each word is from a closed list. */
export interface SinkObserver {
  /** Documents or requests that are sent again, and why. */
  retried?(count: number, reason: SinkTrouble): void;
}

/** Why a sink has to try again. */
export type SinkTrouble = 'busy' | 'blocked' | 'unreachable' | 'failed';

/** What a sink may use of the process around it. */
export interface SinkContext {
  /** Takes the original of a document that the peer only takes in a reduced form. */
  readonly deadLetter?: DeadLetter | undefined;
  readonly observer?: SinkObserver | undefined;
}

/** Settings as the configuration file gives them, of the form that the kind's schema asks for. */
export type SinkSettings = Readonly<Record<string, unknown>>;

/** One thing that a check of a sink's place looked at. */
export interface SinkFinding {
  readonly what: string;
  readonly isOk: boolean;
  /** For people; when it is not ok: what to do about it. */
  readonly detail: string;
}

/** A kind of sink, as a configuration names it (`kind: sqlite`). */
export interface SinkKind {
  readonly name: string;
  /** One line for `--help` and the documentation. */
  readonly description: string;
  /** The form of the settings; secrets are texts here, resolved by whoever read the file. */
  readonly settings: JsonSchema;
  readonly canBePrimary: boolean;
  /** True if a growing episode's states are kept, not only the documents. */
  readonly keepsStates: boolean;
  open(settings: SinkSettings, context: SinkContext): Promise<Sink>;
  /** Looks at the sink's place without writing: reachable, allowed, prepared. */
  check?(settings: SinkSettings): Promise<readonly SinkFinding[]>;
}
