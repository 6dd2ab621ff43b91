import { expect } from 'chai';
import fc from 'fast-check';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint.ts';
import type { PlacedMark } from '../../../src/checkpoints/mark.ts';
import { createAutoDecoder, findDecoder } from '../../../src/decoders/index.ts';
import type { Engine, EngineSnapshot } from '../../../src/engine/engine.ts';
import type { TelemetryEvent } from '../../../src/event/event.ts';
import type { RawRecord } from '../../../src/event/record.ts';
import { Task } from '../../../src/runtime/task/task.ts';
import { eventsOf } from '../../decoders/fixtures.ts';
import { engineFor, ruleSet } from '../../engine/fakes.ts';
import { check, seed } from '../../simulation/seed.ts';

// Events that come in several records, in a task: what it holds of them is a part of its state.

/** The three lines of one launch; `second` is the time of the host's clock. */
function launch(serial: number, second: number, node: string): readonly string[] {
  const at = `17810000${String(second).padStart(2, '0')}.000`;
  const id = `node=${node} type=TYPE msg=audit(${at}:${String(serial)}):`;
  const line = (type: string, rest: string): string => `${id.replace('TYPE', type)} ${rest}`;
  return [
    line('SYSCALL', `arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=9 exe="/bin/x"`),
    line('EXECVE', `argc=2 a0="x" a1="${String(serial)}"`),
    line('PROCTITLE', `proctitle="x"`),
  ];
}

/** Lines of launches, two at a time between each other; the last is cut short. */
function logOf(node: string, count: number, from = 0): readonly string[] {
  const lines: string[] = [];
  for (let serial = 0; serial < count; serial += 2) {
    const [one, other] = [serial, serial + 1].map((each) => launch(each, from + each, node));
    for (const index of [0, 1, 2]) lines.push(one?.[index] ?? '', other?.[index] ?? '');
  }
  return lines.slice(0, -1);
}

function recordsOf(source: string, lines: readonly string[]): readonly RawRecord[] {
  return lines.map((line, offset) => ({
    payload: new TextEncoder().encode(line),
    position: { source, partition: 0, offset },
  }));
}

/** Writes down what it observes, in order. */
class Ledger implements Engine {
  readonly frontier: number | undefined = undefined;
  seen: string[] = [];
  takeOutgoing(): readonly [] {
    return [];
  }
  observe(batch: Iterable<TelemetryEvent>): void {
    for (const event of batch) this.seen.push(nameOf(event));
  }
  advance(): void {
    this.seen.push('advance');
  }
  elapse(silentMs: number): void {
    this.seen.push(`elapse ${String(silentMs)}`);
  }
  statistics(): ReturnType<Engine['statistics']> {
    return engineFor(ruleSet([])).statistics();
  }
  snapshot(): EngineSnapshot {
    return { version: 1, state: [...this.seen] };
  }
  restore({ state }: EngineSnapshot): void {
    this.seen = [...(state as string[])];
  }
}

function nameOf(event: TelemetryEvent): string {
  return `${event.host} ${event.id} ${String(event.get('CommandLine'))}`;
}

/** A task over these logs, which survive; the task does not. */
class World {
  ledger = new Ledger();
  task: Task;
  readonly #logs: readonly (readonly RawRecord[])[];
  #checkpoint: Checkpoint | undefined;
  #marks: PlacedMark[] = [];

  constructor(logs: readonly (readonly string[])[]) {
    this.#logs = logs.map((lines, index) => recordsOf(`input-${String(index)}`, lines));
    this.task = this.start();
  }

