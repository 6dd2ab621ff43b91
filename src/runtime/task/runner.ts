import { createAlerts, type Alert, type AlertContext } from '../../alert/alert.ts';
import { createHealthAlert } from '../../alert/health-alert.ts';
import { isAtLeast } from '../../alert/level.ts';
import { Failure } from '../../base/failure.ts';
import type { CheckpointReceipt, Restored, TaskLog } from '../../checkpoints/checkpoint.ts';
import type { Mark } from '../../checkpoints/mark.ts';
import type { Decoder } from '../../decoders/decoder.ts';
import type { Engine, HealthFinding } from '../../engine/engine.ts';
import type { EventTime, Position } from '../../event/record.ts';
import type { Level } from '../../language/tree.ts';
import type { DeadLetter } from '../../sinks/dead-letter.ts';
import type { Sink, SinkReceipt } from '../../sinks/sink.ts';
import type { Assignment, ReadFrom } from '../../sources/source.ts';
import { deliver, persist, type DeliveryOptions } from '../delivery.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { CheckpointPace } from './checkpoint-pace.ts';
import { Idleness, type Patience } from './idleness.ts';
import { InputReader, type ReadAhead } from './input-reader.ts';
import { Task, type Step } from './task.ts';

/** What a runner tells while it works; none of it changes what it does. */
export interface TaskObserver {
  restored?(restored: Restored): void;
  stepped?(step: Step): void;
  /** Rules, lists or limits are others than in the epoch of the checkpoint. */
  epochChanged?(before: string): void;
  /** Other rules have taken over, and their mark is stored. */
  turnedOver?(epoch: string): void;
  delivered?(batch: readonly Alert[], receipt: SinkReceipt): void;
  found?(finding: HealthFinding): void;
  marked?(kind: Mark['kind']): void;
  checkpointed?(receipt: CheckpointReceipt, seconds: number): void;
  /** A write failed and is tried again; then that it has succeeded. */
  onTrouble?(failure: Failure, waitMs: number): void;
  onRecovered?(): void;
}

/** A fresh engine and the epoch whose rules it was made of. */
export interface Judge {
  readonly engine: Engine;
  readonly epoch: string;
}

export interface TaskRunnerOptions extends Judge {
  readonly assignment: Assignment;
  readonly decoder: Decoder;
  readonly log: TaskLog;
  readonly primary: Sink;
  /** Where what other tasks have to see is put, if the engine gives any away. */
  readonly outbox?: Outbox | undefined;
  readonly deadLetter: DeadLetter;
  readonly alerts: AlertContext;
  readonly minimumLevel: Level;
  readonly patience: Patience;
  readonly readAhead: ReadAhead;
  /** Forget what is stored, and read again from here. */
  readonly rewindTo?: EventTime | undefined;
  readonly checkpointEveryMs: number;
  /** Tasks that run in this process now. */
  readonly tasksRunning: () => number;
  readonly observer: TaskObserver;
  /** Stop judging, write a last checkpoint, end. */
  readonly stop: AbortSignal;
  /** Give up waiting for sinks that do not answer. */
  readonly abandon: AbortSignal;
  readonly now?: () => number;
}

/** Records judged before the runner looks up: at who wants it to stop, and whether a mark is due. */
const STEP_RECORDS = 1_000;
/** How often others are told how far a task has come, at most, in ms. */
const TELL_EVERY_MS = 1_000;
/** How often a task without records looks at the clock, in ms. */
const LOOK_EVERY_MS = 200;

/**
 * Runs one task: evaluate, wait for the primary sink, make the checkpoint durable, and only then tell
 * the source (decisions §14). Whenever it ends, everything that it has written can be written again.
 */
