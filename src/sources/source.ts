import type { EventTime, Position, RawRecord } from '../event/record.ts';

/** Where records come from. Any source carries any format. */
export interface Source extends AsyncDisposable {
  /** A name for people: a path, a topic. */
  readonly name: string;
  /** Records in the log's order, in batches; ends when the source does. */
  batches(): AsyncIterable<readonly RawRecord[]>;
  /** Everything up to these positions has taken effect and need not be delivered again. */
  acknowledge(positions: readonly Position[]): Promise<void>;
}

/**
 * A source that several processes share: the partitions of its topics are dealt out as tasks, and a
 * task moves to another process when members join or leave.
 */
export interface SharedSource extends AsyncDisposable {
  /** A name for people: the topics and the group. */
  readonly name: string;
  /**
   * The tasks of this process, each when it is given to us; ends when the source is closed. Throws a
   * Failure when the source can not go on without somebody changing something.
   */
  assignments(): AsyncIterable<Assignment>;
  /** Numbers of every input that this process reads now, for metrics. */
  progress(): readonly InputProgress[];
  /** True while the source has what it needs to deliver: brokers, topics, membership. */
  readonly isReady: boolean;
  /** Leaves the group, ends every iteration and lets go; again does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** One task as it is given to this process. */
export interface Assignment {
  /** The task's number: that of its partition, the same in every keyed topic. */
  readonly task: number;
  /** Tasks of the source in all: the partitions that hosts are dealt out over. */
  readonly tasks: number;
  /** Grows with every rebalance of the group: what an older generation writes is a zombie's. */
  readonly generation: number;
  /** Keyed inputs of this partition, then every partition of each reference topic. */
  readonly inputs: readonly Input[];
  /**
   * Aborts when the task is taken away. Its inputs end then. The reason says whether there is still
   * time: `moving` (write a last checkpoint, then release), `lost` (somebody else may have it
   * already), `closed` (we are closing it ourselves).
   */
  readonly revoked: AbortSignal;
  /** Commits for the tools that show lag; a restore starts from the checkpoint, not from here. */
  acknowledge(positions: readonly Position[]): Promise<void>;
  /**
   * We are done with the task: the next owner may have it. A task that is moving is waited for, up
   * to the source's limit; again does nothing.
   */
  release(): void;
}

/** Why a task was taken away; the reason of `Assignment.revoked`. */
export type Revocation = 'moving' | 'lost' | 'closed';

/**
 * Where an input begins: at the offset after what a checkpoint holds, at the first record that was
 * written at or after a time, or as the source is configured (earliest, latest, a time).
 */
export type ReadFrom = { readonly offset: number } | { readonly time: EventTime } | 'configured';

/** One partition of one topic, as one task reads it. */
export interface Input {
  /** The topic, as in `Position`. */
  readonly source: string;
  readonly partition: number;
  /** Keyed: only this task reads it. Reference: every task does, each at its own position. */
  readonly kind: 'keyed' | 'reference';
  /**
   * Records in the log's order. What cannot be delivered is in the stream as a record with
   * `undelivered`. Reading ahead is bounded: whoever does not ask for the next batch pauses the
   * partition. May be called again after the iteration before was left, to begin elsewhere.
   */
  batches(from: ReadFrom): AsyncIterable<readonly RawRecord[]>;
  /**
   * The end of the partition as last seen: the offset that the next record written will have.
   * Undefined before the first answer. An input whose position is here has nothing to give now.
   */
  readonly end: number | undefined;
  /**
   * The offset of the next record to be handed over: known before the first, unless nobody has asked
   * for it yet.
   */
  readonly position: number | undefined;
}

/** How far an input has come. */
export interface InputProgress {
  readonly source: string;
  readonly partition: number;
  readonly task: number;
  /** The offset of the next record to be handed over; undefined before the first. */
  readonly position: number | undefined;
  /** The offset that the next record written will have. */
  readonly end: number | undefined;
  /** Records between position and end. */
  readonly lag: number | undefined;
  /** Handed over so far, and in the last minute per second. */
  readonly records: number;
  readonly bytes: number;
  readonly recordsPerSecond: number;
  /** Read ahead and not yet handed over. */
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  readonly isPaused: boolean;
}

/** What a source reports beside its records; each is counted, and most become health findings. */
export type SourceNotice =
  | {
      /** Records that are gone before we read them: retention, or a topic made anew. */
      readonly kind: 'gap';
      readonly source: string;
      readonly partition: number;
      readonly firstOffset: number;
      readonly lastOffset: number;
    }
  | {
      /** Bytes that are no records, or records that we refuse to unpack. Also in the stream. */
      readonly kind: 'quarantined';
      readonly source: string;
      readonly partition: number;
      readonly firstOffset: number;
      readonly lastOffset: number;
      readonly reason: string;
    }
  | {
      /** The topic keeps the producer's clock (CreateTime), so event times are not bounded by it. */
      readonly kind: 'producer_time';
      readonly source: string;
    }
  | {
      /** Waiting for brokers, topics or permission; once per back-off step. */
      readonly kind: 'waiting';
      readonly attempt: number;
      readonly cause: string;
    }
  | {
      /** The client had stopped for good and was built anew. */
      readonly kind: 'restarted';
      readonly restarts: number;
      readonly cause: string;
    };

/** A kind of source, as a configuration names it (`kind: kafka`). */
export interface SourceKind {
  readonly name: string;
  /** One line for `--help` and the documentation. */
  readonly description: string;
  /** The form of the settings; secrets are texts here, resolved by whoever read the file. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** True if several processes share its tasks; any other source is read by one of them. */
  readonly isShared?: boolean;
  open(settings: SourceSettings, context: SourceContext): Promise<SharedSource>;
}

/** Settings as the configuration file gives them, of the form that the kind's schema asks for. */
export type SourceSettings = Readonly<Record<string, unknown>>;

/** What a source may use of the process around it. */
export interface SourceContext {
  readonly notice: (notice: SourceNotice) => void;
}
