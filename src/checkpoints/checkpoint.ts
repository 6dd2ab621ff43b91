import type { EngineSnapshot } from '../engine/engine.ts';
import type { InputFragments, InputState, PlacedMark } from './mark.ts';

/** A task's state at one moment: read on from here, and everything comes out as if never stopped. */
export interface Checkpoint {
  /** Digest of the rules, lists and limits under which the state came about. */
  readonly epoch: string;
  /** Tasks among which hosts were dealt out: with another number, each has other hosts. */
  readonly tasks: number;
  readonly inputs: readonly InputState[];
  /** Number of the last mark that had taken effect. */
  readonly marks: number;
  readonly engine: EngineSnapshot;
  /** Of the inputs that hold any. */
  readonly fragments: readonly InputFragments[];
}

/** What a task finds when it starts: its newest complete checkpoint, and the marks after it. */
export interface Restored {
  readonly checkpoint: Checkpoint | undefined;
  readonly marks: readonly PlacedMark[];
  /** What was found damaged or cut short and passed over, for people. */
  readonly passedOver: readonly string[];
}

/** What a written checkpoint took. */
export interface CheckpointReceipt {
  /** Bytes of the whole checkpoint, compressed. */
  readonly bytes: number;
  /** Bytes written now: chunks that an earlier checkpoint holds are not written again. */
  readonly bytesWritten: number;
  /** For how long packing it kept the thread, in ms, with others having their turns in between. */
  readonly busyMs: number;
}

/** Where the checkpoints and marks of tasks are kept. */
export interface CheckpointStore extends AsyncDisposable {
  /** A name for people: a path, a topic. */
  readonly name: string;
  /**
   * Opens the log of a task. Whoever opens it last owns it: marks that an earlier owner appends
   * later are not read, and its checkpoints count only if they are ahead.
   */
  open(task: string): Promise<TaskLog>;
  /** Finishes what was begun and lets go; again does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The log of one task, held by its owner. */
export interface TaskLog {
  readonly restored: Restored;
  /** When it resolves, the mark survives a crash. */
  append(mark: PlacedMark): Promise<void>;
  /**
   * Writes a checkpoint, the manifest last. When it resolves, the checkpoint survives a crash, and
   * marks up to its own are no longer kept.
   */
  write(checkpoint: Checkpoint): Promise<CheckpointReceipt>;
  /** Drops all checkpoints and marks of the task: it begins anew. */
  forget(): Promise<void>;
}
