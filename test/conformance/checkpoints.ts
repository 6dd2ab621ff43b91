import { expect } from 'chai';
import type { Checkpoint, CheckpointStore } from '../../src/checkpoints/checkpoint.ts';
import type { PlacedMark } from '../../src/checkpoints/mark.ts';
import { inFolder } from './sinks.ts';

/** A kind of checkpoint store, and how to hurt it. */
export interface StoreUnderTest {
  readonly name: string;
  /** Opens it at a place; again with the same place to go on. */
  readonly open: (place: string) => Promise<CheckpointStore>;
  /** Gives an action an empty place of its own. */
  readonly inPlace?: (action: (place: string) => Promise<void>) => Promise<void>;
  /** Takes away the newest manifest of the task, as a crash just before it was written would. */
  readonly tearNewest: (place: string, task: string) => Promise<void>;
  /** Changes bytes in the newest checkpoint's last chunk. */
  readonly damageNewest: (place: string, task: string) => Promise<void>;
}

/** A checkpoint after so many records. */
export function checkpointAt(next: number, state: unknown = { next }, marks = 0): Checkpoint {
  const input = { source: 'events', partition: 3, next, time: next, isIdle: false };
  return {
    epoch: 'epoch-1',
    tasks: 4,
    inputs: [{ ...input, releasedThrough: -1 }],
    marks,
    engine: { version: 1, state },
    fragments: [{ source: 'events', partition: 3, state: { groups: [{ lines: ['half'] }] } }],
  };
}

function markAt(sequence: number, next: number): PlacedMark {
  const at = [{ source: 'events', partition: 3, next }];
  return { sequence, at, mark: { kind: 'elapse', silentMs: 1000 } };
}

/** Some megabytes, most of which differ from item to item. */
function largeState(first: number): unknown {
  const items = Array.from({ length: 40_000 }, (_, index) => ({
    name: `item ${String(index)}`,
    text: String((index === 0 ? first : index) * 7919).padStart(40, '.'),
  }));
  return { items, nested: { [`__proto__`]: 'own', deep: [[[['é 😀 \u0000']]]] } };
}

const TASK = 'events-3';

/** The promises that every checkpoint store keeps. */
export function describeStore(store: StoreUnderTest): void {
  const { name, open, inPlace = inFolder, tearNewest, damageNewest } = store;
  const restored = async (place: string, task = TASK) => {
    await using opened = await open(place);
    return (await opened.open(task)).restored;
  };
  const write = async (place: string, ...checkpoints: readonly Checkpoint[]): Promise<void> => {
    await using opened = await open(place);
    const log = await opened.open(TASK);
    for (const checkpoint of checkpoints) await log.write(checkpoint);
  };

  describe(`${name} keeps the promises of a checkpoint store`, () => {
    it('holds nothing of a task that it never saw', () =>
      inPlace(async (place) => {
        const found = await restored(place);
        expect(found).to.deep.equal({ checkpoint: undefined, marks: [], passedOver: [] });
      }));

    it('gives the newest checkpoint back, as it was', () =>
      inPlace(async (place) => {
        await write(place, checkpointAt(5), checkpointAt(9, largeState(1)));
        const { checkpoint } = await restored(place);
        expect(JSON.stringify(checkpoint)).to.equal(JSON.stringify(checkpointAt(9, largeState(1))));
        expect(({} as Record<string, unknown>)['deep']).to.equal(undefined);
      }));

    it('keeps tasks apart', () =>
      inPlace(async (place) => {
        await write(place, checkpointAt(5));
        expect((await restored(place, 'events-30')).checkpoint).to.equal(undefined);
        expect((await restored(place)).checkpoint?.inputs[0]?.next).to.equal(5);
      }));

    it('gives back the marks after the checkpoint, in their order', () =>
      inPlace(async (place) => {
        {
          await using opened = await open(place);
          const log = await opened.open(TASK);
          await log.append(markAt(1, 2));
          await log.append(markAt(2, 4));
          await log.write(checkpointAt(3, {}, 1));
          await log.append(markAt(3, 8));
        }
        const { marks } = await restored(place);
        expect(marks).to.deep.equal([markAt(2, 4), markAt(3, 8)]);
      }));

    it('a write that was torn is passed over: the one before it counts', () =>
      inPlace(async (place) => {
        await write(place, checkpointAt(5), checkpointAt(9, largeState(1)));
        await tearNewest(place, TASK);
        expect((await restored(place)).checkpoint).to.deep.equal(checkpointAt(5));
      }));

    it('a damaged checkpoint is passed over and named, and its marks are there again', () =>
      inPlace(async (place) => {
        {
          await using opened = await open(place);
          const log = await opened.open(TASK);
          await log.write(checkpointAt(5));
          await log.append(markAt(1, 6));
          await log.write(checkpointAt(9, largeState(1), 1));
        }
        await damageNewest(place, TASK);
        const found = await restored(place);
        expect(found.checkpoint).to.deep.equal(checkpointAt(5));
        expect(found.marks).to.deep.equal([markAt(1, 6)]);
        expect(found.passedOver.join()).to.match(/missing or damaged/);
        // What is written next does not build on the damaged chunk.
        await write(place, checkpointAt(11, largeState(1), 1));
        const { checkpoint } = await restored(place);
        expect(checkpoint?.inputs[0]?.next).to.equal(11);
      }));

    it('the checkpoint that has read further wins, though a zombie writes later', () =>
      inPlace(async (place) => {
        await using opened = await open(place);
        await (await opened.open(TASK)).write(checkpointAt(9));
        await (await opened.open(TASK)).write(checkpointAt(7));
        expect((await opened.open(TASK)).restored.checkpoint?.inputs[0]?.next).to.equal(9);
      }));

    it('a mark of an owner that has lost the task is refused or not read', () =>
      inPlace(async (place) => {
        await using opened = await open(place);
        const zombie = await opened.open(TASK);
        const owner = await opened.open(TASK);
        await owner.append(markAt(1, 6));
        await zombie.append(markAt(1, 2)).catch(() => undefined);
        expect((await opened.open(TASK)).restored.marks).to.deep.equal([markAt(1, 6)]);
      }));

    it('writes only what has changed', () =>
      inPlace(async (place) => {
        await using opened = await open(place);
        const log = await opened.open(TASK);
        const first = await log.write(checkpointAt(5, largeState(1)));
        const second = await log.write(checkpointAt(6, largeState(2)));
        expect(first.bytesWritten).to.equal(first.bytes);
        expect(second.bytesWritten).to.be.below(second.bytes / 2);
        expect(second.bytes).to.be.closeTo(first.bytes, first.bytes / 10);
      }));

    it('forgets a task when it is told to, and no other', () =>
      inPlace(async (place) => {
        await write(place, checkpointAt(5));
        {
          await using opened = await open(place);
          const log = await opened.open(TASK);
          await (await opened.open('other-1')).write(checkpointAt(8));
          await log.append(markAt(1, 6));
          await log.forget();
          await log.write(checkpointAt(2));
        }
        expect((await restored(place)).checkpoint).to.deep.equal(checkpointAt(2));
        expect((await restored(place)).marks).to.deep.equal([]);
        expect((await restored(place, 'other-1')).checkpoint).to.deep.equal(checkpointAt(8));
      }));

    it('closes twice', () =>
      inPlace(async (place) => {
        const opened = await open(place);
        await (await opened.open(TASK)).write(checkpointAt(1));
        await opened[Symbol.asyncDispose]();
        await opened[Symbol.asyncDispose]();
      }));
  });
}
