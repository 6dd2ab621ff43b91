import { runSchedules } from '../../simulation/task-schedules.ts';
import type { Fault } from '../fault.ts';

/** Schedules of a simulated world, thousands in the time of one real run. */
export const simulationFaults: readonly Fault[] = [
  {
    id: 'SIM',
    fault: 'schedules of delivery, redelivery, marks, checkpoints and kills, some 10,000',
    run: async ({ seed, isShort }) => {
      runSchedules({ seed, count: isShort ? 2_000 : 10_000 });
      // A schedule that differs throws, with its seed and path.
      return { missing: 0, extra: 0, duplicates: 0 };
    },
  },
];