  start(): Task {
    this.ledger = new Ledger();
    const inputs = this.#logs.map((_, index) => ({
      source: `input-${String(index)}`,
      partition: 0,
    }));
    const decoder = createAutoDecoder();
    this.task = new Task({
      engine: this.ledger,
      decoder,
      inputs,
      epoch: 'e',
      tasks: 1,
      engineOf: () => undefined,
    });
    const checkpoint = this.#checkpoint;
    const marks = this.#marks.filter(({ sequence }) => sequence > (checkpoint?.marks ?? 0));
    this.task.restore({ checkpoint, marks, passedOver: [] });
    return this.task;
  }

  store(): void {
    this.#checkpoint = JSON.parse(JSON.stringify(this.task.checkpoint())) as Checkpoint;
  }

  deliver(input: number, until = Number.MAX_SAFE_INTEGER): void {
    const queue = this.task.inputs[input];
    queue?.offer((this.#logs[input] ?? []).slice(queue.newest + 1, until));
  }

  mark(mark: PlacedMark['mark']): void {
    const placed = this.task.place(mark);
    this.#marks.push(placed);
    this.task.take(placed);
  }

  /** Delivers and judges all there is, with nothing more to come. */
  end(): readonly string[] {
    for (const input of this.#logs.keys()) this.deliver(input);
    this.task.step(Number.MAX_SAFE_INTEGER);
    for (const queue of this.task.inputs) queue.hasEnded = true;
    this.task.step(Number.MAX_SAFE_INTEGER);
    this.task.finish();
    return this.ledger.seen;
  }
}

const commandLines = (seen: readonly string[]): readonly string[] =>
  seen.map((line) => line.split(' ').slice(2).join(' '));

describe(`parts of events in a task (FC_SEED=${seed})`, () => {
  const lines = logOf('a', 6);

  it('are put together as in a scan', () => {
    const decoder = findDecoder('auditd');
    if (decoder === undefined) throw new Error('no decoder of audit logs');
    const scanned = eventsOf(decoder, lines).map((event) => String(event.get('CommandLine')));
    expect(scanned).to.deep.equal(['x 0', 'x 1', 'x 2', 'x 3', 'x 4', 'x 5']);
    const found = new World([lines]).end();
    expect(commandLines(found.filter((each) => each !== 'advance'))).to.deep.equal(scanned);
  });

  for (const border of lines.keys()) {
    it(`are whole when a batch and a process end before line ${String(border)}`, () => {
      const expected = new World([lines]).end();
      const world = new World([lines]);
      world.deliver(0, border);
      world.task.step(100);
      world.store();
      world.start();
      expect(world.end()).to.deep.equal(expected);
    });
  }

  it('are whole however two inputs are cut, stopped and read again', () => {
    const happening = fc.record({
      kind: fc.constantFrom('deliver', 'deliver', 'step', 'step', 'store', 'kill'),
      input: fc.nat(1),
      count: fc.integer({ min: 1, max: 7 }),
    });
    const logs = [logOf('a', 8), [...logOf('b', 4), ...logOf('c', 4, 5)]];
    const expected = new World(logs).end();
    expect(expected.filter((each) => each.includes(' x '))).to.have.length(16);
    const property = fc.property(fc.array(happening, { maxLength: 40 }), (story) => {
      const world = new World(logs);
      for (const { kind, input, count } of story) {
        if (kind === 'deliver') {
          world.deliver(input, (world.task.inputs[input]?.newest ?? 0) + 1 + count);
        } else if (kind === 'step') world.task.step(count);
        else if (kind === 'store') world.store();
        else world.start();
      }
      expect(world.end()).to.deep.equal(expected);
    });
    check(property, 300);
  });

  it('are let go when every input has been silent for two seconds', () => {
    const world = new World([launch(1, 0, 'a').slice(0, 2)]);
    world.deliver(0);
    world.task.step(100);
    world.store();
    for (const silentMs of [1500, 1500]) world.mark({ kind: 'elapse', silentMs });
    const [first, event, last] = world.ledger.seen;
    expect([first, event?.endsWith('x 1'), last]).to.deep.equal([
      'elapse 1500',
      true,
      'elapse 1500',
    ]);
    expect(world.task.fragments).to.equal(0);
    const before = [...world.ledger.seen];
    world.start();
    world.deliver(0);
    world.task.step(100);
    expect(world.ledger.seen, 'after a kill').to.deep.equal(before);
  });

  it('are let go when the others no longer wait for their input', () => {
    const world = new World([launch(1, 0, 'a').slice(0, 2), logOf('b', 2, 30)]);
    world.deliver(0);
    world.deliver(1);
    world.task.step(100);
    world.store();
    world.mark({ kind: 'idle', input: { source: 'input-0', partition: 0 } });
    world.task.step(100);
    expect(commandLines(world.ledger.seen)).to.deep.equal(['x 1', 'x 0']);
    const before = [...world.ledger.seen];
    world.start();
    world.deliver(0);
    world.deliver(1);
    world.task.step(100);
    expect(world.ledger.seen, 'after a kill').to.deep.equal(before);
  });

  it('have their turn before later events of others when their own input has ended', () => {
    const world = new World([launch(1, 0, 'a').slice(0, 2), logOf('b', 2, 30)]);
    world.deliver(0);
    world.deliver(1);
    const [ended] = world.task.inputs;
    if (ended !== undefined) ended.hasEnded = true;
    world.task.step(100);
    expect(commandLines(world.ledger.seen)).to.deep.equal(['x 1', 'x 0']);
  });
});
