import { expect } from 'chai';
import { CheckpointPace } from '../../../src/runtime/task/checkpoint-pace.ts';

describe('when a checkpoint is due', () => {
  const table: readonly [string, number, number, number][] = [
    ['after the interval', 1, 1, 10_000],
    ['later where it costs more than a twentieth of it', 600, 1, 12_000],
    ['later still where other tasks of the process cost the same', 600, 16, 192_000],
    ['not later for tasks that cost little', 10, 16, 10_000],
  ];
  for (const [name, busyMs, tasks, waitMs] of table) {
    it(name, () => {
      const pace = new CheckpointPace(10_000, 0);
      pace.written(5_000, busyMs, tasks);
      const due = 5_000 + waitMs;
      expect([pace.isDue(due - 1), pace.isDue(due)]).to.deep.equal([false, true]);
    });
  }
});
