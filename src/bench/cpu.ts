/** Processor seconds of this process, all its threads, and wall seconds. */
export interface Cost {
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/**
 * Measures from its making to its last lap. Processor time, because wall time says little on a machine that
 * others use too; all threads, because the collector and decompression work beside the main one.
 */
export class Stopwatch {
  private cpu: NodeJS.CpuUsage = process.cpuUsage();
  private wall: number = performance.now();

  /** The cost since the last lap. */
  lap(): Cost {
    const cpu = process.cpuUsage();
    const wall = performance.now();
    const microseconds = cpu.user - this.cpu.user + cpu.system - this.cpu.system;
    const cost = { cpuSeconds: microseconds / 1e6, seconds: (wall - this.wall) / 1e3 };
    this.cpu = cpu;
    this.wall = wall;
    return cost;
  }
}

/** Adds up laps of one kind. */
export class CostSum implements Cost {
  cpuSeconds = 0;
  seconds = 0;

  add(cost: Cost): void {
    this.cpuSeconds += cost.cpuSeconds;
    this.seconds += cost.seconds;
  }
}

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[sorted.length >> 1] ?? 0;
  const lower = sorted[(sorted.length - 1) >> 1] ?? 0;
  return (lower + upper) / 2;
}
