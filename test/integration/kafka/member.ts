import { setTimeout as sleep } from 'node:timers/promises';

import type { RawRecord } from '../../../src/event/record.ts';
import type { KafkaSourceOptions } from '../../../src/sources/kafka/options.ts';
import { openKafka } from '../../../src/sources/kafka/index.ts';
import type {
  Assignment,
  Input,
  ReadFrom,
  SharedSource,
  SourceNotice,
} from '../../../src/sources/source.ts';

/** Where each partition is to be read on; shared by members, as checkpoints are. */
export type Positions = Map<string, number>;

/** Reads a source as the runtime does: each task from its stored positions, stored as it goes. */
export class Member implements AsyncDisposable {
  readonly source: SharedSource;
  readonly records: RawRecord[] = [];
  readonly notices: SourceNotice[] = [];
  readonly tasks: Assignment[] = [];
  /** Whether its tasks ask for more; others see a full buffer. */
  private readonly options: MemberOptions;
  private readonly loop: Promise<void>;
  private failure: unknown;
  private isStopped = false;

  constructor(options: MemberOptions) {
    this.options = options;
    this.source = openKafka({
      ...options,
      onNotice: (notice) => {
        this.notices.push(notice);
      },
    });
    this.loop = this.run().catch((error: unknown) => {
      this.failure = error;
    });
  }

  /** Waits until the condition holds; throws what the source threw, or when the time is over. */
  async until(isTrue: () => boolean, limitMs = 60_000): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!isTrue()) {
      if (this.failure !== undefined) throw this.failure;
      if (performance.now() > deadline) {
        const [notices, progress] = [this.notices, this.source.progress()];
        throw new Error(`waited in vain: ${JSON.stringify({ notices, progress })}`);
      }
      await sleep(10);
    }
  }

  /** Waits for the source to fail. */
  async failed(): Promise<unknown> {
    await this.loop;
    return this.failure;
  }

  /** The tasks that it holds now. */
  get held(): readonly number[] {
    return this.tasks
      .filter(({ revoked }) => !revoked.aborted)
      .map(({ task }) => task)
      .toSorted((a, b) => a - b);
  }

  get texts(): readonly (string | undefined)[] {
    return this.records
      .map(({ payload }) => payload && Buffer.from(payload).toString())
      .map((text) => text ?? undefined);
  }

  noticesOf<K extends SourceNotice['kind']>(kind: K): Extract<SourceNotice, { kind: K }>[] {
    return this.notices.filter((notice) => notice.kind === kind) as Extract<
      SourceNotice,
      { kind: K }
    >[];
  }

  /** Ends as a process that is killed: nothing is released, nothing stored any more. */
  forget(): void {
    this.isStopped = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.source[Symbol.asyncDispose]();
    await this.loop;
  }

  private async run(): Promise<void> {
    for await (const task of this.source.assignments()) {
      this.tasks.push(task);
      const inputs = task.inputs.filter((input) => this.options.reads?.(input) ?? true);
      const reading = inputs.map((input) => this.read(task, input));
      const revoked = new Promise<void>((resolve) => {
        task.revoked.addEventListener('abort', () => resolve());
        if (task.revoked.aborted) resolve();
      });
      Promise.all([...reading, revoked]).then(
        () => task.release(),
        (error: unknown) => {
          this.failure ??= error;
        },
      );
    }
  }

  private async read(task: Assignment, input: Input): Promise<void> {
    const { positions = new Map<string, number>(), from = 'configured' } = this.options;
    // References are read by every task, at positions of their own.
    const owner = input.kind === 'reference' ? `${task.task}:` : '';
    const key = `${owner}${input.source}/${input.partition}`;
    const offset = positions.get(key);
    for await (const batch of input.batches(offset === undefined ? from : { offset })) {
      if (this.isStopped) return;
      this.records.push(...batch);
      const last = batch.at(-1);
      if (last === undefined) continue;
      positions.set(key, (last.undelivered?.lastOffset ?? last.position.offset) + 1);
      await task.acknowledge([last.position]);
      await this.options.onBatch?.(batch);
    }
  }
}

export interface MemberOptions extends Omit<KafkaSourceOptions, 'onNotice'> {
  readonly positions?: Positions;
  readonly from?: ReadFrom;
  /** Which inputs are read at all. Default: each. */
  readonly reads?: (input: Input) => boolean;
  /** Holds up the reading of its input for as long as it takes. */
  readonly onBatch?: (batch: readonly RawRecord[]) => Promise<void>;
}

/** Limits that let a test see in seconds what takes minutes. */
export const FAST = {
  sessionMsMax: 6000,
  heartbeatMs: 500,
  releaseMsMax: 3000,
  silenceMsMax: 8000,
  topicsRefreshMs: 1000,
  backoffMsMax: 1000,
  fetchWaitMsMax: 200,
} as const;
