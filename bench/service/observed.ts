import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { once } from 'node:events';

/** What a process had done and used at one moment. */
export interface Reading {
  readonly records: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Of a clock that does not go back. */
  readonly atSeconds: number;
}

/** What a process did between two readings. */
export interface Rate {
  readonly records: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly residentBytesMax: number;
}

/** The rate over readings, the first of which are the warming up. */
export function rateOf(readings: readonly Reading[], warmUpSeconds: number): Rate {
  const began = readings.find(({ records }) => records > 0);
  const from = readings.find(
    ({ atSeconds }) => atSeconds >= (began?.atSeconds ?? 0) + warmUpSeconds,
  );
  // What stands still at the end of the topic is no rate.
  const most = readings.at(-1)?.records ?? 0;
  const to = readings.find(({ records }) => records === most);
  if (began === undefined || from === undefined || to === undefined || to.records <= from.records) {
    throw new Error('the run was too short to measure: more --records, or fewer --seconds');
  }
  const [records, seconds] = [to.records - from.records, to.atSeconds - from.atSeconds];
  const cpuSeconds = to.cpuSeconds - from.cpuSeconds;
  return {
    records,
    seconds,
    cpuSeconds,
    perCpuSecond: records / cpuSeconds,
    perSecond: records / seconds,
    residentBytesMax: Math.max(...readings.map(({ residentBytes }) => residentBytes)),
  };
}

/** The bare consumer as a process of its own; gives its readings, one a second. */
export async function bareConsumer(options: {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly until: (latest: Reading, readings: readonly Reading[]) => boolean;
}): Promise<readonly Reading[]> {
  // The library may stop for good while its process looks alive: then it is begun anew.
  for (let turn = 1; turn <= TURNS_MAX; turn++) {
    const readings = await consumed(options);
    if (readings !== undefined) return readings;
  }
  throw new Error('the bare consumer reads nothing');
}

const TURNS_MAX = 3;
const SILENT_READINGS_MAX = 30;

async function consumed(
  options: Parameters<typeof bareConsumer>[0],
): Promise<readonly Reading[] | undefined> {
  const script = new URL('consumer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, options.brokers.join(','), options.topic], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const readings: Reading[] = [];
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const reading = { ...(JSON.parse(line) as Reading), atSeconds: performance.now() / 1000 };
    readings.push(reading);
    if (options.until(reading, readings)) break;
    if (readings.at(-SILENT_READINGS_MAX)?.records === reading.records) {
      await ended(child);
      return undefined;
    }
  }
  await ended(child);
  return readings;
}

/** Kills a process and waits until it is gone. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}
