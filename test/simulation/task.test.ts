import { expect } from 'chai';
import fc from 'fast-check';
import { check, seed } from './seed.ts';
import { diskOf, limits, rows, rules, run, runSchedules } from './task-schedules.ts';
import { happenings, TaskWorld, type Happening } from './task-world.ts';

// A task's alerts depend on its logs and its marks alone (decisions §10).

const isNoMark = ({ kind }: Happening): boolean => kind !== 'mark' && kind !== 'reload';

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
    runSchedules({ seed, count: 1000 });
  });

  it('killed between changed rules and the next checkpoint: as if never stopped', () => {
    const kill: Happening = { kind: 'kill' };
    const step: Happening = { kind: 'step', records: 3 };
    check(
      fc.property(rows, rows, fc.boolean(), (log, second, dies) => {
        const disk = diskOf([log, second]);
        const deliver = [0, 1].map((input): Happening => ({
          kind: 'deliver',
          input,
          records: 1 + (log.length >> 1),
        }));
        const reload: Happening = { kind: 'reload', dies };
        const killed = run(disk, [...deliver, step, reload, ...deliver, step, step, kill]);
        expect(run({ ...disk, checkpoint: undefined }, [])).to.deep.equal(killed);
      }),
      300,
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
