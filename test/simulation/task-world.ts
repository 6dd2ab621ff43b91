import fc from 'fast-check';
import type { Checkpoint } from '../../src/checkpoints/checkpoint.ts';
import type { InputName, Mark, PlacedMark } from '../../src/checkpoints/mark.ts';
import type { Decoder } from '../../src/decoders/decoder.ts';
import type { Detection, EngineLimits } from '../../src/engine/engine.ts';
import type { RawRecord } from '../../src/event/record.ts';
import type { RuleSet } from '../../src/language/ruleset.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { Task, type Step } from '../../src/runtime/task/task.ts';
import { engineFor, eventOf, recordOf, type Row } from '../engine/fakes.ts';

/** What a task reads, and everything beside its inputs that it keeps: this survives a kill. */
export interface Disk {
  readonly logs: readonly (readonly RawRecord[])[];
  /** How much of each log was written so far: a record that was seen once is there. */
  readonly written: number[];
  checkpoint: Checkpoint | undefined;
  marks: PlacedMark[];
  /** Which rules stand in the files. */
  epoch: Epoch;
}

/** Rules before and after somebody has changed them; they may be changed back. */
export type Epoch = 'one' | 'other';
export type RulesByEpoch = Readonly<Record<Epoch, RuleSet>>;

/** One thing that happens to a task; numbers are taken modulo what is possible. */
export type Happening =
  | { readonly kind: 'deliver'; readonly input: number; readonly records: number }
  | { readonly kind: 'redeliver'; readonly input: number; readonly records: number }
  | { readonly kind: 'step'; readonly records: number }
  | { readonly kind: 'mark'; readonly mark: number; readonly input: number; readonly dies: boolean }
  | { readonly kind: 'reload'; readonly dies: boolean }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'kill' };

export const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: delivery('deliver') },
    { weight: 1, arbitrary: delivery('redeliver') },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('step' as const),
        records: fc.integer({ min: 1, max: 6 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('mark' as const),
        mark: fc.nat(3),
        input: fc.nat(1),
        dies: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('reload' as const), dies: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'checkpoint' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const }) },
  ),
  { maxLength: 60 },
);

function delivery<K extends 'deliver' | 'redeliver'>(
  kind: K,
): fc.Arbitrary<{ kind: K; input: number; records: number }> {
  return fc.record({
    kind: fc.constant(kind),
    input: fc.nat(1),
    records: fc.integer({ min: 1, max: 8 }),
  });
}

/** Rows as the log of one input, with offsets from 0. */
export function logOf(source: string, rows: readonly Row[]): readonly RawRecord[] {
  return rows.map((row, offset) => ({
    ...recordOf(row),
    position: { source, partition: 0, offset },
  }));
}

const decoder: Decoder = {
  name: 'fake',
  description: 'rows of tables',
  sensors: [],
  decode: (record, emit) => {
    emit(eventOf(record));
    return undefined;
  },
};

/** A task in a world where everything that is not on the disk can be lost at any moment. */
export class TaskWorld {
  readonly detections: Detection[] = [];
  readonly #rules: RulesByEpoch;
  readonly #limits: Partial<EngineLimits>;
  readonly #disk: Disk;
  #task: Task;
  /** Records delivered so far, by input. */
  #delivered: number[] = [];

  constructor(rules: RulesByEpoch, limits: Partial<EngineLimits>, disk: Disk) {
    this.#rules = rules;
    this.#limits = limits;
    this.#disk = disk;
    this.#task = this.#start();
  }

