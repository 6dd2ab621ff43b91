import { expect } from 'chai';
import type { Decoder } from '../../../src/decoders/decoder.ts';
import { Idleness, type WatchedInput } from '../../../src/runtime/task/idleness.ts';
import { InputQueue } from '../../../src/runtime/task/input-queue.ts';
import { eventOf, recordOf } from '../../engine/fakes.ts';

const decoder: Decoder = {
  name: 'fake',
  description: '',
  sensors: [],
  decode: (record, emit) => {
    emit(eventOf(record));
    return undefined;
  },
};

/** An input whose log is as long as what was offered, unless it is said to be behind. */
class FakeInput implements WatchedInput {
  readonly queue: InputQueue;
  isAtEnd = true;
  #offset = 0;

  constructor(source: string) {
    this.queue = new InputQueue({ source, partition: 0 }, decoder);
  }

  gives(at = 0): void {
    const position = { source: this.queue.name.source, partition: 0, offset: this.#offset++ };
    this.queue.offer([{ ...recordOf({ at, rules: [] }), position }]);
  }
}

const patience = { idleInputMs: 1000, heldRecordMs: 10_000, silenceStepMs: 1000 };

function watch(...names: readonly string[]): { inputs: FakeInput[]; idleness: Idleness } {
  const inputs = names.map((name) => new FakeInput(name));
  return { inputs, idleness: new Idleness(inputs, patience, 0) };
}

function pair(): [FakeInput, FakeInput, Idleness] {
  const { inputs, idleness } = watch('a', 'b');
  const [a, b] = inputs;
  if (a === undefined || b === undefined) throw new Error('two inputs');
  return [a, b, idleness];
}

/** Looks in small steps up to a time and gives the marks of the way. */
function marksUntil(idleness: Idleness, from: number, until: number): string[] {
  const marks: string[] = [];
  for (let now = from; now <= until; now += 200) {
    const mark = idleness.look(now);
    if (mark !== undefined && 'input' in mark) marks.push(`${mark.kind} ${mark.input.source}`);
  }
  return marks;
}

describe('what a clock turns into marks', () => {
  it('an input that gives nothing for a second, while another waits, is idle', () => {
    const [a, , idleness] = pair();
    a.gives();
    expect(marksUntil(idleness, 0, 800)).to.deep.equal([]);
    expect(idleness.look(1000)).to.deep.equal({
      kind: 'idle',
      input: { source: 'b', partition: 0 },
    });
  });

  it('is not idle while nobody waits for it', () => {
    const [, , idleness] = pair();
    expect(marksUntil(idleness, 0, 5000)).to.deep.equal([]);
  });

  it('is not idle while its log holds more, which is only slow to come', () => {
    const [a, b, idleness] = pair();
    a.gives();
    b.isAtEnd = false;
    expect(marksUntil(idleness, 0, 9000)).to.deep.equal([]);
  });

  it('is active again as soon as it gives', () => {
    const [a, b, idleness] = pair();
    a.gives();
    b.queue.isIdle = true;
    expect(idleness.look(200)).to.equal(undefined);
    b.gives();
    expect(idleness.look(400)).to.deep.equal({
      kind: 'active',
      input: { source: 'b', partition: 0 },
    });
  });

  it('a record that the others do not reach is let go, with those behind it', () => {
    const [a, b, idleness] = pair();
    a.gives(4_000_000_000_000);
    a.gives();
    // The other goes on all the time, and is at its end between its records.
    for (let now = 0; now < 10_000; now += 200) {
      b.gives(now);
      expect(idleness.look(now)).to.equal(undefined);
      b.queue.take();
      expect(idleness.look(now + 100)).to.equal(undefined);
    }
    expect(idleness.look(10_000)).to.deep.equal({
      kind: 'release',
      input: { source: 'a', partition: 0 },
      through: 1,
    });
  });

  it('is not let go while another input is behind: it may be right', () => {
    const [a, b, idleness] = pair();
    a.gives(4_000_000_000_000);
    b.isAtEnd = false;
    for (let now = 0; now < 60_000; now += 200) {
      b.gives(now);
      expect(idleness.look(now)).to.equal(undefined);
      b.queue.take();
      expect(idleness.look(now + 100)).to.equal(undefined);
    }
  });

  it('silence is the time in which every input stood at its end', () => {
    const { inputs, idleness } = watch('a');
    const [a] = inputs;
    const marks: unknown[] = [];
    for (let now = 0; now <= 4000; now += 100) {
      // From 1 s to 2 s it is behind.
      if (a !== undefined) a.isAtEnd = now < 1000 || now >= 2000;
      const mark = idleness.look(now);
      if (mark !== undefined) marks.push([now, mark]);
    }
    expect(marks).to.deep.equal([
      [2100, { kind: 'elapse', silentMs: 1000 }],
      [3100, { kind: 'elapse', silentMs: 1000 }],
    ]);
  });

  it('a clock that jumps, or a process that was stopped, says nothing of silence', () => {
    const { idleness } = watch('a');
    expect(idleness.look(500)).to.equal(undefined);
    expect(idleness.look(3_600_000)).to.equal(undefined);
    expect(idleness.look(1000)).to.equal(undefined);
    expect(idleness.look(1400)).to.equal(undefined);
  });
});