export class TaskRunner {
  readonly task: Task;
  readonly #options: TaskRunnerOptions;
  readonly #readers: readonly InputReader[];
  readonly #idleness: Idleness;
  readonly #pace: CheckpointPace;
  readonly #now: () => number;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;
  #hasNews = false;
  #findingsTold = 0;
  /** When the others were last told how far we are, and what. */
  #toldAt = Number.NEGATIVE_INFINITY;
  #told: EventTime | null | undefined;
  /** Rules that wait to take over. */
  #next: Judge | undefined;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const { assignment, engine, decoder, epoch } = options;
    const { inputs, tasks } = assignment;
    const engineOf = (of: string): Engine | undefined =>
      this.#next?.epoch === of ? this.#next.engine : undefined;
    this.task = new Task({ engine, engineOf, decoder, inputs, epoch, tasks });
    this.#restore();
    this.#readers = this.task.inputs.map((queue) => {
      const input = inputs.find(
        ({ source, partition }) =>
          source === queue.name.source && partition === queue.name.partition,
      );
      if (input === undefined) throw new Error('every queue is made from an input');
      return new InputReader(input, queue, options.readAhead);
    });
    this.#idleness = new Idleness(this.#readers, options.patience, this.#now());
    this.#pace = new CheckpointPace(options.checkpointEveryMs, this.#now());
  }

  /** Resolves when the inputs have ended, the task was taken away, or `stop` aborted. */
  async run(): Promise<void> {
    const { assignment, stop } = this.#options;
    const ended = AbortSignal.any([stop, assignment.revoked]);
    const reading = new AbortController();
    const wake = (): void => this.#arrived();
    ended.addEventListener('abort', wake);
    await this.#prepare();
    const reads = Promise.all(
      this.#readers.map((reader) =>
        reader.read(this.#startOf(reader), wake, AbortSignal.any([ended, reading.signal])),
      ),
    );
    // A read that fails ends the loop; it is thrown where the reads are waited for.
    reads.catch(() => {
      reading.abort();
      wake();
    });
    try {
      await this.#loop(AbortSignal.any([ended, reading.signal]));
      const isAtEnd = !ended.aborted && !reading.signal.aborted;
      if (assignment.revoked.reason !== 'lost') await this.#checkpointNow();
      // After the checkpoint: an input that grows later goes on from before its end.
      if (isAtEnd) {
        await this.#settle(this.task.finish());
        await this.#tellNow();
      }
    } finally {
      reading.abort();
      ended.removeEventListener('abort', wake);
      assignment.release();
    }
    if (!ended.aborted) await reads;
  }

  /** Lets other rules take over, as soon as no mark from before a stop is still to be met. */
  turnOver(next: Judge): void {
    this.#next = next;
    this.#arrived();
  }

  // A changed epoch is written down before it has any effect: whatever follows belongs to it.
  async #prepare(): Promise<void> {
    const { log, rewindTo, epoch, observer } = this.#options;
    if (rewindTo !== undefined) {
      await this.#persist(() => log.forget());
      return;
    }
    const { checkpoint } = log.restored;
    if (checkpoint === undefined || checkpoint.epoch === epoch) return;
    observer.epochChanged?.(checkpoint.epoch);
    await this.#persist(() => log.write(this.task.checkpoint()));
  }

  async #loop(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const step = this.task.step(STEP_RECORDS);
      if (step.records > 0 || step.detections.length > 0) {
        await this.#settle(step);
        for (const reader of this.#readers) reader.makeRoom();
      }
      await this.#makeMarks();
      await this.#turnOverIfAsked();
      await this.#tell();
      this.#checkpointIfDue();
      if (this.#failure !== undefined) throw this.#failure.error;
      if (step.records > 0) continue;
      if (this.task.inputs.every(({ hasEnded, size }) => hasEnded && size === 0)) return;
      await this.#nap();
    }
  }

  async #makeMarks(): Promise<void> {
    if (this.task.isReplaying) return;
    const mark = this.#idleness.look(this.#now());
    if (mark === undefined) return;
    if (mark.kind === 'elapse') {
      const { waiting, groups, hosts } = this.task.engine.statistics();
      const awaited = this.#options.outbox === undefined ? 0 : hosts;
      // With nothing that waits for time to pass, there is nothing to be remembered.
      if (waiting + groups + awaited + this.task.fragments === 0) return;
    }
    await this.#make(mark);
  }

  // The checkpoint first: from the mark on nobody needs the rules of before, which are gone after a
  // restart.
  async #turnOverIfAsked(): Promise<void> {
    const next = this.#next;
    if (next === undefined || this.task.isReplaying) return;
    await this.#checkpointNow();
    await this.#make({ kind: 'epoch', epoch: next.epoch });
    if (this.#next === next) this.#next = undefined;
    this.#options.observer.turnedOver?.(next.epoch);
  }

  async #make(mark: Mark): Promise<void> {
    const { log, observer } = this.#options;
    const placed = this.task.place(mark);
    await this.#persist(() => log.append(placed));
    observer.marked?.(mark.kind);
    await this.#settle(this.task.take(placed));
  }

  // The next records are not judged before what these led to is safe: a checkpoint may follow.
  async #settle(step: Step): Promise<void> {
    const { primary, deadLetter, alerts, minimumLevel, observer, outbox } = this.#options;
    for (const { record, problem } of step.refused) {
      await this.#persist(async () => deadLetter.add(record, problem));
    }
    const shown = step.detections.filter(({ rule }) => isAtLeast(rule.level, minimumLevel));
    observer.stepped?.(step);
    const batch = [...createAlerts(shown, alerts), ...this.#newHealthAlerts()];
    if (batch.length > 0) {
      const receipt = await deliver(primary, batch, this.#delivery());
      observer.delivered?.(batch, receipt);
    }
    if (outbox !== undefined && step.outgoing.length > 0) {
      await this.#persist(() => outbox.send(step.outgoing));
    }
  }

  async #tell(): Promise<void> {
    if (this.#options.outbox === undefined || this.#now() - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = this.#now();
    const { frontier } = this.task.engine;
    // That there is no host to wait for is known only when there is nothing to be read.
    const isKnown =
      frontier !== undefined ||
      this.#readers.every(({ isAtEnd, queue }) => isAtEnd && queue.size === 0);
    if (isKnown && (frontier ?? null) !== this.#told) await this.#tellNow();
  }

  async #tellNow(): Promise<void> {
    const { outbox } = this.#options;
    const frontier = this.task.engine.frontier ?? null;
    await this.#persist(async () => outbox?.tell(frontier));
    this.#told = frontier;
  }

  // Written beside the records that follow.
  #checkpointIfDue(): void {
    if (this.#writing !== undefined || !this.#pace.isDue(this.#now())) return;
    const writing = this.#checkpoint();
    this.#writing = writing;
    writing.then(
      () => {
        this.#writing = undefined;
      },
      (error: unknown) => {
        this.#failure = { error };
        this.#arrived();
      },
    );
  }

  // What weakens detection is told where alerts are seen; findings only ever come to be.
  #newHealthAlerts(): readonly Alert[] {
    const { alerts, observer } = this.#options;
    const { findings } = this.task.engine.statistics();
    if (findings.length === this.#findingsTold) return [];
    const fresh = findings.slice(this.#findingsTold);
    this.#findingsTold = findings.length;
    for (const finding of fresh) observer.found?.(finding);
    return fresh.map((finding) => createHealthAlert(finding, alerts));
  }

  async #checkpointNow(): Promise<void> {
    await this.#writing;
    await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    const { log, deadLetter, assignment, observer } = this.#options;
    const began = this.#now();
    for (const reader of this.#readers) reader.noteStart();
    const checkpoint = this.task.checkpoint();
    const took = this.#now() - began;
    await this.#persist(() => deadLetter.flush());
    const receipt = await this.#persist(() => log.write(checkpoint));
    this.#pace.written(this.#now(), took + receipt.busyMs, this.#options.tasksRunning());
    observer.checkpointed?.(receipt, (this.#now() - began) / 1000);
    const positions = checkpoint.inputs.map(({ source, partition, next }): Position => ({
      source,
      partition,
      offset: next - 1,
    }));
    await assignment.acknowledge(positions.filter(({ offset }) => offset >= 0));
  }

  // Asks again as long as waiting can help; meanwhile nothing is read on.
  #persist<T>(write: () => Promise<T>): Promise<T> {
    return persist(write, this.#delivery());
  }

  #delivery(): DeliveryOptions {
    const { observer, abandon } = this.#options;
    return {
      signal: abandon,
      onTrouble: (failure, waitMs) => observer.onTrouble?.(failure, waitMs),
      onRecovered: () => observer.onRecovered?.(),
    };
  }

  #restore(): void {
    const { log, assignment, observer } = this.#options;
    if (this.#options.rewindTo !== undefined) return;
    const { checkpoint } = log.restored;
    if (checkpoint !== undefined && checkpoint.tasks !== assignment.tasks) {
      throw new Failure('checkpoint_unfit', {
        message:
          `the checkpoint was written when hosts were dealt out over ${checkpoint.tasks} ` +
          `partitions, now there are ${assignment.tasks}: each task has other hosts than before. ` +
          'Start once with --rewind and a time before your longest window.',
        retryable: false,
      });
    }
    this.task.restore(log.restored);
    // The checkpoint was written when these had been told.
    this.#findingsTold = this.task.engine.statistics().findings.length;
    observer.restored?.(log.restored);
  }

  #startOf({ queue }: InputReader): ReadFrom {
    const { rewindTo } = this.#options;
    if (rewindTo !== undefined) return { time: rewindTo };
    return queue.next > 0 ? { offset: queue.next } : 'configured';
  }

  #arrived(): void {
    this.#hasNews = true;
    this.#wake();
  }

  async #nap(): Promise<void> {
    if (!this.#hasNews) {
      await new Promise<void>((resume) => {
        const timer = setTimeout(resume, LOOK_EVERY_MS);
        this.#wake = (): void => {
          clearTimeout(timer);
          resume();
        };
      });
    }
    this.#hasNews = false;
  }
}