  happen(happening: Happening): void {
    switch (happening.kind) {
      case 'deliver':
        return this.deliver(happening.input, happening.records);
      case 'redeliver':
        this.#delivered = this.#delivered.map((count, index) =>
          index === happening.input ? Math.max(0, count - happening.records) : count,
        );
        return this.deliver(happening.input, happening.records);
      case 'step':
        return this.#note(this.#task.step(happening.records));
      case 'mark':
        return this.#mark(happening);
      case 'reload':
        return this.#reload(happening.dies);
      case 'checkpoint':
        return this.#store();
      case 'kill':
        this.#task = this.#start();
        return undefined;
    }
  }

  checkpoint(): Checkpoint {
    return this.#task.checkpoint();
  }

  deliver(input: number, records: number): void {
    const from = this.#delivered[input] ?? 0;
    const log = this.#disk.logs[input] ?? [];
    this.#task.inputs[input]?.offer(log.slice(from, from + records));
    const until = Math.min(log.length, from + records);
    this.#delivered[input] = until;
    this.#disk.written[input] = Math.max(this.#disk.written[input] ?? 0, until);
  }

  /** Delivers everything that is left and lets the inputs end. */
  finish(): void {
    for (const input of this.#disk.logs.keys()) this.deliver(input, Number.MAX_SAFE_INTEGER);
    for (let records = 1; records > 0;) {
      const step = this.#task.step(100);
      records = step.records;
      this.#note(step);
    }
    for (const queue of this.#task.inputs) {
      queue.isIdle = false;
      queue.hasEnded = true;
    }
    this.#note(this.#task.step(Number.MAX_SAFE_INTEGER));
    this.#note(this.#task.finish());
  }

  #mark({ mark: kind, input, dies }: Extract<Happening, { kind: 'mark' }>): void {
    if (this.#task.isReplaying) return;
    const mark = this.#markOf(kind, input);
    if (mark === undefined) return;
    const placed = this.#task.place(mark);
    this.#disk.marks.push(placed);
    if (dies) this.#task = this.#start();
    else this.#note(this.#task.take(placed));
  }

  // As the runtime does it: a checkpoint, the mark, and only then does anything follow the new rules.
  #reload(dies: boolean): void {
    if (this.#task.isReplaying) return;
    this.#store();
    this.#disk.epoch = this.#disk.epoch === 'one' ? 'other' : 'one';
    const placed = this.#task.place({ kind: 'epoch', epoch: this.#disk.epoch });
    this.#disk.marks.push(placed);
    if (dies) this.#task = this.#start();
    else this.#note(this.#task.take(placed));
  }

  #store(): void {
    this.#disk.checkpoint = JSON.parse(JSON.stringify(this.#task.checkpoint())) as Checkpoint;
  }

  // As the runtime makes them: of an input that has shown all there is nothing can be overtaken.
  #markOf(kind: number, input: number): Mark | undefined {
    const { inputs } = this.#task;
    const queue = inputs[input];
    if (queue === undefined) return undefined;
    const { name } = queue;
    const isAtEnd = (index: number): boolean =>
      inputs[index]?.size === 0 && this.#delivered[index] === this.#disk.written[index];
    const others = [...inputs.keys()].filter((index) => index !== input);
    if (kind === 0) return isAtEnd(input) ? { kind: 'idle', input: name } : undefined;
    if (kind === 1)
      return queue.isIdle && queue.size > 0 ? { kind: 'active', input: name } : undefined;
    if (kind === 2) {
      const isHeld = queue.size > 0 && others.every(isAtEnd);
      return isHeld ? { kind: 'release', input: name, through: queue.newest } : undefined;
    }
    return isAtEnd(input) && others.every(isAtEnd) ? { kind: 'elapse', silentMs: 3 } : undefined;
  }

  #note(step: Step): void {
    this.detections.push(...step.detections);
  }

  #start(): Task {
    const { checkpoint, logs } = this.#disk;
    const inputs = logs.map((_, index): InputName => ({ source: nameOf(index), partition: 0 }));
    const engineOf = (of: string): Engine | undefined =>
      of === 'one' || of === 'other'
        ? engineFor(this.#rules[of], { limits: this.#limits })
        : undefined;
    // Whoever begins anew follows every mark; a restart knows what stands in the files, no more.
    const epoch = checkpoint === undefined ? 'one' : this.#disk.epoch;
    const engine = engineFor(this.#rules[epoch], { limits: this.#limits });
    const task = new Task({ engine, engineOf, decoder, inputs, epoch, tasks: 1 });
    const marks = this.#disk.marks.filter(({ sequence }) => sequence > (checkpoint?.marks ?? 0));
    task.restore({ checkpoint, marks, passedOver: [] });
    this.#delivered = task.inputs.map(({ next }) => next);
    return task;
  }
}

/** The source name of an input of the world. */
export function nameOf(index: number): string {
  return `input-${String(index)}`;
}
