import { expect } from 'chai';
import fc from 'fast-check';
import type { Row } from '../engine/fakes.ts';
import { correlation, detection, ruleSet, threshold } from '../engine/fakes.ts';
import { outcome } from './scenario.ts';
import { check, seed } from './seed.ts';
import { happenings, logOf, nameOf, TaskWorld, type Disk, type Happening } from './task-world.ts';

// A task's alerts depend on its logs and its marks alone (decisions §10).

const rules = ruleSet(
  [
    correlation('count', {
      type: 'event_count',
      rules: ['a'],
      condition: threshold({ gte: 2 }),
      timespanMs: 9,
    }),
    correlation('ordered', {
      type: 'temporal_ordered',
      rules: ['a', 'b'],
      condition: threshold({ gte: 2 }),
      timespanMs: 9,
    }),
    correlation('few', {
      type: 'event_count',
      rules: ['c'],
      condition: threshold({ lt: 2 }),
      timespanMs: 5,
    }),
    correlation('across', {
      type: 'value_count',
      rules: ['a', 'b'],
      condition: threshold({ gte: 2 }, { fields: ['Computer'] }),
      groupBy: [],
      timespanMs: 9,
    }),
  ],
  [detection('plain')],
);

/** Out of order, far ahead now and then, and repeating ids: everything that a log may hold. */
const rows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.record({
    at: fc.oneof({ weight: 9, arbitrary: fc.nat(60) }, fc.constantFrom(9_000_000, -5_000)),
    host: fc.constantFrom('h1', 'h2', 'h3'),
    rules: fc.subarray(['a', 'b', 'c', 'plain'], { minLength: 1 }),
    id: fc.nat(80).map(String),
  }),
  { maxLength: 40 },
);

const limits = { latenessMs: 4 };

function diskOf(logs: readonly (readonly Row[])[]): Disk {
  return {
    logs: logs.map((log, index) => logOf(nameOf(index), log)),
    checkpoint: undefined,
    marks: [],
  };
}

function run(disk: Disk, story: readonly Happening[]): ReturnType<typeof outcome> {
  const world = new TaskWorld(rules, limits, disk);
  for (const happening of story) world.happen(happening);
  world.finish();
  return outcome(world.detections);
}

const isNoMark = ({ kind }: Happening): boolean => kind !== 'mark';

describe(`a task is a function of its logs and marks (FC_SEED=${seed})`, () => {
  it('two inputs read in 100 random interleavings, the same alerts and counts', () => {
    check(
      fc.property(
        rows,
        rows,
        fc.array(happenings, { minLength: 5, maxLength: 5 }),
        (one, two, stories) => {
          const expected = run(diskOf([one, two]), []);
          for (const story of stories) {
            expect(run(diskOf([one, two]), story.filter(isNoMark))).to.deep.equal(expected);
          }
        },
      ),
      100,
    );
  });

  it('killed anywhere, also between a mark and the next checkpoint: as if never stopped', () => {
    check(
      fc.property(rows, rows, happenings, (one, two, story) => {
        const disk = diskOf([one, two]);
        const killed = run(disk, story);
        // Nothing but the logs and the marks.
        const again = run({ ...disk, checkpoint: undefined }, []);
        expect(again).to.deep.equal(killed);
      }),
      1000,
    );
  });

  it('a snapshot does not change while the task goes on', () => {
    check(
      fc.property(rows, happenings, (log, story) => {
        const disk = diskOf([log]);
        const world = new TaskWorld(rules, limits, disk);
        const taken: [unknown, string][] = [];
        for (const happening of story) {
          world.happen(happening);
          const checkpoint = world.checkpoint();
          taken.push([checkpoint, JSON.stringify(checkpoint)]);
        }
        world.finish();
        for (const [checkpoint, text] of taken) expect(JSON.stringify(checkpoint)).to.equal(text);
      }),
      100,
    );
  });
});
